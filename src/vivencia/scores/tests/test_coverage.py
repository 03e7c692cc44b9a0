"""How much of what customers lived anybody answered for, against a plain loop."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Iterator

import pytest

from vivencia.columns.filters import Filters
from vivencia.columns.memory import MemoryColumns
from vivencia.columns.tests.made import DAY, START
from vivencia.interactions.kinds import known, not_askable
from vivencia.interactions.record import Flag, Identity, Interaction, Sort, Stage
from vivencia.scores.definitions import definition_of
from vivencia.scores.explanation import explain
from vivencia.scores.reading import behind, measure
from vivencia.scores.score import score

KINDS = ["call.ended", "payment.declined", "Alta", "page.viewed", "survey.sent", "message.sent"]


def lived(n: int = 2000, seed: int = 11) -> list[Interaction]:
    """Interactions, and answers about a quarter of them; some twice, some about nothing."""
    draw = random.Random(seed)
    made = [
        Interaction(
            id=number.to_bytes(16, "big"), source="api",
            happened_at=START + draw.randrange(90) * DAY,
            kind=draw.choice(KINDS), channel=draw.choice(["web", "phone"]),
            stage=draw.randrange(7), initiated_by=draw.randrange(4),
            flags=draw.choice([0, 0, 0, int(Flag.time_flagged)]),
            identities=(Identity(Sort.account, f"u{number % 300}", True),),
        )
        for number in range(1, n)
    ]  # fmt: skip
    answers = [
        Interaction(
            id=(n + number).to_bytes(16, "big"), source="surveys", happened_at=START + 95 * DAY,
            kind="survey.answered", channel="email", initiated_by=2, scale="csat5",
            score=draw.choice([1000, 5000, None]),
            about=draw.choice([None, draw.randrange(1, n).to_bytes(16, "big")]),
        )
        for number in range(n // 2)
    ]  # fmt: skip
    return made + answers


MADE = lived()


@pytest.fixture(scope="module")
def columns() -> Iterator[MemoryColumns]:
    made = MemoryColumns(MADE, "UTC")
    yield made
    made.close()


def askable() -> list[tuple[Interaction, bool]]:
    """(an interaction that could be asked about, whether somebody answered)."""
    left_out = {"page.viewed", "survey.sent", "survey.answered", "message.sent"}
    judged = {one.about for one in MADE if one.kind == "survey.answered" and one.score is not None}
    return [
        (one, one.id in judged)
        for one in MADE
        if one.kind not in left_out and one.initiated_by != 3
    ]


@pytest.mark.parametrize("by", [[], ["channel"], ["stage", "channel"]], ids=str)
def test_a_plain_loop_says_the_same(columns: MemoryColumns, by: list[str]) -> None:
    expected: dict[object, Counter[int]] = defaultdict(Counter)
    for one, answered in askable():
        words = {"channel": one.channel, "stage": Stage(one.stage).name if one.stage else None}
        expected[tuple(words[name] for name in by)][1000 * answered] += 1
    report = measure(columns, "coverage", by=by)
    assert {tuple(row.by.values()) for row in report} == expected.keys()
    for row in report:
        if row.score.n is not None:
            key = tuple(row.by.values())
            assert row.score == score(definition_of("coverage"), expected[key])
    assert report.counted == len(askable()) == report.received


def test_each_interaction_is_covered_once_however_often_it_was_answered(
    columns: MemoryColumns,
) -> None:
    about = Counter(one.about for one in MADE if one.score is not None and one.about)
    assert about.most_common(1)[0][1] > 1, "the control: some were answered several times"
    figure = measure(columns, "coverage").rows[0].score
    assert figure.value == pytest.approx(
        100 * sum(answered for _, answered in askable()) / len(askable())
    )


def test_what_is_behind_it_are_the_interactions_asked_about(columns: MemoryColumns) -> None:
    filters = Filters(where={"channel": ("phone",)})
    opened = explain(columns, "coverage", filters=filters)
    seen = [
        row
        for page in range(1, 60)
        for row in behind(columns, "coverage", filters=filters, page=page)
    ]
    answers = Counter(row["score"] for row in seen)
    assert opened.answers == {mark // 1000: n for mark, n in sorted(answers.items())}
    assert len(seen) == opened.report.counted


def test_by_period_what_has_no_sound_time_is_left_out_and_named(columns: MemoryColumns) -> None:
    report = measure(columns, "coverage", every="month")
    flagged = sum(1 for one, _ in askable() if one.flags)
    assert report.excluded == {"time_flagged": flagged}
    assert report.received == report.counted + flagged


def test_our_own_records_and_messages_are_nothing_to_ask_about() -> None:
    assert {"survey.answered", "page.viewed", "import.undone"} <= set(not_askable())
    assert "call.ended" not in not_askable()
    assert set(not_askable()) <= set(known())
