"""R10: a clock that jumps, nights with 23 and 25 hours, leap days and 2038 harm nobody."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections import Counter
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.promises.sizes import chance, figure, size
from vivencia.columns.memory import MemoryColumns
from vivencia.interactions.record import Identity, Interaction, Sort
from vivencia.interactions.tests.intake_kit import Doors
from vivencia.lib.clock import DAY_MS, HOUR_MS, MINUTE_MS
from vivencia.scores.reading import measure

JUMPS = (DAY_MS, -DAY_MS, -HOUR_MS, 0)
# Nights on which clocks are put forward and back, a leap day, and past 2038-01-19 03:14:08.
NIGHTS = (
    ("Europe/Madrid", dt.date(2026, 3, 29)), ("Europe/Madrid", dt.date(2026, 10, 25)),
    ("America/Mexico_City", dt.date(2022, 4, 3)), ("America/Mexico_City", dt.date(2022, 10, 30)),
    ("Europe/Madrid", dt.date(2028, 2, 29)), ("UTC", dt.date(2038, 1, 19)),
)  # fmt: skip
EACH_MS = 10 * MINUTE_MS


def test_r10_a_clock_that_jumps_under_load_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn, batches, true = chance(), size(60, 1_000), time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: true() + drawn.choice(JUMPS) * 1_000_000)

    async def load(doors: Doors) -> Counter[str]:
        left, seen = iter(range(batches)), Counter[str]()

        async def one() -> None:
            for n in left:
                items = [{"id": f"e{n}-{k}", "kind": "k", "happened_at": 1} for k in range(20)]
                for _ in range(2):  # and each is sent again, at another time
                    seen.update((await doors.asend(items)).statuses)

        await asyncio.gather(*(one() for _ in range(8)))
        return seen

    with Doors(tmp_path / "data") as doors:
        seen = asyncio.run(load(doors))
        assert seen == {"stored": batches * 20, "duplicate": batches * 20}
        assert doors.stored == batches * 20
        times = [at for (at,) in doors.rows("SELECT recorded_at FROM interactions ORDER BY seq")]
    # The control: the clock did go back, and order is kept by seq alone.
    assert times != sorted(times)
    figure(interactions=batches * 20, jumps_of="a day and an hour", lost=0)


def around(zone: str, day: dt.date) -> tuple[int, int]:
    """The first and the last moment of the month of `day`, local, in UTC ms (half open)."""
    first = dt.datetime(day.year, day.month, 1, tzinfo=ZoneInfo(zone))
    following = (first + dt.timedelta(days=40)).replace(day=1)
    return int(first.timestamp()) * 1000, int(following.timestamp()) * 1000


def answers(start: int, end: int) -> list[Interaction]:
    """One customer's answer every ten minutes, each a journey step after the other."""
    return [
        Interaction(
            id=n.to_bytes(16, "big"), source="t", body=n, happened_at=at, kind="survey.answered",
            identities=(Identity(Sort.account, f"c{n % 50}", True),), journey=f"j{n % 50}",
            scale="nps", score=n % 11 * 1000,
        )
        for n, at in enumerate(range(start, end, EACH_MS))
    ]  # fmt: skip


@pytest.mark.parametrize(("zone", "day"), NIGHTS, ids=str)
def test_r10_days_sum_to_their_month_and_nothing_lasts_less_than_nothing(
    zone: str, day: dt.date
) -> None:
    start, end = around(zone, day)
    columns = MemoryColumns(answers(start, end), zone)
    try:
        daily = list(measure(columns, "nps", every="day"))
        monthly = list(measure(columns, "nps", every="month"))
        (shortest,) = columns.store.connection.execute("SELECT min(gap) FROM steps").fetchone()
    finally:
        columns.close()
    expected = (end - start) // EACH_MS
    assert sum(one.score.n or 0 for one in daily) == expected
    assert [one.score.n for one in monthly] == [expected]
    assert shortest > 0
    # The day of the night has as many hours as it really had.
    local = dt.datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
    following = local + dt.timedelta(days=1)
    hours = (following.timestamp() - local.timestamp()) / 3600
    assert [one.score.n for one in daily if one.period == day] == [hours * 6]


def test_r10_control_a_day_of_24_hours_each_would_not_sum() -> None:
    start, end = around("Europe/Madrid", dt.date(2026, 10, 25))
    assert (end - start) % DAY_MS == HOUR_MS
