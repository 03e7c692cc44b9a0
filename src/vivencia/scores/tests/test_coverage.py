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
            facts={"held": True} if draw.random() < 0.2 else {},
        )
        for number in range(n // 2)
    ]  # fmt: skip
    return made + answers + forms(draw, answers, 2 * n)


def forms(draw: random.Random, answers: list[Interaction], first: int) -> list[Interaction]:
    """Later forms of some answers: changed, held, released and held again, in any order."""
    return [
        Interaction(
            id=(first + number).to_bytes(16, "big"), source="surveys", kind="survey.changed",
            happened_at=START + 96 * DAY + draw.randrange(5), channel="email", initiated_by=2,
            scale="csat5", score=draw.choice([2000, 4000]), about=draw.choice(answers).id,
            facts={"held": True} if draw.random() < 0.5 else {},
        )
        for number in range(len(answers) // 2)
    ]  # fmt: skip


MADE = lived()


@pytest.fixture(scope="module")
def columns() -> Iterator[MemoryColumns]:
    made = MemoryColumns(MADE, "UTC")
    yield made
    made.close()


def counts(answered: Interaction) -> bool:
    """Whether the latest form of an answer has a score and is not held."""
    changes = [one for one in MADE if one.kind == "survey.changed" and one.about == answered.id]
    latest = max([answered, *changes], key=lambda one: (one.happened_at, MADE.index(one)))
    return latest.score is not None and not (latest.facts or {}).get("held")


def askable() -> list[tuple[Interaction, bool]]:
    """(an interaction that could be asked about, whether somebody answered)."""
    left_out = {"page.viewed", "survey.sent", "survey.answered", "survey.changed", "message.sent"}
    judged = {one.about for one in MADE if one.kind == "survey.answered" and counts(one)}
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


def test_what_is_held_is_not_answered_until_it_is_released(columns: MemoryColumns) -> None:
    judged = {one.about for one in MADE if one.kind == "survey.answered" and one.score is not None}
    naive = sum(one.id in judged for one, _ in askable())
    assert naive > sum(answered for _, answered in askable()), "the control: some are held"
    released = [one for one in MADE if (one.facts or {}).get("held") and counts(one)]
    assert released, "and some of them released"


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
