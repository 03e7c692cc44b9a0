"""Intervals against SciPy, against exact coverage (M1, M2), and against their naive control."""

import math
import statistics

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from vivencia.scores import intervals
from vivencia.scores.intervals import Z

PATIENT = settings(deadline=None)  # a busy machine is no error

GATE = (5, 10, 20, 30, 100)

# Every way to share 14 parts among promoters, passives and detractors with none of them empty.
SHAPES = [(p / 14, d / 14) for p in range(1, 13) for d in range(1, 14 - p)]
# And the edge: one of the three missing altogether.
EDGES = [(p / 12, 1 - p / 12) for p in range(13)]
EDGES += [(p / 12, 0.0) for p in range(1, 12)] + [(0.0, d / 12) for d in range(1, 12)]


def naive_nps(good, bad, n):
    p, d = good / n, bad / n
    half = Z * math.sqrt(max(0.0, p + d - (p - d) ** 2) / n)
    return 100 * (p - d - half), 100 * (p - d + half)


def naive_share(good, n):
    half = Z * math.sqrt(good / n * (1 - good / n) / n)
    return good / n - half, good / n + half


def nps_coverage(interval, n, shapes):
    """The probability, per shape, that the interval of n answers holds the true NPS: exact.

    All (n+1)(n+2)/2 outcomes are weighed, which no number of random draws can better.
    """
    outcomes = [(good, bad) for good in range(n + 1) for bad in range(n + 1 - good)]
    low, high = np.array([interval(good, bad, n) for good, bad in outcomes]).T
    counts = np.array([(good, bad, n - good - bad) for good, bad in outcomes])
    covered = []
    for p, d in shapes:
        chance = stats.multinomial.pmf(counts, n, [p, d, max(0.0, 1 - p - d)])
        true = 100 * (p - d)
        covered.append(chance[(low <= true + 1e-9) & (true - 1e-9 <= high)].sum())
    return np.array(covered)


def share_coverage(interval, n):
    """The exact coverage for true shares of 1 % to 99 %."""
    low, high = np.array([interval(good, n) for good in range(n + 1)]).T
    shares = np.arange(1, 100)[:, None] / 100
    chance = stats.binom.pmf(np.arange(n + 1), n, shares)
    return np.where((low <= shares) & (shares <= high), chance, 0).sum(axis=1)


@pytest.mark.parametrize("n", GATE)
def test_m1_nps_interval_holds_the_truth_95_times_in_100(n):
    assert len(SHAPES) == 78
    covered = nps_coverage(intervals.nps_interval, n, SHAPES)
    assert round(covered.mean(), 3) >= 0.950
    assert covered.min() >= {5: 0.86, 10: 0.89}.get(n, 0.93)


@pytest.mark.parametrize("n", GATE)
def test_m1_nps_interval_at_the_edge_where_one_kind_of_answer_is_missing(n):
    covered = nps_coverage(intervals.nps_interval, n, EDGES)
    assert covered.min() >= {5: 0.80, 10: 0.89, 20: 0.90, 30: 0.91, 100: 0.92}[n]


@pytest.mark.parametrize("n", [5, 10, 20])
def test_m1_control_a_naive_interval_fails(n):
    covered = nps_coverage(naive_nps, n, SHAPES)
    assert covered.mean() < 0.93
    assert covered.min() < 0.88


@pytest.mark.parametrize("n", GATE)
def test_m2_wilson_holds_the_truth_95_times_in_100(n):
    covered = share_coverage(intervals.wilson, n)
    assert covered.mean() >= 0.949
    assert covered.min() >= {5: 0.84, 10: 0.86, 20: 0.91}.get(n, 0.92)


@pytest.mark.parametrize("n", GATE)
def test_m2_control_a_naive_share_fails(n):
    assert share_coverage(naive_share, n).min() < 0.64


def test_t_quantile_is_scipys():
    for freedom in [*range(1, 1200), 5_000, 100_000, 10_000_000]:
        for confidence in (0.5, 0.9, 0.95, 0.99, 0.999):
            expected = stats.t.ppf((1 + confidence) / 2, freedom)
            assert intervals.t_quantile(freedom, confidence) == pytest.approx(expected, rel=1e-10)


