"""Promise M6 and the exactness of silence bounds."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vivencia.lib.errors import BadInput
from vivencia.scores.definitions import DEFINITIONS, Family
from vivencia.scores.silence import bounds, silence_bounds
from vivencia.scores.weighting import CAP, rake


def population(rng, n=200_000):
    """(segment, NPS class, whether they answered): promoters' segments answer more often."""
    segment = rng.choice(3, n, p=(0.5, 0.3, 0.2))
    shares = np.array([(0.30, 0.30, 0.40), (0.60, 0.25, 0.15), (0.75, 0.15, 0.10)])
    nps = (rng.random(n)[:, None] > shares[segment].cumsum(axis=1)).sum(axis=1)
    answered = rng.random(n) < np.array((0.10, 0.30, 0.60))[segment]
    return segment, nps, answered


def nps_of(nps, weights=None):
    weights = np.ones(len(nps)) if weights is None else weights
    return 100 * (weights[nps == 0].sum() - weights[nps == 2].sum()) / weights.sum()


def test_weighting_to_known_margins_takes_the_bias_away():
    segment, nps, answered = population(np.random.default_rng(3))
    truth, raw = nps_of(nps), nps_of(nps[answered])
    names = "abc"
    counts = np.bincount(segment[answered], minlength=3)
    shares = np.bincount(segment) / len(segment)
    raked = rake(
        [{"segment": name} for name in names],
        counts.tolist(),
        {"segment": dict(zip(names, shares.tolist(), strict=True))},
    )
    weighted = nps_of(nps[answered], raked.weights[segment[answered]])
    assert raw - truth > 10, "the control: without weights the bias must show"
    assert weighted == pytest.approx(truth, abs=1)
    assert raked.effective_n < counts.sum()
    assert raked.design_effect == pytest.approx(counts.sum() / raked.effective_n)


@settings(deadline=None)
@given(
    st.lists(st.integers(1, 500), min_size=6, max_size=6),
    st.lists(st.floats(0.05, 1), min_size=2, max_size=2),
    st.lists(st.floats(0.05, 1), min_size=3, max_size=3),
)
def test_no_weight_passes_the_cap_and_met_margins_are_met(counts, first, second):
    cells = [{"sex": s, "age": a} for s in "fm" for a in "xyz"]
    margins = {
        "sex": {v: share / sum(first) for v, share in zip("fm", first, strict=True)},
        "age": {v: share / sum(second) for v, share in zip("xyz", second, strict=True)},
    }
    raked = rake(cells, counts, margins)
    n = np.array(counts)
    assert (raked.weights @ n) / n.sum() == pytest.approx(1)
    assert raked.weights.max() <= CAP * (1 + 1e-9)
    if not raked.capped:
        assert raked.off < 1e-6
    assert 1 <= raked.effective_n <= n.sum() * (1 + 1e-9)


def test_a_group_of_which_nobody_answered_is_named_and_not_filled():
    raked = rake(
        [{"channel": "web"}, {"channel": "phone"}],
        [80, 20],
        {"channel": {"web": 0.5, "phone": 0.3, "store": 0.2}},
    )
    assert raked.empty == (("channel", "store"),)
    assert raked.weights.tolist() == pytest.approx([0.625 / 0.8, 0.375 / 0.2])


@pytest.mark.parametrize("shares", [{"web": 0.5}, {"web": float("nan")}, {"web": 1.5, "x": -0.5}])
def test_shares_that_are_no_shares_are_refused(shares):
    with pytest.raises(BadInput):
        rake([{"channel": "web"}], [10], {"channel": shares})


def test_nobody_to_weight_is_said():
    with pytest.raises(BadInput):
        rake([{"channel": "web"}], [0], {"channel": {"web": 1.0}})
    with pytest.raises(BadInput):
        rake([{"channel": "web"}], [5], {"channel": {"store": 1.0}})


def test_silence_bounds_are_the_score_when_all_answered_and_wide_at_eight_percent():
    assert silence_bounds(70, 10, 100, 0) == (60.0, 60.0)
    low, high = silence_bounds(56, 8, 80, 920)  # 8 % answered
    assert (low, high) == pytest.approx((-87.2, 96.8))


@given(*(st.integers(0, 200) for _ in range(4)))
def test_silence_bounds_hold_whatever_the_silent_would_have_said(p, passive, d, silent):
    answered = p + passive + d
    if answered + silent == 0:
        with pytest.raises(BadInput):
            silence_bounds(p, d, answered, silent)
        return
    low, high = silence_bounds(p, d, answered, silent)
    for promoters in (0, silent // 2, silent):
        value = 100 * (p + promoters - d - (silent - promoters)) / (answered + silent)
        assert low - 1e-9 <= value <= high + 1e-9


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(["nps", "csat", "ces", "ces_index", "ces1"]),
    st.lists(st.integers(0, 10), max_size=40),
    st.integers(0, 30),
)
def test_bounds_of_any_score_are_reached_and_never_passed(name, marks, silent):
    definition = DEFINITIONS[name]
    lowest, highest, _ = definition.answers
    marks = [min(max(mark, lowest), highest) for mark in marks]
    if not marks and not silent:
        return
    low, high = bounds(definition, Counter(mark * 1000 for mark in marks), silent)
    values = [
        value_of(definition, [*marks, *[mark] * silent]) for mark in range(lowest, highest + 1)
    ]
    assert (low, high) == pytest.approx((min(values), max(values)))


def value_of(definition, marks):
    """The control: the score of answers one by one."""
    if definition.family is Family.mean:
        return sum(marks) / len(marks)
    good, bad = (
        sum(end[0] <= mark <= end[1] for mark in marks) if end else 0
        for end in (definition.good, definition.bad)
    )
    return 100 * (good - bad) / len(marks)
