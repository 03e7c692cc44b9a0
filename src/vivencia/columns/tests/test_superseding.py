"""Of an answer changed later only the latest form counts; a held one does not until released."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vivencia.columns.filters import Filters
from vivencia.columns.memory import MemoryColumns
from vivencia.columns.superseding import settle
from vivencia.interactions.record import Interaction
from vivencia.scores.reading import account, behind, measure

DAY = 86_400_000


def answer(
    number: int, score: int, *, about: int = 0, held: bool = False, at: int = 0
) -> Interaction:
    return Interaction(
        id=number.to_bytes(16, "big"), source="surveys", happened_at=1_780_000_000_000 + at,
        kind="survey.changed" if about else "survey.answered", scale="nps", score=score * 1000,
        about=about.to_bytes(16, "big") if about else None, channel="email",
        facts={"held": True} if held else {"complete": True},
    )  # fmt: skip


def figures(interactions: list[Interaction], *, every: str | None = None) -> dict[str, object]:
    columns = MemoryColumns(interactions)
    try:
        report = measure(columns, "nps", every=every)  # type: ignore[arg-type]
        return {**account(report), "n": sum(row.score.n or 0 for row in report.rows)}
    finally:
        columns.close()


NINE = [answer(n, 9) for n in range(1, 10)]


def test_the_latest_form_counts_and_the_others_are_named() -> None:
    changed = [answer(100, 3, about=1, at=5), answer(101, 4, about=1, at=3 * DAY)]
    found = figures([*NINE, *changed])
    assert found == {"received": 11, "counted": 9, "superseded": 2, "n": 9}


def test_the_daily_counts_say_the_same() -> None:
    changed = [answer(100, 3, about=1, at=40 * DAY)]
    found = figures([*NINE, *changed], every="month")
    assert (found["received"], found["counted"], found["superseded"]) == (10, 9, 1)


def test_a_held_answer_is_left_out_until_it_is_released() -> None:
    held = [answer(50, 0, held=True, at=1)]
    assert figures([*NINE, *held]) == {"received": 10, "counted": 9, "held": 1, "n": 9}
    released = [answer(60, 0, about=50, at=2)]
    found = figures([*NINE, *held, *released])
    assert found == {"received": 11, "counted": 10, "superseded": 1, "n": 10}
    again = [answer(61, 0, about=50, held=True, at=3)]
    found = figures([*NINE, *held, *released, *again])
    assert found == {"received": 12, "counted": 9, "superseded": 2, "held": 1, "n": 9}


@pytest.mark.parametrize("fate", ["counted", "superseded", "held"])
def test_what_is_left_out_is_listed_under_its_reason(fate: str) -> None:
    log = [*NINE, answer(50, 0, held=True), answer(100, 3, about=1, at=5)]
    columns = MemoryColumns(log)
    rows = behind(columns, "nps", filters=Filters(), fate=fate)
    columns.close()
    assert len(rows) == {"counted": 9, "superseded": 1, "held": 1}[fate]


FORMS = [answer(100 + n, n % 11, about=1 + n % 3, at=n, held=n % 4 == 0) for n in range(8)]


@pytest.fixture(scope="module")
def at_once() -> dict[str, object]:
    """What is found when all came in together, in their order."""
    columns = MemoryColumns([*NINE, *FORMS])
    found = account(measure(columns, "nps"))
    columns.close()
    return found


@settings(max_examples=25, deadline=None)
@given(log=st.permutations([*NINE, *FORMS]), cuts=st.sets(st.integers(1, 16), max_size=4))
def test_order_of_arrival_and_of_copies_has_no_influence(
    at_once: dict[str, object], log: list[Interaction], cuts: set[int]
) -> None:
    columns = MemoryColumns([])
    for begin, end in pairwise([0, *sorted(cuts), len(log)]):
        columns._add(log[begin:end])
    found = account(measure(columns, "nps"))
    again = [settle(columns.store.connection, 0) for _ in range(2)]
    columns.close()
    assert again == [0, 0]
    assert found == at_once


def test_control_without_it_every_form_would_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vivencia.columns.memory.settle", lambda *_: 0)
    changed = [answer(100, 3, about=1, at=5)]
    assert figures([*NINE, *changed])["counted"] == 10
