"""R19: small and big engine agree, and both with a plain loop over the interactions.

The same interactions lie in a log of SQLite, in one of PostgreSQL and in none at all (DuckDB in
memory). Each is asked the same drawn questions; what all three say must be the same to the last
digit, and what plain Python finds, counts exactly and the rest within 1e-9. That Spark says what
DuckDB says is proved beside it, in vivencia/columns/spark/tests/test_cluster.py.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
import pytest

from tests.promises.questions import PLAIN, Question, question
from tests.promises.sizes import chance, figure, size
from vivencia.columns.filters import Filters
from vivencia.columns.memory import MemoryColumns
from vivencia.columns.reading import Columns, connect
from vivencia.columns.schema import ENUMS
from vivencia.columns.tests.made import interactions, write
from vivencia.interactions.record import Flag, Interaction
from vivencia.journeys.reading import discover
from vivencia.journeys.tests import twin
from vivencia.lib.datadir import DataDir
from vivencia.scores.reading import measure
from vivencia.scores.score import HIDDEN_BELOW

INTERACTIONS, QUESTIONS = size(3_000, 240_000), size(40, 200)
CLOSE = 1e-9
BATCH = 20_000
UNTIMED = Flag.time_flagged | Flag.time_constant
Answers = list[int]
Score = Callable[[Answers], float]


# ------------------------------------------------------------------ the engines
class Told:
    """What one engine says: the digest of its columns, and reports of scores and journeys."""

    def __init__(self, columns: Columns, asked: list[Question]) -> None:
        self.digest = columns.ask("columns/digest", Filters())["digest"].to_pylist()
        self.scores = [_scores(columns, each) for each in asked]
        self.journeys = [
            discover(columns, filters=filters, top=0).as_dict() for filters in _narrowed(asked)
        ]


def _scores(columns: Columns, asked: Question) -> dict[str, Any]:
    by, every = asked.rows
    return measure(
        columns, asked.measure, by=by, every=every, filters=asked.filters(),
        definition=asked.definition,
    ).as_dict()  # fmt: skip


def _narrowed(asked: list[Question]) -> list[Filters]:
    """What journeys are asked about: everything, and what some of the questions leave in."""
    return [Filters(), *(each.filters() for each in asked[: size(6, 20)])]


def of_memory(made: list[Interaction], asked: list[Question]) -> Told:
    columns = MemoryColumns(made)
    try:
        return Told(columns, asked)
    finally:
        columns.close()


def of_log(data: DataDir, made: list[Interaction], asked: list[Question]) -> Told:
    """The same by way of a log, in whichever database DATABASE_URL names."""
    for start in range(0, len(made), BATCH):
        write(data, made[start : start + BATCH])
    columns = connect(data)
    try:
        return Told(columns, asked)
    finally:
        columns.close()


# ------------------------------------------------------------------ the plain loop
def _share(good: Callable[[int], bool]) -> Score:
    return lambda answers: 100 * sum(map(good, answers)) / len(answers)


def _balance(good: Callable[[int], bool], bad: Callable[[int], bool]) -> Score:
    return lambda answers: 100 * (sum(map(good, answers)) - sum(map(bad, answers))) / len(answers)


def _mean(answers: Answers) -> float:
    return sum(answers) / len(answers)


# definition -> its scale and formula, written anew: every one whose scale was answered
FORMULAS: dict[str, tuple[str, Score]] = {
    "nps": ("nps", _balance(lambda x: x >= 9, lambda x: x <= 6)),
    "csat": ("csat5", _share(lambda x: x >= 4)),
    "csat_top1": ("csat5", _share(lambda x: x == 5)),
    "ces": ("ces7", _mean),
    "ces_share": ("ces7", _share(lambda x: x >= 5)),
    "ces_index": ("ces7", _balance(lambda x: x >= 6, lambda x: x <= 3)),
}


def is_left_in(one: Interaction, filters: Filters) -> bool:
    inside = (filters.start is None or one.happened_at >= filters.start) and (
        filters.end is None or one.happened_at < filters.end
    )
    return inside and all(_word(one, name) in values for name, values in filters.where.items())


def _value(one: Interaction, name: str) -> Any:
    if name in ENUMS:
        return ENUMS[name](getattr(one, name)).name if getattr(one, name) else None
    return (one.facts or {}).get(name) if name in ("plan", "age", "vip") else getattr(one, name)


def _word(one: Interaction, name: str) -> str | None:
    """The value as a filter spells it."""
    value = _value(one, name)
    return None if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _first_day(one: Interaction, every: str) -> str:
    day = dt.datetime.fromtimestamp(one.happened_at / 1000, dt.UTC).date()
    if every == "week":
        day -= dt.timedelta(days=day.weekday())
    elif every != "day":
        first = {"month": day.month, "quarter": (day.month - 1) // 3 * 3 + 1, "year": 1}[every]
        day = day.replace(month=first, day=1)
    return day.isoformat()


def answers_of(made: list[Interaction], asked: Question) -> dict[tuple[object, ...], Answers]:
    """The answers of each group and period, in whole steps of the scale."""
    scale, (by, every), filters = FORMULAS[asked.definition][0], asked.rows, asked.filters()
    found: dict[tuple[object, ...], Answers] = defaultdict(list)
    for one in made:
        untimed = every is not None and one.flags & UNTIMED
        if one.scale != scale or one.score is None or untimed or not is_left_in(one, filters):
            continue
        period = _first_day(one, every) if every else None
        found[(*(_value(one, name) for name in by), period)].append(one.score // 1000)
    return dict(found)


def scores_that_differ(told: dict[str, Any], made: list[Interaction], asked: Question) -> list[str]:
    """Where a report is not what the plain loop finds; what must be hidden is."""
    expected, formula = answers_of(made, asked), FORMULAS[asked.definition][1]
    rows = {(*row["by"].values(), row["period"]): row for row in told["rows"]}
    found = [f"groups: {asked}"] if rows.keys() - {(None,)} != expected.keys() - {(None,)} else []
    for key, answers in expected.items():
        row = rows.get(key)
        if row is None or (row["n"] is not None and len(answers) < HIDDEN_BELOW):
            found.append(f"{key}: {asked}")
        elif row["n"] is not None and (
            row["n"] != len(answers) or not _close(row["value"], formula(answers))
        ):
            found.append(f"{key}: {row['n']}, {row['value']} of {len(answers)}: {asked}")
    counted = sum(map(len, expected.values()))
    if told["counted"] not in (None, counted):
        found.append(f"counted {told['counted']} of {counted}: {asked}")
    return found


def log_of(made: list[Interaction], filters: Filters) -> list[list[tuple[str, int]]]:
    """Each journey's steps in order: by its key, or else its customer's, or else by itself."""
    journeys: dict[object, list[Interaction]] = defaultdict(list)
    for one in made:
        if is_left_in(one, filters):
            journeys[one.journey or one.identities or one.id].append(one)
    return [
        [(one.kind, one.happened_at) for one in sorted(steps, key=_place)]
        for steps in journeys.values()
    ]


def _place(one: Interaction) -> tuple[int, int, bytes]:
    return one.happened_at, one.rank, one.id


def found_plainly(made: list[Interaction], filters: Filters) -> dict[str, Any]:
    """What `discover` tells of journeys, by the twin of its mathematics."""
    log = log_of(made, filters)
    return {
        "journeys": len(log),
        "interactions": sum(map(len, log)),
        "edges": twin.transitions(log),
        "variants": dict(twin.variants(log)),
        "starts": Counter(steps[0][0] for steps in log),
        "ends": Counter(steps[-1][0] for steps in log),
        "throughput": twin.seconds([steps[-1][1] - steps[0][1] for steps in log]),
        "self_loops": twin.loops(log, 1),
        "loops_of_two": twin.loops(log, 2),
    }


def in_the_twin_s_form(told: Mapping[str, Any]) -> dict[str, Any]:
    """A report of journeys, keyed as the twin has it."""

    def loops(rows: list[dict[str, Any]]) -> dict[tuple[str, str], tuple[int, int]]:
        return {(r["activity"], r["between"]): (r["count"], r["journeys"]) for r in rows}

    times = ("count", "mean_s", "median_s", "p90_s")
    return {
        **{name: told[name] for name in ("journeys", "interactions", "starts", "ends")},
        "edges": {(e["from"], e["to"]): tuple(e[name] for name in times) for e in told["edges"]},
        "variants": {tuple(each["steps"]): each["count"] for each in told["variants"]},
        "throughput": tuple(told["throughput"][n] for n in ("count", "mean", "median", "p90")),
        "self_loops": loops(told["self_loops"]),
        "loops_of_two": loops(told["loops_of_two"]),
    }


def _close(one: Any, other: Any) -> bool:
    """Equal: counts and words exactly, floats within 1e-9."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(_close(one[key], other[key]) for key in one)
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(_close, one, other))
    if isinstance(one, float):
        return math.isclose(one, other, rel_tol=CLOSE, abs_tol=CLOSE)
    return bool(one == other)


