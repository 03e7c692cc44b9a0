"""A figure of open and invited answers says so, with the invited and identified alone beside."""

from __future__ import annotations

import random
from collections import Counter

from vivencia.columns.filters import Filters
from vivencia.columns.memory import MemoryColumns
from vivencia.interactions.record import Interaction
from vivencia.scores.definitions import definition_of
from vivencia.scores.explanation import explain
from vivencia.scores.mixture import mixture
from vivencia.scores.score import score

ENTRIES = ("invited", "identified", "open", "kiosk", "imported")


def answers(n: int, entries: tuple[str | None, ...], seed: int = 5) -> list[Interaction]:
    draw = random.Random(seed)
    return [
        Interaction(
            id=number.to_bytes(16, "big"), source="surveys", happened_at=1_780_000_000_000,
            kind="survey.answered", scale="nps", score=1000 * draw.randrange(11),
            facts={"entry": entry} if (entry := draw.choice(entries)) else {"complete": True},
        )
        for number in range(1, n + 1)
    ]  # fmt: skip


def test_a_plain_loop_has_the_same_alone() -> None:
    made = answers(800, (*ENTRIES, None))
    columns = MemoryColumns(made)
    found = explain(columns, "nps", filters=Filters()).mixture
    columns.close()
    entries = [str((one.facts or {}).get("entry")) for one in made]
    marks = Counter(
        one.score
        for one, entry in zip(made, entries, strict=True)
        if entry in ("invited", "identified") and one.score is not None
    )
    assert found is not None
    assert found.alone.score == score(definition_of("nps"), marks)
    assert found.entries == {name: n for name, n in Counter(entries).items() if name != "None"}


def test_what_is_of_one_sort_mixes_nothing() -> None:
    for entries in (("invited", "identified", "imported"), ("open", "kiosk"), (None,)):
        columns = MemoryColumns(answers(200, entries))
        assert mixture(columns, "nps", filters=Filters()) is None
        columns.close()


def test_a_question_that_names_the_entry_is_answered_as_it_is_asked() -> None:
    columns = MemoryColumns(answers(400, ENTRIES))
    asked = Filters(where={"entry": ("open", "invited")})
    assert mixture(columns, "nps", filters=asked) is None
    assert mixture(columns, "nps", filters=Filters()) is not None, "the control"
    columns.close()


def test_who_may_not_open_learns_nothing_of_a_few_by_subtraction() -> None:
    made = [*answers(300, ("invited",)), *answers(303, ("open",))[300:]]
    columns = MemoryColumns(made)
    seen = mixture(columns, "nps", filters=Filters())
    kept = mixture(columns, "nps", filters=Filters(), may_open=False)
    columns.close()
    assert seen is not None
    assert seen.alone.score.n == 300
    assert kept is None or kept.alone.score.n is None
