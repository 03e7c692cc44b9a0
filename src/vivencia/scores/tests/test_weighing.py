"""Promise M6 through the way every door asks: bias shown, corrected, its price told, never more."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from vivencia.columns.filters import Filters
from vivencia.columns.memory import MemoryColumns
from vivencia.interactions.record import Interaction
from vivencia.scores.definitions import definition_of, weighted
from vivencia.scores.intervals import effective_n, nps_interval
from vivencia.scores.reading import measure
from vivencia.scores.report import Weighted
from vivencia.scores.score import Verdict

MARKS = {"basic": (9, 8, 3, 3), "gold": (10, 10, 9, 7)}  # NPS −25 and +75
SHARES = {"basic": 0.8, "gold": 0.2}  # of all customers: true NPS −5
ANSWERED = {"basic": 200, "gold": 800}  # raw NPS +55
MARGINS = {"plan": SHARES}


def answer(n: int, mark: int, plan: str | None, channel: str = "web") -> Interaction:
    return Interaction(
        id=n.to_bytes(16, "big"), source="surveys", happened_at=1_780_000_000_000 + n,
        kind="survey.answered", channel=channel, scale="nps", score=1000 * mark,
        facts={"plan": plan} if plan else None,
    )  # fmt: skip


def answers(answered: dict[str, int], seed: int = 3) -> list[Interaction]:
    draw, made = random.Random(seed), []
    for plan, n in answered.items():
        for place in range(n):
            mark = MARKS[plan][place % 4]
            made.append(answer(len(made) + 1, mark, plan, draw.choice(["web", "phone"])))
    return made


def of_all(made: list[Interaction], margins: dict[str, dict[str, float]] | None = None,
           **asked: object) -> Weighted | None:  # fmt: skip
    columns = MemoryColumns(made)
    row = measure(columns, "nps", margins=margins or MARGINS, **asked).rows[0]  # type: ignore[arg-type]
    columns.close()
    return row.weighted


def test_m6_the_bias_of_unequal_response_is_taken_away_and_its_price_told() -> None:
    columns = MemoryColumns(answers(ANSWERED))
    row = measure(columns, "nps", margins=MARGINS).rows[0]
    plain = measure(columns, "nps").rows[0]
    columns.close()
    found = row.weighted
    assert plain.weighted is None, "never on without margins"
    assert plain.score == row.score, "the raw score stands as it was"
    assert row.score.value == pytest.approx(55), "the control: raw, the bias shows"
    assert found is not None
    assert found.score.value == pytest.approx(-5)
    weights = [0.8 / 0.2] * 200 + [0.2 / 0.8] * 800
    n = effective_n(weights)
    assert found.effective_n == pytest.approx(n)
    assert found.design_effect == pytest.approx(1000 / n)
    assert found.score.n == 1000
    good, bad = n * (0.8 * 0.25 + 0.2 * 0.75), n * 0.8 * 0.5
    assert (found.score.low, found.score.high) == pytest.approx(nps_interval(good, bad, n))
    assert found.score.definition == "nps_weighted"


def test_a_verdict_is_that_of_the_effective_answers() -> None:
    found = of_all(answers({"basic": 5, "gold": 60}))
    assert found is not None
    assert (found.effective_n or 99) < 30
    assert found.score.verdict is Verdict.indicative
    assert weighted(definition_of("nps")).version == found.score.version


def test_a_group_or_filter_keeps_the_weights_of_everybody() -> None:
    made = answers(ANSWERED)
    columns = MemoryColumns(made)
    rows = measure(columns, "nps", by=["channel"], margins=MARGINS).rows
    web = measure(columns, "nps", filters=Filters({"channel": ("web",)}), margins=MARGINS).rows[0]
    columns.close()
    of_web = next(row for row in rows if row.by["channel"] == "web")
    assert of_web.weighted == web.weighted
    weight = {"basic": 4.0, "gold": 0.25}
    mass, balance = 0.0, 0.0
    for one in made:
        if one.channel == "web":
            w, mark = weight[str((one.facts or {})["plan"])], (one.score or 0) // 1000
            mass += w
            balance += w * ((mark >= 9) - (mark <= 6))
    assert web.weighted is not None
    assert web.weighted.score.value == pytest.approx(100 * balance / mass)


def test_a_group_nobody_answered_of_is_named_and_a_heavy_weight_is_capped() -> None:
    margins = {"plan": {"basic": 0.6, "gold": 0.1, "platinum": 0.3}}
    found = of_all(answers({"basic": 40, "gold": 2000}), margins)
    assert found is not None
    assert found.empty == (("plan", "platinum"),)
    assert found.capped == 40
    assert found.off > 0.5


def test_without_anybody_of_the_groups_there_is_nothing_weighted() -> None:
    assert of_all(answers(ANSWERED), {"plan": {"silver": 1.0}}) is None
    assert of_all(answers(ANSWERED), {"never seen": {"x": 1.0}}) is None


def test_what_is_asked_is_no_part_of_the_customers() -> None:
    made = answers(ANSWERED)
    for one in made[::2]:
        one.facts = {**(one.facts or {}), "survey": "one"}
    half = [one for one in made if (one.facts or {}).get("survey")]
    assert of_all(made, filters=Filters({"survey": ("one",)})) == of_all(half)


def test_who_may_not_open_learns_nothing_of_a_few() -> None:
    made = answers({"basic": 3, "gold": 300})
    seen, kept = of_all(made), of_all(made, may_open=False)
    assert seen is not None
    assert kept is not None
    assert seen.score.value is not None, "the control: whoever may open sees it"
    assert (kept.score.value, kept.effective_n, kept.capped) == (None, None, None)
    assert kept.score.verdict is Verdict.hidden


def test_hidden_stays_hidden() -> None:
    found = of_all(answers({"basic": 2, "gold": 2}))
    assert found is not None
    assert found.score.value is None


def test_answers_without_a_value_are_neither_lost_nor_filled() -> None:
    made = [*answers(ANSWERED), *(answer(5000 + n, 0, None) for n in range(100))]
    found = of_all(made)
    assert found is not None
    assert found.score.n == 1100
    marks = Counter((one.facts or {}).get("plan") for one in made)
    assert marks[None] == 100


def test_its_last_digit_does_not_hang_on_the_order_answers_came_in() -> None:
    made, draw = answers({"basic": 197, "gold": 811}), random.Random(5)
    margins = {"plan": {"basic": 0.83, "gold": 0.17}, "channel": {"web": 0.61, "phone": 0.39}}
    found = {of_all(draw.sample(made, len(made)), margins) for _ in range(12)}
    assert len(found) == 1
