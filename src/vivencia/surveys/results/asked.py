"""What results ask of the columns: one survey's answers, counted. No Django: the owner runs it.

An answer is the form that counts of a `survey.answered` and of the `survey.changed` about it; its
further scores are forms of their own. Facts (choices, cells of a matrix, places of a ranking) stand
on the answer itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from vivencia.columns.analyses import Tables, analysis
from vivencia.columns.filters import Filters
from vivencia.columns.reading import Columns
from vivencia.columns.scope import UNTIMED, Scope
from vivencia.columns.superseding import LEFT_OUT
from vivencia.interactions.kinds import not_askable
from vivencia.interactions.record import Initiator
from vivencia.surveys.results import packing

SURVEY, QUESTION, VERSION, ENTRY, COMPLETE = "survey", "question", "version", "entry", "complete"
FUNNEL = ("sent", "undeliverable", "unknown", "started", "completed")
INVITED, PHONE = "invited", "phone"  # a call is no invitation by message
EVER = (-(2**62), 2**62)  # from when until when, where nobody says (UTC ms)
MOST_AT_ONCE = 8192  # combinations of a few facts counted together: one look at the answers each

Sizes = Mapping[str, int]  # fact -> how many values it may have
Rows = list[dict[str, Any]]
# fact, version, value -> how many
Counts = dict[tuple[str, packing.Value, packing.Value], int]


def scored(columns: Columns, survey: str, filters: Filters) -> Rows:
    """(question, version, entry, scale, score, undone, untimed, left_out, n), texts for codes."""
    return _rows(columns, "scored", filters, survey=survey)


def forms(columns: Columns, survey: str, headlines: Mapping[str, str], filters: Filters) -> Rows:
    """(version, entry, complete, undone, left_out, n); `headlines` is each version's headline."""
    return _rows(columns, "forms", filters, survey=survey, headlines=dict(headlines))


def picked(
    columns: Columns, survey: str, headlines: Mapping[str, str], sizes: Sizes, filters: Filters
) -> Rows:
    """(fact, version, text, number, n) of the answers that count; no row for what nobody answered.

    `text` is a category; `number` a place in a ranking, or 1 and 0 for yes and no.
    """
    if not sizes:
        return []
    asked = {"survey": survey, "headlines": dict(headlines), "sizes": dict(sizes)}
    return _rows(columns, "picked", filters, **asked)


def said(
    columns: Columns, survey: str, headlines: Mapping[str, str], filters: Filters,
    *, limit: int, offset: int = 0, ticked: str = "",
) -> Rows:  # fmt: skip
    """(seq, root_hi, root_lo, happened_at, customer, score, version, entry) of the answers that
    count, the newest first; with `ticked`, the name of a yes-or-no fact, those that have it.
    Only for those who may open single interactions."""
    return _rows(columns, "said", filters, survey=survey, headlines=dict(headlines), limit=limit,
                 offset=offset, ticked=ticked)  # fmt: skip


def funnel(
    columns: Columns, survey: str, headlines: Mapping[str, str], filters: Filters
) -> Mapping[str, int]:
    """sent, undeliverable, unknown, started, completed: invitations by message, each once. Of
    `filters` only the time narrows: invitations do not carry what answers do."""
    since = EVER[0] if filters.start is None else filters.start
    until = EVER[1] if filters.end is None else filters.end
    rows = _rows(columns, "funnel", Filters(), survey=survey, headlines=dict(headlines),
                 since=since, until=until)  # fmt: skip
    return rows[0] if rows else dict.fromkeys(FUNNEL, 0)


def _rows(columns: Columns, name: str, filters: Filters, **parameters: Any) -> Rows:
    rows: Rows = columns.ask(f"surveys/{name}", filters, **parameters)[name].to_pylist()
    return rows


@analysis("surveys/scored")
def scored_(scope: Scope, survey: str) -> Tables:
    of = narrowed(scope, survey)
    if of is None:
        return {"scored": pa.table({})}
    rows = of.run("surveys/scored", parts=parts_of(of))
    for name in (QUESTION, VERSION, ENTRY, "scale"):
        rows = _told(of, rows, name)
    return {"scored": rows}


