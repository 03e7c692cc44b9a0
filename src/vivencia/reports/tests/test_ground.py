"""The days that can be asked about are those of answers that count; a page opens with some."""

from __future__ import annotations

import datetime as dt

import pytest

from vivencia.columns.calendar import date_of, local_day
from vivencia.columns.memory import MemoryColumns
from vivencia.interactions.record import Interaction
from vivencia.lib.period import ALL, Period, month_of
from vivencia.reports.reading import ground

DAY = 86_400_000
START = 1_780_000_000_000


def answer(number: int, day: int, *, about: int = 0, held: bool = False) -> Interaction:
    return Interaction(
        id=number.to_bytes(16, "big"), source="surveys", happened_at=START + day * DAY,
        kind="survey.changed" if about else "survey.answered", scale="nps", score=9000,
        about=about.to_bytes(16, "big") if about else None, facts={"held": True} if held else {},
    )  # fmt: skip


def test_no_day_is_offered_for_an_answer_that_is_held_or_was_changed_later() -> None:
    log = [answer(1, 0), answer(2, 3), answer(3, 5), answer(4, 9, held=True), answer(5, 4, about=1)]
    columns = MemoryColumns(log, "UTC")
    found = ground(columns)
    columns.close()
    first, last = (date_of(local_day("UTC", START + day * DAY)) for day in (3, 5))
    assert (found.first, found.last) == (first, last)


MAY, NOVEMBER = dt.date(2026, 5, 31), dt.date(2026, 11, 30)


@pytest.mark.parametrize(
    ("days", "opens"),
    [
        ([], ALL),
        ([dt.date(2026, 4, 2), dt.date(2026, 5, 9), dt.date(2026, 11, 3)], month_of(MAY)),
        ([dt.date(2026, 4, 2), dt.date(2026, 11, 3), NOVEMBER], month_of(NOVEMBER)),
        ([dt.date(2026, 5, 2), dt.date(2026, 11, 3)], ALL),
        ([dt.date(2026, 11, 3), dt.date(2026, 11, 5)], ALL),
    ],
    ids=["nothing", "a gap", "a whole month", "none that is whole", "one that began"],
)
def test_a_page_opens_with_the_last_whole_month_that_has_answers(
    days: list[dt.date], opens: Period
) -> None:
    epoch = date_of(local_day("UTC", START))
    log = [answer(number, (day - epoch).days) for number, day in enumerate(days, 1)]
    columns = MemoryColumns(log, "UTC")
    assert ground(columns).default == opens
    columns.close()
