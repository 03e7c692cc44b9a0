"""A transaction is as long as others can wait, however slow the machine is."""

from __future__ import annotations

import pytest

from vivencia.lib.pace import TARGET_S, Pace


@pytest.mark.parametrize("a_row_s", [10e-6, 60e-6, 250e-6])
def test_the_room_comes_to_what_fits(a_row_s: float) -> None:
    pace = Pace(80e-6)
    for _ in range(60):
        pace.learn(pace.room, pace.room * a_row_s)
    assert pace.room * a_row_s == pytest.approx(TARGET_S, rel=0.02)


def test_there_is_a_least_and_a_most() -> None:
    slow, quick = Pace(1.0, least=200), Pace(1e-9)
    assert (slow.room, quick.room) == (200, 2_000)


def test_a_transaction_of_a_few_tells_nothing_of_the_pace() -> None:
    pace = Pace(80e-6)
    pace.learn(3, 1.0)
    assert pace.room == int(TARGET_S / 80e-6)