@analysis("surveys/forms")
def forms_(scope: Scope, survey: str, headlines: dict[str, str]) -> Tables:
    of = narrowed(scope, survey)
    if of is None:
        return {"forms": pa.table({})}
    parts = {**parts_of(of), "headline": with_headline(of, headlines)}
    rows = of.run("surveys/forms", parts=parts)
    return {"forms": _told(of, _told(of, rows, VERSION), ENTRY)}


@analysis("surveys/picked")
def picked_(scope: Scope, survey: str, headlines: dict[str, str], sizes: dict[str, int]) -> Tables:
    of = narrowed(scope, survey)
    there = {name: n for name, n in sizes.items() if of is not None and of.fact(name)}
    if of is None or not there:
        return {"picked": pa.table({})}
    parts = {**parts_of(of), "headline": with_headline(of, headlines)}
    columns = _columns(of, [VERSION, *there])
    found: Rows = []
    for names in packs(there):
        keys = packing.keys(columns[name] for name in [VERSION, *names] if name in columns)
        listed = ", ".join(f"{key.sql} AS key_{n}" for n, key in enumerate(keys))
        rows = of.run("surveys/picked", parts={**parts, "picked": listed})
        found += _of_pack(of, keys, rows, names)
    return {"picked": pa.Table.from_pylist(found, _PICKED)}


_PICKED = pa.schema(
    [("fact", pa.string()), ("version", pa.string()), ("text", pa.string()),
     ("number", pa.float64()), ("n", pa.int64())]
)  # fmt: skip


@analysis("surveys/said")
def said_(
    scope: Scope, survey: str, headlines: dict[str, str], limit: int, offset: int, ticked: str
) -> Tables:
    of = narrowed(scope, survey)
    fact = of.fact(ticked) if of is not None and ticked else None
    if of is None or (ticked and fact is None):  # which nobody has ticked yet
        return {"said": pa.table({})}
    headline = with_headline(of, headlines)
    if fact is not None:
        headline = f"({headline}) AND coalesce({fact.column}, false)"
    answered = str(int(of.code("kind", "survey.answered")))
    parts = {**parts_of(of), "headline": headline, "answered": answered}
    rows = of.run("surveys/said", parts=parts, limit=limit, offset=offset)
    return {"said": _told(of, _told(of, rows, VERSION), ENTRY)}


def asked_about(columns: Columns, filters: Filters) -> Rows:
    """(stage, channel, kind, touchpoint, n, asked): how many of what could be asked about was."""
    return _rows(columns, "asked", filters)


@analysis("surveys/asked")
def asked_(scope: Scope) -> Tables:
    kinds = scope.codes("kind", not_askable())
    rows = scope.run("surveys/asked", parts={
        "sent": str(int(scope.code("kind", "survey.sent"))),
        "not_askable": ", ".join(str(int(code)) for code in kinds),
        "system": str(int(Initiator.system)),
    })  # fmt: skip
    for name in ("stage", "channel", "kind", "touchpoint"):
        rows = _told(scope, rows, name)
    return {"asked": rows}


@analysis("surveys/funnel")
def funnel_(scope: Scope, survey: str, headlines: dict[str, str], since: int, until: int) -> Tables:
    of = narrowed(scope, survey)
    if of is None:
        return {"funnel": pa.table({})}
    kinds = ("sent", "bounced", "unknown", "started")
    codes = of.codes("kind", [f"survey.{name}" for name in kinds])
    parts = {
        **parts_of(of),
        **{name: str(int(code)) for name, code in zip(kinds, codes, strict=True)},
        "headline": with_headline(of, headlines),
        "phone": str(int(of.code("channel", PHONE))),
        "invited": str(int(of.code(ENTRY, INVITED))) if of.fact(ENTRY) else "NULL",
    }
    return {"funnel": of.run("surveys/funnel", parts=parts, since=since, until=until)}


