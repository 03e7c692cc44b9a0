"""Asking for scores: one way for page, API, command line and Python. No Django.

measure(columns, "nps", by=["channel"], every="month", filters=…) -> Report
behind(columns, "nps", filters=…) -> the interactions of a figure, a page at a time
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import pyarrow as pa

from vivencia.columns.analyses import Tables, analysis
from vivencia.columns.calendar import EVERY, Every, first_days
from vivencia.columns.filters import Filters
from vivencia.columns.reading import Columns
from vivencia.columns.schema import FIELDS, WORDS
from vivencia.columns.scope import UNTIMED, Scope
from vivencia.columns.superseding import CHANGED, HELD, LEFT_OUT, SUPERSEDED
from vivencia.interactions.kinds import not_askable
from vivencia.interactions.record import Initiator
from vivencia.lib.errors import BadQuestion
from vivencia.scores.counting import Across, Answers, gather, is_given_away, rows_of
from vivencia.scores.definitions import DEFINITIONS, Definition, Family, definition_of
from vivencia.scores.report import Report, Row
from vivencia.scores.suppression import NESTED_PERIODS
from vivencia.scores.weighing import Margins, everybody, weights_of, with_weighted

_FATES = {
    "counted": f"NOT undone AND score IS NOT NULL AND (flags & {LEFT_OUT}) = 0",
    "undone": "undone",
    "missing": "NOT undone AND score IS NULL",
    "superseded": f"NOT undone AND score IS NOT NULL AND (flags & {SUPERSEDED}) <> 0",
    "held": f"NOT undone AND score IS NOT NULL AND (flags & {LEFT_OUT}) = {HELD}",
    "time_flagged": f"NOT undone AND score IS NOT NULL AND (flags & {LEFT_OUT}) = 0"
    f" AND (flags & {UNTIMED}) <> 0",
}
_PAGE = 50


def measure(
    columns: Columns,
    measure: str,
    *,
    by: Sequence[str] = (),
    every: Every | None = None,
    filters: Filters | None = None,
    definition: str | None = None,
    before: Filters | None = None,
    may_open: bool = True,
    timed: bool = False,
    margins: Margins | None = None,
) -> Report:
    """The scores of one definition, for each value of `by` and each period of `every`.

    `before` are the filters of the period to compare with where there is no `every`. Whoever
    may not open single interactions (`may_open` False) is also kept from telling people by
    subtraction: dropping a filter or one of its values, or asking for periods that do not nest.
    `timed` leaves doubtful times out as `every` does, for the figure of a period. Where `margins`
    of all customers are known, each row of answers over no periods also has its weighted score.
    Raises BadQuestion for an unknown score, field, value or period.
    """
    filters = filters or Filters()
    meaning = definition_of(measure, definition)
    _check_every(every)

    def count(asked: Filters, *further: str) -> tuple[Answers, dict[str, int]]:
        return answers_of(
            columns,
            meaning,
            [*by, *further],
            every,
            asked,
            timed=timed or every is not None,
            nested=not may_open,
        )

    answers, not_stored = count(filters)
    guarded = {} if may_open else filters.where
    wider = [_without(name, by, count(filters.but(**{name: None}))[0]) for name in guarded]
    parts = [count(filters, name)[0] for name, values in guarded.items() if len(values) > 1]
    earlier = count(before)[0] if before else None
    rows = rows_of(
        meaning, by, every, answers,
        wider=wider, parts=parts, strict=not may_open, before=earlier,
    )  # fmt: skip
    if margins and meaning.scale and not every and answers.counted:
        rows = _weighted(columns, meaning, by, filters, rows, margins, timed, strict=not may_open)
    return report_of(meaning, rows, answers, not_stored, whole=not by and not every)


def _without(name: str, by: Sequence[str], answers: Answers) -> Answers | Across:
    """`answers`, of which the filter `name` was dropped, as a group that has it is held to."""
    return Across(answers, by, name) if name in by else answers


def report_of(
    meaning: Definition,
    rows: list[Row],
    answers: Answers,
    not_stored: dict[str, int],
    *,
    whole: bool,
) -> Report:
    """`rows` with the account behind them, withheld where it would tell what is hidden.

    `whole`: the one row is all the answers, so that a hidden row hides the account with it.
    """
    withheld = is_given_away(answers) or (whole and rows[0].score.n is None)
    if withheld and answers.counted:
        return Report(meaning, rows, None, None, {}, not_stored)
    return Report(meaning, rows, answers.received, answers.counted, answers.excluded, not_stored)


def words_of(columns: Columns, field: str, values: Sequence[str | None] = ()) -> list[str]:
    """Every word `field` ever held, in alphabetical order; none where it holds no words.

    Raises BadQuestion for an unknown field, or for `values` the field can not have.
    """
    asked = Filters({field: tuple(values)})
    words: list[str] = columns.ask("scores/known", asked, field=field)["known"]["text"].to_pylist()
    return words


@analysis("scores/known")
def known_(scope: Scope, field: str) -> Tables:
    """text: every word `field` ever held (known.sql); none where it holds no words. BadQuestion
    where the question filters by a value the field can not have."""
    words = field if field in WORDS else f"fact:{field}"
    return {"known": scope.run("scores/known", "daily_total", list=words)}


def histogram(
    columns: Columns,
    measure: str,
    filters: Filters,
    *,
    definition: str | None = None,
    timed: bool = False,
) -> dict[int, int]:
    """How many answers count at each score (whole thousandths)."""
    meaning = definition_of(measure, definition)
    answers, _ = answers_of(columns, meaning, (), None, filters, timed=timed)
    return dict(sorted(answers.histograms.get(((), None), {}).items()))


def behind(
    columns: Columns,
    measure: str,
    *,
    filters: Filters,
    definition: str | None = None,
    fate: str = "counted",
    timed: bool = False,
    page: int = 1,
    size: int = _PAGE,
) -> list[dict[str, Any]]:
    """One page of the interactions behind a figure, newest first.

    `fate` is "counted" or one of the reasons of `excluded`; `timed` as in `measure`. Only for
    those who may open single interactions. Times are UTC milliseconds, scores thousandths of a
    step of the scale.
    """
    meaning = definition_of(measure, definition)
    tables = columns.ask(
        "scores/behind", filters, scale=meaning.scale, fate=fate, timed=timed,
        limit=size, offset=(max(page, 1) - 1) * size,
    )  # fmt: skip
    rows: list[dict[str, Any]] = tables["interactions"].to_pylist()
    return rows


def watched(
    columns: Columns, meaning: Definition, filters: Filters, field: str = ""
) -> list[dict[str, Any]]:
    """(by_0, day, n, total, squares) of the answers that count, by each value of `field` (None for
    everybody) and local day; the sums as watched.sql has them."""
    asked = {"definition": meaning.name, "field": field}
    rows: list[dict[str, Any]] = columns.ask("scores/watched", filters, **asked)[
        "watched"
    ].to_pylist()
    return rows


@analysis("scores/watched")
def watched_(scope: Scope, definition: str, field: str) -> Tables:
    """One table, `watched` (watched.sql)."""
    meaning = DEFINITIONS[definition]
    table = scope.table_for([field] if field else [])
    n = "1" if table == "interactions" else "n"
    parts = {
        "group": scope.column(field) if field else "0",
        "worth": _worth(meaning),
        "n": n,
        "count": "count(*)" if table == "interactions" else "sum(n)::BIGINT",
        "left_out": str(LEFT_OUT),
        "untimed": str(UNTIMED),
    }
    rows = scope.run("scores/watched", table, parts=parts, scale=scope.code("scale", meaning.scale))
    if field:
        return {"watched": _told(scope, rows, [field])}
    place = rows.column_names.index("by_0")
    return {"watched": rows.set_column(place, "by_0", pa.nulls(rows.num_rows, pa.string()))}


def _worth(meaning: Definition) -> str:
    """SQL: what an answer adds to the score, whose mean is the score: 100 for the good, −100 for
    the bad, or the answer itself (in thousandths)."""
    if meaning.family is Family.mean:
        return "score"
    cases = [
        f"WHEN score BETWEEN {ends[0] * 1000} AND {ends[1] * 1000} THEN {worth}"
        for ends, worth in ((meaning.good, 100), (meaning.bad, -100))
        if ends
    ]
    return f"CASE {' '.join(cases)} ELSE 0 END"


@analysis("scores/counts")
def counts(
    scope: Scope, scale: str, by: list[str], every: str | None, nested: bool = False
) -> Tables:
    """Answers by group, local day and score (counts.sql), groups told by their texts.

    `nested` refuses periods of which one does not lie whole in another.
    """
    if nested:
        _check_nested(scope, every)
    table = scope.table_for(by, cast("Every | None", every))
    count = "count(*)" if table == "interactions" else "sum(n)::BIGINT"
    parts = {**_grouped(scope, by, every), "count": count}
    rows = scope.run("scores/counts", table, parts=parts, scale=scope.code("scale", scale))
    return _counted(scope, rows, by, every)


@analysis("scores/coverage")
def coverage(
    scope: Scope, scale: str, by: list[str], every: str | None, nested: bool = False
) -> Tables:
    """Interactions that could be asked about, by group, local day and whether somebody answered
    (1) or not (0), as `counts` has answers (coverage.sql). There is no `scale`."""
    if nested:
        _check_nested(scope, every)
    parts = {**_grouped(scope, by, every), **_asked_about(scope)}
    rows = scope.run("scores/coverage", parts=parts)
    return _counted(scope, rows, by, every)


def _grouped(scope: Scope, by: Sequence[str], every: str | None) -> dict[str, str]:
    return {
        "groups": "".join(f"{scope.column(name)} AS by_{n}, " for n, name in enumerate(by)),
        "day": "day, " if every else "",
        "untimed": str(UNTIMED),
        "left_out": str(LEFT_OUT),
    }


def _counted(scope: Scope, rows: pa.Table, by: Sequence[str], every: str | None) -> Tables:
    if every and every != "day":
        rows = _in_buckets(rows, cast("Every", every))
    return {"counts": _told(scope, rows, by), "not_stored": _not_stored(scope)}


def _asked_about(scope: Scope) -> dict[str, str]:
    """The codes of kinds nobody asks about, of answers and their changes, of what the system did
    itself, and the bits of answers that do not count."""
    codes = (scope.code("kind", name) for name in not_askable())
    return {
        "not_askable": ", ".join(str(code) for code in codes),
        "answered": str(scope.code("kind", "survey.answered")),
        "changed": str(scope.code("kind", CHANGED)),
        "left_out": str(LEFT_OUT),
        "system": str(int(Initiator.system)),
    }


@analysis("scores/behind")
def behind_(
    scope: Scope, scale: str, fate: str, limit: int, offset: int, timed: bool = False
) -> Tables:
    """Interactions of one fate (behind.sql), words told by their texts. Without a `scale` those
    that could be asked about, their score 1000 where somebody answered (covered.sql)."""
    if fate not in _FATES:
        raise BadQuestion(
            es=f"«{fate}» no es un motivo; hay: {', '.join(_FATES)}.",
            en=f"“{fate}” is no reason; there are: {', '.join(_FATES)}.",
            reason="unknown_reason",
        )
    left_out = f" AND (flags & {UNTIMED}) = 0" if timed and fate == "counted" else ""
    plain = ("seq", "id_hi", "id_lo", "customer", "happened_at", "recorded_at", "score", "flags")
    fields = scope.fields()
    listed = ", ".join([*plain, *(f"{scope.column(f)} AS by_{n}" for n, f in enumerate(fields))])
    parts = {"columns": listed, "fate": f"{_FATES[fate]}{left_out}"}
    query = "scores/behind" if scale else "scores/covered"
    bound: dict[str, Any] = {"limit": limit, "offset": offset}
    if scale:
        bound["scale"] = scope.code("scale", scale)
    else:
        parts |= _asked_about(scope)
    rows = scope.run(query, parts=parts, **bound)
    told = _told(scope, rows, fields)
    names = {f"by_{n}": name for n, name in enumerate(fields)}
    return {"interactions": told.rename_columns([names.get(n, n) for n in told.column_names])}


def _weighted(
    columns: Columns,
    meaning: Definition,
    by: Sequence[str],
    filters: Filters,
    rows: list[Row],
    margins: Margins,
    timed: bool,
    *,
    strict: bool,
) -> list[Row]:
    """`rows` with their weighted scores, or as they are where no margin can be met."""
    margins = _known(columns, margins)
    if not margins:
        return rows
    asked = {"timed": timed, "nested": strict}
    base, _ = answers_of(columns, meaning, [*margins], None, everybody(filters), **asked)
    weights = weights_of(base, margins)
    if weights is None:
        return rows
    of_rows = base
    if by or everybody(filters) != filters:
        of_rows, _ = answers_of(columns, meaning, [*by, *margins], None, filters, **asked)
    return with_weighted(rows, meaning, weights, of_rows, strict=strict)


def _known(columns: Columns, margins: Margins) -> Margins:
    """The margins by fields the columns have; a fact nobody ever sent is not there yet."""
    fields = columns.ask("scores/fields", Filters())["fields"]["name"].to_pylist()
    return {name: margin for name, margin in margins.items() if name in fields}


@analysis("scores/fields")
def fields_(scope: Scope) -> Tables:
    """name: every field that filters and groups."""
    return {"fields": pa.table({"name": scope.fields()})}


def answers_of(
    columns: Columns,
    meaning: Definition,
    by: Sequence[str],
    every: Every | None,
    filters: Filters,
    *,
    timed: bool,
    nested: bool = False,
) -> tuple[Answers, dict[str, int]]:
    tables = columns.ask(
        meaning.counts, filters, scale=meaning.scale, by=list(by), every=every, nested=nested
    )
    answers = gather(tables["counts"].to_pylist(), len(by), every, timed=timed)
    return answers, dict(zip(*tables["not_stored"].to_pydict().values(), strict=True))


def _check_nested(scope: Scope, every: str | None) -> None:
    """Refuse days, weeks and bounds within a month: two such periods differ by few people."""
    bounds = (scope.filters.start, scope.filters.end)
    if every in (None, *NESTED_PERIODS) and all(scope.begins_a_month(each) for each in bounds):
        return
    raise BadQuestion(
        es="Sin permiso para abrir interacciones sueltas solo se pueden pedir meses, trimestres "
        "y años enteros: dos periodos que difieren en unos días delatarían a personas.",
        en="Without the right to open single interactions only whole months, quarters and years "
        "can be asked for: two periods that differ by a few days would give people away.",
        reason="period_too_fine",
    )


def _in_buckets(rows: pa.Table, every: Every) -> pa.Table:
    """Counts of days added up to counts of periods, told by the first day of each."""
    place = rows.column_names.index("day")
    rows = rows.set_column(place, "day", first_days(every, rows["day"].combine_chunks()))
    keys = [name for name in rows.column_names if name != "n"]
    return rows.group_by(keys).aggregate([("n", "sum")]).rename_columns([*keys, "n"])


def _told(scope: Scope, rows: pa.Table, by: Sequence[str]) -> pa.Table:
    """`rows` with the codes in by_0, by_1 … replaced by what they stand for."""
    for n, name in enumerate(by):
        place = rows.column_names.index(f"by_{n}")
        codes = rows.column(place).combine_chunks().dictionary_encode()
        texts = pa.array(scope.texts(name, codes.dictionary.to_pylist()))
        if name in FIELDS:
            texts = texts.cast(pa.string())
        rows = rows.set_column(place, f"by_{n}", texts.take(codes.indices))
    return rows


def _not_stored(scope: Scope) -> pa.Table:
    return scope.cursor.sql("SELECT reason, n FROM not_stored ORDER BY reason").to_arrow_table()


def _check_every(every: str | None) -> None:
    if every is not None and every not in EVERY:
        raise BadQuestion(
            es=f"«{every}» no es un periodo; hay: {', '.join(EVERY)}.",
            en=f"“{every}” is no period; there are: {', '.join(EVERY)}.",
            reason="unknown_period",
        )


def account(report: Report) -> Mapping[str, int | None]:
    """received, counted and each reason of `excluded`, in the order a page tells them."""
    return {"received": report.received, "counted": report.counted, **report.excluded}
