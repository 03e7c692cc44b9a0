"""One look at the columns says what scores.reading says, to the last digit."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from vivencia.columns.calendar import start_of_day
from vivencia.columns.filters import Filters
from vivencia.columns.memory import MemoryColumns
from vivencia.columns.tests.made import interactions
from vivencia.journeys.reading import discover
from vivencia.lib.address import View
from vivencia.lib.period import ALL, Period, holding, last_days
from vivencia.reports import answers, lived
from vivencia.reports.answers import months_of
from vivencia.reports.home import experience_lived
from vivencia.reports.lived import middle
from vivencia.reports.reading import Asker
from vivencia.reports.windows import months_before, spanning, twelve_months, widened
from vivencia.scores.definitions import DEFINITIONS, definition_of
from vivencia.scores.reading import histogram, measure

OCTOBER = holding("month", dt.date(2026, 10, 1))
YEAR = twelve_months(OCTOBER, dt.date(2026, 11, 5))


def between(period: Period, where: dict[str, tuple[str | None, ...]] | None = None) -> Filters:
    ends = [start_of_day("UTC", day) if day else None for day in (period.first, period.after)]
    return Filters(where or {}, *ends)


@pytest.mark.parametrize("where", [{}, {"channel": ("web", None)}, {"plan": ("gold",)}])
@pytest.mark.parametrize("may_open", [True, False])
def test_the_same_rows_as_asking_one_by_one(
    columns: MemoryColumns, where: dict[str, tuple[str | None, ...]], *, may_open: bool
) -> None:
    before = OCTOBER.before()
    assert before
    periods = [OCTOBER, before, *months_of(YEAR)]
    counts = answers.count(
        columns, between(spanning(periods), where), ["nps", "csat5", "ces7"], periods,
        strict=not may_open,
    )  # fmt: skip
    for meaning in (DEFINITIONS[name] for name in ("nps", "csat", "csat_top1", "ces", "ces_share")):
        asked = {
            "definition": meaning.name, "filters": between(OCTOBER, where), "may_open": may_open,
        }  # fmt: skip
        whole = measure(columns, meaning.measure, before=between(before, where), **asked)
        found = counts.report(meaning, OCTOBER, before=before)
        assert (found.rows, found.received, found.counted, found.excluded) == (
            whole.rows, whole.received, whole.counted, whole.excluded,
        )  # fmt: skip
        grouped = measure(columns, meaning.measure, by=["touchpoint"], **asked)
        assert counts.report(meaning, OCTOBER, by="touchpoint").rows == grouped.rows
        monthly = measure(
            columns, meaning.measure, every="month", definition=meaning.name,
            filters=between(YEAR, where), may_open=may_open,
        )  # fmt: skip
        assert counts.report(meaning, YEAR, monthly=True).rows == monthly.rows


def test_all_there_is_needs_no_days(columns: MemoryColumns) -> None:
    counts = answers.count(columns, Filters(), ["nps"], [ALL])
    assert counts.report(definition_of("nps"), ALL).rows == measure(columns, "nps").rows
    one = histogram(columns, "nps", Filters({"touchpoint": ("checkout",)}))
    assert counts.histogram(definition_of("nps"), ALL, "checkout") == one


def test_a_page_asks_its_scores_once(columns: MemoryColumns) -> None:
    asked: list[str] = []
    ask = columns.ask
    columns.ask = lambda name, *more, **named: asked.append(name) or ask(name, *more, **named)  # type: ignore[method-assign]
    answers.count(columns, between(YEAR), ["nps", "csat5", "ces7"], months_of(YEAR))
    assert asked == ["reports/answers"]


# ── which stretches of time ──────────────────────────────────────────────────


def test_a_month_is_widened_to_three_and_twelve_up_to_its_end() -> None:
    found = widened(OCTOBER)
    assert [(n, p.first, p.after) for n, p in found.items()] == [
        (0, dt.date(2026, 10, 1), dt.date(2026, 11, 1)),
        (3, dt.date(2026, 8, 1), dt.date(2026, 11, 1)),
        (12, dt.date(2025, 11, 1), dt.date(2026, 11, 1)),
    ]


def test_what_is_longer_already_is_not_narrowed() -> None:
    assert list(widened(holding("quarter", dt.date(2026, 10, 1)))) == [0, 12]
    assert list(widened(last_days(400, dt.date(2026, 11, 5)))) == [0]
    assert list(widened(ALL)) == [0]


def test_the_end_of_a_month_has_a_day_in_every_month() -> None:
    assert months_before(dt.date(2026, 5, 31), 3) == dt.date(2026, 2, 28)
    assert months_before(dt.date(2026, 1, 31), 12) == dt.date(2025, 1, 31)


def test_twelve_months_are_twelve_and_follow_one_another() -> None:
    months = months_of(YEAR)
    assert len(months) == 12
    assert all(one.after == other.first for one, other in pairwise(months))
    assert twelve_months(ALL, dt.date(2026, 11, 5)).last == dt.date(2026, 11, 30)
    assert spanning([OCTOBER, ALL]) == ALL


# ── waits and journeys ───────────────────────────────────────────────────────


def test_journeys_are_those_of_the_journeys_page(columns: MemoryColumns) -> None:
    found, page = lived.journeys(columns, Filters()), discover(columns, top=1)
    assert (found.journeys, found.multichannel) == (page.journeys, page.multichannel)
    assert found.time.median == pytest.approx(1000 * (page.throughput.median or 0), abs=1e-6)


def test_without_channels_no_share_of_several_is_said() -> None:
    silent = MemoryColumns([structs.replace(one, channel=None) for one in interactions(40)], "UTC")
    assert not lived.journeys(silent, Filters()).channels
    asker = Asker(silent, "en", "UTC", dt.date(2026, 11, 5), may_open=False)
    assert [one.name for one in experience_lived(asker, View(ALL))] == ["Time of a journey"]
    silent.close()


def test_waits_nobody_measured_are_none(columns: MemoryColumns) -> None:
    found = lived.waits(columns, Filters())
    assert (found.wait.n, found.wait.median, found.lived > 0) == (0, None, True)


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=300))
def test_the_median_lies_in_its_interval(values: list[int]) -> None:
    found = middle(np.array(values, dtype=np.int64))
    assert found.median == pytest.approx(np.median(values))
    assert found.low is not None
    assert found.high is not None
    assert found.median is not None
    assert min(values) <= found.low <= found.median <= found.high <= max(values)


def test_the_interval_of_the_median_holds_it_19_times_in_20() -> None:
    draw, held = np.random.default_rng(7), 0
    for _ in range(400):
        found = middle((draw.exponential(1000, 101)).astype(np.int64))
        held += (found.low or 0) <= 1000 * np.log(2) <= (found.high or 0)
    assert held / 400 > 0.93
