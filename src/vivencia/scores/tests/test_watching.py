"""Promises M4 and M5: daily looks and many segments do not cry wolf. Seeds are fixed."""

import numpy as np
import pytest

from vivencia.scores.intervals import nps_difference
from vivencia.scores.watching import LEAST, Sample, discoveries, watch

SHARES = (0.45, 0.30, 0.25)  # promoters, passives, detractors: NPS +20
EXPECTED = 10.0


def days(rng, n, per_day, shares=SHARES):
    """`n` days of answers worth +100, 0 or −100."""
    counts = rng.multinomial(per_day, shares, size=n)
    return [Sample(per_day, 100.0 * (p - d), 1e4 * (p + d)) for p, _, d in counts.tolist()], counts


def added(samples):
    total = Sample(0, 0.0, 0.0)
    for sample in samples:
        total = total.and_(sample)
    return total


def naive(baseline, counts):
    """The control: the ordinary interval, looked at every day."""
    p, m, d = baseline
    for promoters, passives, detractors in np.cumsum(counts, axis=0).tolist():
        now = (promoters, detractors, promoters + passives + detractors)
        low, high = nps_difference(now, (p, d, p + m + d))
        if now[2] >= LEAST and not low <= 0 <= high:
            return True
    return False


def test_thirty_daily_looks_at_nothing_alarm_in_at_most_one_series_in_twenty():
    rng = np.random.default_rng(20261121)
    alarms = false = 0
    for _ in range(4000):
        before = rng.multinomial(1000, SHARES)
        p, _, d = before.tolist()
        samples, counts = days(rng, 30, 40)
        alarms += watch(Sample(1000, 100.0 * (p - d), 1e4 * (p + d)), samples, EXPECTED).alarm
        false += naive(before.tolist(), counts)
    assert alarms <= 0.05 * 4000
    assert false > 0.15 * 4000, "the control no longer cries wolf: the test shows nothing"


def test_a_real_fall_is_seen_and_named_with_its_direction():
    rng = np.random.default_rng(7)
    seen = 0
    for _ in range(200):
        baseline = added(days(rng, 30, 40)[0])
        seen += (
            w := watch(baseline, days(rng, 30, 40, (0.35, 0.30, 0.35))[0], EXPECTED)
        ).alarm and (w.change or 0) < 0
    assert seen > 180  # 20 points down, 1,200 answers on either side


@pytest.mark.parametrize("segments", [20, 200])
def test_many_quiet_segments_name_one_in_at_most_one_run_of_twenty(segments):
    rng = np.random.default_rng(segments)
    runs, named, control = 2000 * 20 // segments, 0, 0
    for _ in range(runs):
        p_values = []
        for _ in range(segments):
            baseline = added(days(rng, 1, 200)[0])
            p_values.append(watch(baseline, days(rng, 3, 60)[0], EXPECTED).p)
        named += any(discoveries(p_values))
        control += any(rng.random(segments) <= 0.05)
    assert named <= 0.05 * runs
    assert control > 0.5 * runs


def test_of_many_segments_the_ones_that_changed_are_named():
    assert discoveries([0.001, 0.8, 0.012, 0.3, 0.9]) == [True, False, True, False, False]
    assert discoveries([0.04, 0.9]) == [False, False]
    assert discoveries([]) == []


def test_too_few_answers_are_not_judged_and_a_look_back_never_raises_p():
    few = watch(Sample(500, 1e4, 4e6), [Sample(10, -1000.0, 1e5)] * 2, EXPECTED)
    assert (few.p, few.change, few.looks) == (1.0, None, 0)
    bad = [Sample(50, -2000.0, 4e5)] * 3
    good = [Sample(50, 2000.0, 4e5)] * 3
    baseline = Sample(500, 1e4, 4e6)
    assert watch(baseline, bad + good, EXPECTED).p <= watch(baseline, bad, EXPECTED).p
