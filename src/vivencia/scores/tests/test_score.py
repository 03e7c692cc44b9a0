"""Definitions do not drift (M8) and too few answers are no score (M3)."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vivencia.lib.errors import BadInput, BadQuestion
from vivencia.scores.definitions import DEFINITIONS, INTERVALS, UNITS, definition_of, variants
from vivencia.scores.score import VERDICTS, Trend, Verdict, band, change, score

PATIENT = settings(deadline=None)  # a busy machine is no error

NPS = definition_of("nps")


def answers(**counts):
    """A histogram from answers in whole steps: answers(_9=7, _3=1)."""
    return {int(step[1:]) * 1000: n for step, n in counts.items()}


def nps(promoters, passives, detractors):
    return score(NPS, answers(_9=promoters, _8=passives, _0=detractors))


# ------------------------------------------------------------------ golden vectors
def test_nps_of_70_20_10_is_60_and_not_conclusive():
    found = nps(70, 20, 10)
    assert found.value == 60
    assert (round(found.low, 1), round(found.high, 1)) == (45.3, 71.2)
    assert (found.n, found.verdict) == (100, Verdict.not_conclusive)
    assert (found.definition, found.version) == ("nps", 1)


def test_nps_of_147_42_21_is_excellent():
    found = nps(147, 42, 21)
    assert (round(found.low, 1), round(found.high, 1)) == (50.2, 68.1)
    assert found.verdict is Verdict.excellent


@pytest.mark.parametrize(
    ("value", "verdict"),
    [
        (-0.1, "below_zero"),
        (0, "good"),
        (50, "good"),
        (50.1, "excellent"),
        (50.04, "excellent"),  # unrounded: 50.0 on the page, above 50 all the same
        (70, "excellent"),
        (70.1, "world_class"),
    ],
)
def test_band_edges(value, verdict):
    assert band(value) == verdict


@pytest.mark.parametrize(
    ("step", "value"),
    [(0, -100), (5, -100), (6, -100), (7, 0), (8, 0), (9, 100), (10, 100)],
)
def test_nps_of_one_answer_given_forty_times(step, value):
    assert score(NPS, {1000 * step: 40}).value == value


def test_control_a_definition_that_drifts_is_noticed():
    softened = replace(NPS, bad=(0, 5))  # a 6 forgiven
    assert score(softened, {6000: 40}).value == 0


@pytest.mark.parametrize(
    ("name", "by_step"),
    [
        ("csat", {1: 0, 2: 0, 3: 0, 4: 100, 5: 100}),
        ("csat_top1", {1: 0, 2: 0, 3: 0, 4: 0, 5: 100}),
        ("csat3", {1: 0, 2: 0, 3: 100}),
        ("ces", {1: 1, 4: 4, 7: 7}),
        ("ces_share", {1: 0, 4: 0, 5: 100, 6: 100, 7: 100}),
        ("ces_index", {1: -100, 3: -100, 4: 0, 5: 0, 6: 100, 7: 100}),
        ("ces1", {1: 1, 5: 5}),
        ("ces1_ease", {1: 1, 5: 5}),
    ],
)
def test_which_answers_count(name, by_step):
    for step, value in by_step.items():
        assert score(DEFINITIONS[name], {1000 * step: 30}).value == value


@pytest.mark.parametrize(
    ("name", "thousandths"),
    [("nps", 11_000), ("nps", -1000), ("nps", 8500), ("csat", 0), ("csat", 6000), ("ces1", 7000)],
)
def test_an_answer_off_the_scale_is_refused(name, thousandths):
    with pytest.raises(BadInput) as raised:
        score(DEFINITIONS[name], {thousandths: 50})
    assert raised.value.reason == "off_scale"


def test_ces_variants_of_one_set_of_answers():
    histogram = answers(_7=40, _6=20, _5=10, _4=10, _2=20)
    found = {each.name: score(each, histogram) for each in variants("ces")[:3]}
    assert found["ces"].value == (7 * 40 + 6 * 20 + 5 * 10 + 4 * 10 + 2 * 20) / 100
    assert found["ces_share"].value == 70
    assert found["ces_index"].value == 40
    assert all(each.verdict == "measured" for each in found.values())


def test_effort_is_better_when_it_falls():
    low, high = answers(_1=80, _2=20), answers(_4=50, _5=50)
    assert change(DEFINITIONS["ces1"], low, high).better is True
    assert change(DEFINITIONS["ces1_ease"], low, high).better is False


# ------------------------------------------------------------------ few answers
@pytest.mark.parametrize("name", sorted(DEFINITIONS))
def test_m3_few_answers(name):
    top = DEFINITIONS[name].answers[1] * 1000
    for n in range(31):
        found = score(DEFINITIONS[name], {top: n})
        if n < 5:
            assert found.verdict == "hidden"
            assert (found.value, found.n, found.low, found.high) == (None,) * 4
        elif n < 30:
            assert found.verdict == "indicative"
            assert found.low <= found.value <= found.high
        else:
            assert found.verdict not in {"hidden", "indicative"}


def test_m3_a_change_from_a_hidden_score_is_hidden():
    found = change(NPS, {9000: 400}, {9000: 4})
    assert (found.value, found.low, found.high, found.trend) == (None, None, None, Trend.hidden)


def test_change_says_only_what_its_interval_says():
    before = answers(_9=40, _8=20, _2=40)
    assert change(NPS, answers(_9=45, _8=20, _2=35), before).trend is Trend.not_conclusive
    risen = change(NPS, answers(_9=80, _8=10, _2=10), before)
    assert (risen.value, risen.trend, risen.better) == (70, Trend.up, True)
    assert 0 < risen.low < 70 < risen.high


# ------------------------------------------------------------------ properties
@st.composite
def histograms(draw):
    definition = DEFINITIONS[draw(st.sampled_from(sorted(DEFINITIONS)))]
    low, high, _ = definition.answers
    steps = st.integers(low, high).map(lambda step: step * 1000)
    return definition, draw(st.dictionaries(steps, st.integers(0, 500)))


@PATIENT
@given(histograms())
def test_value_and_interval_stay_on_the_scale(drawn):
    definition, histogram = drawn
    found = score(definition, histogram)
    if found.value is not None:
        assert definition.low <= found.low <= found.value <= found.high <= definition.high


@PATIENT
@given(histograms(), st.randoms())
def test_the_order_of_answers_does_not_matter(drawn, random):
    definition, histogram = drawn
    pairs = list(histogram.items())
    random.shuffle(pairs)
    assert score(definition, dict(pairs)) == score(definition, histogram)


@PATIENT
@given(histograms())
def test_nothing_changed_is_not_conclusive(drawn):
    definition, histogram = drawn
    found = change(definition, histogram, histogram)
    assert found.trend in {Trend.hidden, Trend.not_conclusive}
    assert found.value in {None, 0.0}


# ------------------------------------------------------------------ definitions as data
def test_every_definition_speaks_both_languages():
    for each in DEFINITIONS.values():
        for text in (each.title, each.formula, each.text, each.interval, UNITS[each.unit]):
            assert set(text) == {"es", "en"}
            assert all(text.values())
        assert each.low < each.high
        assert each.version >= 1
    assert all(set(text) == {"es", "en"} for text in [*VERDICTS.values(), *INTERVALS.values()])
    assert set(VERDICTS) == set(Verdict)


def test_defaults_and_unknown_names():
    assert [variants(measure)[0].name for measure in ("nps", "csat", "ces")] == [
        "nps",
        "csat",
        "ces",
    ]
    assert definition_of("csat", "csat3").scale == "csat3"
    with pytest.raises(BadQuestion):
        definition_of("csat", "ces_share")
    with pytest.raises(BadQuestion):
        definition_of("mood")