def differences(told: Told, made: list[Interaction], asked: list[Question]) -> list[str]:
    """Where an engine says another thing than the plain loop."""
    found = [
        difference
        for each, report in zip(asked, told.scores, strict=True)
        if each.definition in FORMULAS
        for difference in scores_that_differ(report, made, each)
    ]
    for filters, report in zip(_narrowed(asked), told.journeys, strict=True):
        if not _close(found_plainly(made, filters), in_the_twin_s_form(report)):
            found.append(f"journeys: {filters}")
    return found


# ------------------------------------------------------------------ the promise
def material(n: int) -> list[Interaction]:
    """`n` interactions, or a few less. Of those known in two ways the log makes one customer, which
    what has no log can not: `test_log.py` compares them."""
    return [one for one in interactions(n) if len(one.identities) < 2]


def drawn(n: int) -> list[Question]:
    draw = chance()
    return [PLAIN, *(question(draw) for _ in range(n))]


@pytest.mark.sqlite("half of it is a log of SQLite")
def test_r19_small_and_big_engine_agree(
    data: DataDir, installation: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, asked = material(INTERACTIONS), drawn(QUESTIONS)
    in_postgres = of_log(data, made, asked)
    monkeypatch.delenv("DATABASE_URL")
    in_sqlite = of_log(installation, made, asked)
    in_memory = of_memory(made, asked)
    assert vars(in_postgres) == vars(in_sqlite)
    assert vars(in_sqlite) == vars(in_memory)
    assert differences(in_sqlite, made, asked) == []
    figures = [row for report in in_sqlite.scores for row in report["rows"] if row["n"] is not None]
    assert len(figures) > len(asked) / 2  # what is hidden everywhere would be equal, too
    figure(
        interactions=len(made), questions=len(asked), figures=len(figures),
        journeys=f"{in_sqlite.journeys[0]['journeys']} in {len(in_sqlite.journeys)} questions",
        differences=0,
    )  # fmt: skip


@pytest.mark.parametrize(
    "changed", [{"score": 0}, {"happened_at": 1_700_000_000_000}, {"kind": "Baja"}], ids=str
)
def test_r19_control_one_interaction_that_differs_is_noticed(
    data: DataDir, changed: dict[str, Any]
) -> None:
    made = material(500)
    place = next(n for n, one in enumerate(made) if one.scale == "nps" and one.score == 10_000)
    other = [*made]
    other[place] = msgspec.structs.replace(made[place], **changed)
    told = of_log(data, other, [PLAIN])
    assert vars(told) != vars(of_memory(made, [PLAIN]))
    assert differences(told, made, [PLAIN]) != []
