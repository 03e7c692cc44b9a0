"""The parts of a change add up to it, whatever the groups; a mix is told from a rate."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vivencia.scores.moved import parts
from vivencia.scores.watching import Sample

groups = st.dictionaries(
    st.sampled_from("abcdef"),
    st.tuples(st.integers(0, 1000), st.integers(-100, 100)).map(
        lambda one: Sample(one[0], float(one[0] * one[1]), 0.0)
    ),
    min_size=1,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(groups, groups)
def test_the_parts_add_up_to_the_change(before: dict[str, Sample], now: dict[str, Sample]) -> None:
    n_before, n_now = sum(s.n for s in before.values()), sum(s.n for s in now.values())
    found = parts(before, now)
    if not n_before or not n_now:
        assert found == []
        return
    change = sum(s.total for s in now.values()) / n_now
    change -= sum(s.total for s in before.values()) / n_before
    assert sum(part.whole for part in found) == pytest.approx(change, abs=1e-9)


def test_a_mix_is_told_from_a_rate() -> None:
    before = {"web": Sample(100, 5000.0, 0), "phone": Sample(100, 1000.0, 0)}
    fewer = {"web": Sample(50, 2500.0, 0), "phone": Sample(150, 1500.0, 0)}
    worse = {"web": Sample(100, 1000.0, 0), "phone": Sample(100, 1000.0, 0)}
    mixed = {part.group: part for part in parts(before, fewer)}
    assert all(part.rate == 0 for part in mixed.values())
    assert mixed["web"].mix == pytest.approx(-0.25 * (50 - 25))
    assert mixed["phone"].mix == pytest.approx(0.25 * (10 - 25))
    [first, *_] = parts(before, worse)
    assert (first.group, first.rate, first.mix) == ("web", pytest.approx(-20), 0)