@PATIENT
@given(st.lists(st.integers(1, 7), min_size=2, max_size=60))
def test_mean_interval_is_students(answers):
    thousandths = [1000 * answer for answer in answers]
    low, high = intervals.mean_interval(
        len(answers), sum(thousandths), sum(x * x for x in thousandths), 1000, 7000
    )
    error = 1000 * statistics.stdev(answers) / math.sqrt(len(answers))
    half = stats.t.ppf(0.975, len(answers) - 1) * error
    centre = 1000 * statistics.mean(answers)
    assert low == pytest.approx(max(1000, centre - half), abs=1e-6)
    assert high == pytest.approx(min(7000, centre + half), abs=1e-6)


@st.composite
def counts(draw):
    n = draw(st.integers(5, 5000))  # fewer are never shown
    good = draw(st.integers(0, n))
    return good, draw(st.integers(0, n - good)), n


@PATIENT
@given(counts())
def test_nps_interval_holds_its_value_within_the_scale(answers):
    good, bad, n = answers
    low, high = intervals.nps_interval(good, bad, n)
    assert -100 <= low <= 100 * (good - bad) / n <= high <= 100


@PATIENT
@given(counts())
def test_nps_interval_is_symmetric(answers):
    good, bad, n = answers
    low, high = intervals.nps_interval(good, bad, n)
    assert intervals.nps_interval(bad, good, n) == pytest.approx((-high, -low), abs=1e-9)


@PATIENT
@given(counts())
def test_wilson_holds_its_value_and_is_scipys(answers):
    good, _, n = answers
    low, high = intervals.wilson(good, n)
    assert 0 <= low <= good / n <= high <= 1
    theirs = stats.binomtest(good, n).proportion_ci(method="wilson")
    # Ours takes z = 1.96 as printed in the definitions; theirs 1.95996…
    assert (low, high) == pytest.approx((theirs.low, theirs.high), abs=1e-5)


@PATIENT
@given(counts(), counts())
def test_differences_turn_round(now, before):
    low, high = intervals.nps_difference(now, before)
    back = intervals.nps_difference(before, now)
    assert (low, high) == pytest.approx((-back.high, -back.low), abs=1e-9)
    a, b = (now[0], now[2]), (before[0], before[2])
    low, high = intervals.share_difference(a, b)
    assert -1 <= low <= a[0] / a[1] - b[0] / b[1] <= high <= 1
    back = intervals.share_difference(b, a)
    assert (low, high) == pytest.approx((-back.high, -back.low), abs=1e-12)


def test_share_difference_is_newcombes_example():
    # Newcombe 1998, table II, case (a): 56/70 - 48/80, method 10.
    low, high = intervals.share_difference((56, 70), (48, 80))
    assert (low, high) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_nps_difference_covers():
    rng = np.random.default_rng(3)
    truth, n, held, draws = ([0.35, 0.35, 0.30], [0.25, 0.35, 0.40]), (40, 60), 0, 4000
    now, before = (
        rng.multinomial(size, shape, draws) for size, shape in zip(n, truth, strict=True)
    )
    for a, b in zip(now.tolist(), before.tolist(), strict=True):
        low, high = intervals.nps_difference((a[0], a[2], n[0]), (b[0], b[2], n[1]))
        held += low <= 20 <= high
    assert 0.935 <= held / draws <= 0.965


def test_mean_difference_is_welchs():
    now, before = [7000, 6000, 5000, 7000, 6000, 4000], [5000, 4000, 4000, 3000, 6000, 2000, 5000]
    low, high = intervals.mean_difference(
        *((len(x), sum(x), sum(v * v for v in x)) for x in (now, before))
    )
    theirs = stats.ttest_ind(now, before, equal_var=False)
    freedom = int(theirs.df)
    half = stats.t.ppf(0.975, freedom) * (
        (statistics.mean(now) - statistics.mean(before)) / theirs.statistic
    )
    gap = statistics.mean(now) - statistics.mean(before)
    assert (low, high) == pytest.approx((gap - half, gap + half))


def test_effective_n():
    assert intervals.effective_n([2.0] * 7) == 7
    assert intervals.effective_n([]) == 0
    assert intervals.effective_n([3, 1]) == pytest.approx(1.6)
    # Kish: n / (1 + cv²)
    weights = [1, 2, 3, 4, 5]
    spread = statistics.pvariance(weights) / statistics.mean(weights) ** 2
    assert intervals.effective_n(weights) == pytest.approx(5 / (1 + spread))
