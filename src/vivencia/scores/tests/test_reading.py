"""What is measured over columns is what a plain loop over the interactions says."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from vivencia.columns.calendar import start_of_day
from vivencia.columns.filters import Filters
from vivencia.columns.memory import MemoryColumns
from vivencia.columns.tests.made import DAY, START, interactions
from vivencia.interactions.record import Flag, Interaction
from vivencia.lib.errors import BadQuestion
from vivencia.scores.definitions import definition_of
from vivencia.scores.explanation import explain
from vivencia.scores.reading import behind, measure
from vivencia.scores.score import score

ZONE = "America/Mexico_City"
MADE = interactions(3000, seed=5)
UNTIMED = Flag.time_flagged | Flag.time_constant
ASKED = [
    {"by": ["channel"], "every": "month"},
    {"by": ["plan", "vip"], "every": "week"},
    {"by": ["stage"], "every": None},
    {"by": [], "every": "day"},
    {"by": ["touchpoint"], "every": "quarter", "where": {"channel": ("web", None)}},
    {"by": ["outcome"], "every": "year", "where": {"plan": ("gold",), "stage": ("buy", "use")}},
    {"by": [], "every": None, "start": START + 3 * DAY + 12345, "end": START + 40 * DAY},
]


@pytest.fixture(scope="module")
def columns() -> Iterator[MemoryColumns]:
    made = MemoryColumns(MADE, ZONE)
    yield made
    made.close()


def field_of(one: Interaction, name: str) -> object:
    from vivencia.columns.schema import ENUMS

    if name in ENUMS:
        return ENUMS[name](getattr(one, name)).name if getattr(one, name) else None
    if name in ("plan", "age", "vip"):
        return (one.facts or {}).get(name)
    return getattr(one, name)


def bucket_of(one: Interaction, every: str | None) -> dt.date | None:
    """Through the calendar of Python's own zones, not through ours."""
    if every is None:
        return None
    moment = dt.datetime.fromtimestamp(one.happened_at / 1000, dt.UTC)
    day = moment.astimezone(ZoneInfo(ZONE)).date()
    first_month = {"month": day.month, "quarter": (day.month - 1) // 3 * 3 + 1, "year": 1}
    if every == "day":
        return day
    if every == "week":
        return day - dt.timedelta(days=day.isocalendar().weekday - 1)
    return day.replace(month=first_month[every], day=1)


def twin(scale: str, by: list[str], every: str | None, filters: Filters) -> dict[object, object]:
    """Histograms by (group, period) from a plain loop."""
    found: dict[object, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for one in MADE:
        inside = (filters.start is None or one.happened_at >= filters.start) and (
            filters.end is None or one.happened_at < filters.end
        )
        kept = all(field_of(one, name) in values for name, values in filters.where.items())
        untimed = every is not None and one.flags & UNTIMED
        if one.scale == scale and one.score is not None and inside and kept and not untimed:
            group = tuple(field_of(one, name) for name in by)
            found[group, bucket_of(one, every)][one.score] += 1
    return dict(found)


@pytest.mark.parametrize("asked", ASKED, ids=str)
@pytest.mark.parametrize(("name", "scale"), [("nps", "nps"), ("csat", "csat5"), ("ces", "ces7")])
def test_a_plain_loop_says_the_same(
    columns: MemoryColumns, name: str, scale: str, asked: dict[str, object]
) -> None:
    filters = Filters(asked.get("where", {}), asked.get("start"), asked.get("end"))  # type: ignore[arg-type]
    by, every = asked["by"], asked["every"]
    report = measure(columns, name, by=by, every=every, filters=filters)  # type: ignore[arg-type]
    expected = twin(scale, by, every, filters)  # type: ignore[arg-type]
    shown = {(tuple(row.by.values()), row.period): row.score for row in report}
    assert shown.keys() == expected.keys()
    meaning = definition_of(name)
    for key, figure in shown.items():
        if figure.n is None:  # hidden, alone or to keep another company
            continue
        assert figure == score(meaning, expected[key])  # type: ignore[arg-type]
    assert report.counted == sum(sum(h.values()) for h in expected.values())  # type: ignore[attr-defined]
    assert report.received == report.counted + sum(report.excluded.values())


def test_what_is_hidden_can_not_be_recovered_by_subtraction(columns: MemoryColumns) -> None:
    """In every line of a table that has a total, hidden groups are none, two or more."""
    report = measure(columns, "nps", by=["touchpoint"], every="day")
    lines: dict[object, list[bool]] = defaultdict(list)
    for row in report:
        lines["touchpoint", row.by["touchpoint"]].append(row.score.n is None)
        lines["period", row.period].append(row.score.n is None)
    assert any(any(line) for line in lines.values())
    assert all(sum(line) != 1 for line in lines.values() if len(line) > 1)


def test_under_five_answers_no_door_tells_how_many(columns: MemoryColumns) -> None:
    few = Filters(where={"age": ("3",)}, start=START, end=START + 9 * DAY)
    report = measure(columns, "nps", filters=few)
    counted = sum(sum(h.values()) for h in twin("nps", [], None, Filters(
        {"age": (3,)}, few.start, few.end)).values())  # type: ignore[arg-type, attr-defined]  # fmt: skip
    assert 0 < counted < 5
    assert (report.received, report.counted, report.excluded) == (None, None, {})
    opened = explain(columns, "nps", filters=few)
    assert opened.hidden
    assert opened.answers == {}


def test_dropping_one_filter_tells_nobody_s_answer_to_those_who_may_not_open_them(
    columns: MemoryColumns,
) -> None:
    whole = measure(columns, "nps", may_open=False).rows[0].score.n
    assert whole is not None
    for age in range(90):
        others = tuple(str(each) for each in range(90) if each != age)
        figure = measure(
            columns, "nps", filters=Filters(where={"age": (*others, None)}), may_open=False
        ).rows[0].score  # fmt: skip
        assert figure.n is None or not 0 < whole - figure.n < 5
    control = measure(columns, "nps", filters=Filters(where={"age": (*others, None)}))
    assert control.rows[0].score.n is not None


def test_who_may_not_open_interactions_asks_for_whole_months_only(
    columns: MemoryColumns,
) -> None:
    day = start_of_day(ZONE, dt.date(2026, 10, 2))
    first, next_first = (start_of_day(ZONE, dt.date(2026, month, 1)) for month in (10, 11))
    for filters, every in (
        (Filters(start=day), None),
        (Filters(end=first + 1), None),
        (Filters(), "week"),
        (Filters(), "day"),
    ):
        with pytest.raises(BadQuestion, match="whole months"):
            measure(columns, "nps", filters=filters, every=every, may_open=False)  # type: ignore[arg-type]
        measure(columns, "nps", filters=filters, every=every)  # type: ignore[arg-type]
    whole = Filters(start=first, end=next_first)
    assert measure(columns, "nps", filters=whole, every="month", may_open=False).rows


def test_the_change_is_against_the_period_before(columns: MemoryColumns) -> None:
    rows = measure(columns, "csat", every="month").rows
    assert rows[0].change is None
    for before, row in pairwise(rows):
        assert row.change is not None
        assert row.change.value == pytest.approx(row.score.value - before.score.value)
        assert row.change.low <= row.change.value <= row.change.high


def test_what_is_behind_a_figure_is_what_it_counted(columns: MemoryColumns) -> None:
    filters = Filters(where={"channel": ("web",)})
    opened = explain(columns, "ces", filters=filters, timed=True)
    seen = [row for page in range(1, 50)
            for row in behind(columns, "ces", filters=filters, page=page)]  # fmt: skip
    untimed = behind(columns, "ces", filters=filters, fate="time_flagged", size=10_000)
    assert len(seen) - len(untimed) == opened.report.counted
    assert opened.report.excluded == {"time_flagged": len(untimed)}
    assert [row["happened_at"] for row in seen] == sorted(
        (row["happened_at"] for row in seen), reverse=True
    )


def test_an_empty_installation_has_empty_figures() -> None:
    nothing = MemoryColumns([], "UTC")
    for by, every in (((), None), (("channel",), "month"), ((), "week")):
        report = measure(nothing, "nps", by=by, every=every)  # type: ignore[arg-type]
        assert (report.received, report.counted) == (0, 0)
        assert all(row.score.n is None for row in report)
    nothing.close()


def test_a_question_that_can_not_be_asked_is_said(columns: MemoryColumns) -> None:
    for bad in ({"by": ["mood"]}, {"every": "fortnight"}, {"definition": "csat"}):
        with pytest.raises(BadQuestion):
            measure(columns, "nps", **bad)  # type: ignore[arg-type]
    with pytest.raises(BadQuestion):
        behind(columns, "nps", filters=Filters(), fate="lost")