def packs(sizes: Sizes) -> list[list[str]]:
    """The facts in groups whose combinations are at most MOST_AT_ONCE; a large one is alone.

    Each group is one look at the answers, so few groups make a fast page.
    """
    found: list[tuple[list[str], int]] = []
    for name, values in sorted(sizes.items(), key=lambda one: (-one[1], one[0])):
        size = values + 1  # nobody has to answer
        for place, (names, product) in enumerate(found):
            if product * size <= MOST_AT_ONCE:
                found[place] = ([*names, name], product * size)
                break
        else:
            found.append(([name], size))
    return [names for names, _ in found]


def _columns(scope: Scope, names: Sequence[str]) -> dict[str, packing.Column]:
    """The columns of facts: codes, places in a ranking (whole numbers group faster), yes or no."""
    facts = [fact for name in names if (fact := scope.fact(name))]
    listed = [f"fact:{fact.name}" for fact in facts]
    sql = "SELECT field, min(code), max(code) FROM words WHERE field = ANY($listed) GROUP BY field"
    codes = {
        field.removeprefix("fact:"): (low, high)
        for field, low, high in scope.cursor.execute(sql, {"listed": listed}).fetchall()
    }
    cast = {"fact.number": "::TINYINT"}
    return {
        fact.name: packing.Column(
            fact.name, f"{fact.column}{cast.get(fact.sort, '')}", codes.get(fact.name)
        )
        for fact in facts
    }


def _of_pack(
    scope: Scope, keys: Sequence[packing.Key], rows: pa.Table, names: Sequence[str]
) -> Rows:
    """The rows of a pack added up to those of each of its facts, without what nobody answered."""
    counts: Counts = defaultdict(int)
    for *numbers, n in zip(*(column.to_pylist() for column in rows.columns), strict=True):
        values = packing.unpacked(keys, numbers)
        for name in names:
            if (value := values[name]) is not None:
                counts[name, values.get(VERSION), value] += n
    return [row for name in names for row in _of_fact(scope, counts, name)]


def _of_fact(scope: Scope, counts: Counts, name: str) -> Rows:
    found = [(version, value, n) for (fact, version, value), n in counts.items() if fact == name]
    versions = scope.texts(VERSION, [version for version, _, _ in found])
    values = scope.texts(name, [value for _, value, _ in found])
    return [
        {"fact": name, "version": version, "n": n,
         **({"text": value} if isinstance(value, str) else {"number": float(value)})}
        for version, value, (_, _, n) in zip(versions, values, found, strict=True)
        if value is not None  # a word that was erased
    ]  # fmt: skip


def narrowed(scope: Scope, survey: str) -> Scope | None:
    """The scope narrowed to one survey; None while no answer to any has come."""
    if scope.fact(SURVEY) is None:
        return None
    return Scope(scope.cursor, scope.filters.but(survey=(survey,)), scope.zone)


def parts_of(scope: Scope) -> dict[str, str]:
    facts = {name: _column(scope, name) for name in (QUESTION, VERSION, ENTRY, COMPLETE)}
    return {**facts, "untimed": str(UNTIMED), "left_out": str(LEFT_OUT)}


def _column(scope: Scope, fact: str) -> str:
    return scope.column(fact) if scope.fact(fact) else "NULL"


def with_headline(scope: Scope, headlines: Mapping[str, str]) -> str:
    """The forms of answers themselves, not of their further scores: a change is told apart by
    the question it is of, which its version says."""
    answered, changed = (
        int(code) for code in scope.codes("kind", ["survey.answered", "survey.changed"])
    )
    tests = [f"{_column(scope, QUESTION)} IS NULL"]
    if scope.fact(QUESTION) and scope.fact(VERSION):
        versions = scope.codes(VERSION, list(headlines))
        questions = scope.codes(QUESTION, list(headlines.values()))
        tests += [
            f"({scope.column(VERSION)} = {int(v)} AND {scope.column(QUESTION)} = {int(q)})"
            for v, q in zip(versions, questions, strict=True)
        ]
    return f"(kind = {answered} OR (kind = {changed} AND ({' OR '.join(tests)})))"


def _told(scope: Scope, rows: pa.Table, name: str) -> pa.Table:
    """`rows` with the codes of a column replaced by what they stand for."""
    place = rows.column_names.index(name)
    texts = pa.array(scope.texts(name, rows[name].to_pylist()), pa.string())
    return rows.set_column(place, name, texts)
