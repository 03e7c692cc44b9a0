"""When the columns follow: at once where little comes in, in fewer and larger steps otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pytest

from vivencia.columns import pace
from vivencia.columns.owner import Owner, try_to_own
from vivencia.columns.tests.made import interactions, write
from vivencia.lib.datadir import DataDir

PROMISED_BEHIND_S, PROMISED_A_SECOND = 2.0, 2_000
A_COPY_S = 0.5  # much longer than one takes


def copies(a_second: int, seconds: int = 60) -> Iterator[tuple[int, float]]:
    """(rows of each catch-up, seconds its oldest row had waited when it was copied)."""
    now = since = 0.0
    for _ in count():
        now += pace.TICK_S
        if now > seconds:
            return
        waiting = int(a_second * (now - since))
        if pace.is_due(waiting, now - since):
            yield waiting, now - since + A_COPY_S
            since, now = now, now + A_COPY_S


@pytest.mark.parametrize("a_second", [1, 10, 100])
def test_what_little_comes_in_is_shown_at_once(a_second: int) -> None:
    assert max(late for _, late in copies(a_second)) < 2 * pace.TICK_S + 2 * A_COPY_S


@pytest.mark.parametrize("a_second", [500, 1_000, PROMISED_A_SECOND, 2_900])
def test_columns_are_no_further_behind_than_promised(a_second: int) -> None:
    assert max(late for _, late in copies(a_second)) < PROMISED_BEHIND_S


@pytest.mark.parametrize("a_second", [4_000, 6_000, 25_000])
def test_a_burst_is_copied_in_few_large_steps(a_second: int) -> None:
    made = list(copies(a_second))
    assert min(rows for rows, _ in made) > 0.8 * min(pace.LARGEST, a_second * pace.LONGEST_S)
    assert max(late for _, late in made) < pace.LONGEST_S + pace.TICK_S + A_COPY_S


def test_a_burst_that_has_ended_is_copied_soon() -> None:
    last = pace.RUSH * 2  # came within a second, and nothing since
    first_due = next(n * pace.TICK_S for n in count(1) if pace.is_due(last, n * pace.TICK_S))
    assert first_due < 3


@pytest.fixture
def owner(installation: DataDir) -> Iterator[Owner]:
    owner = try_to_own(installation, "Europe/Madrid")
    assert owner is not None
    yield owner
    owner.close()


def test_an_owner_waits_for_more_only_where_much_comes_in(
    installation: DataDir, owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(installation, interactions(50))
    owner.keep_up()
    assert owner.store.watermark() == 50
    monkeypatch.setattr(pace, "LITTLE", 10)
    monkeypatch.setattr(pace, "LONGEST_S", 600.0)
    monkeypatch.setattr(pace, "GATHERED_S", 600.0)
    write(installation, interactions(100)[50:])
    owner.keep_up()
    assert owner.store.watermark() == 50  # they have only just come
    monkeypatch.setattr(pace, "GATHERED_S", 0.0)
    owner.keep_up()
    assert owner.store.watermark() == 100
    monkeypatch.setattr(pace, "GATHERED_S", 600.0)
    write(installation, interactions(150)[100:])
    assert owner.catch_up() == 150  # whoever asks does not wait
