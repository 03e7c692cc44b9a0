"""The kernels equal their plain-Python twin on every log, and their totals reconcile."""

from collections import Counter
from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vivencia.journeys import mining
from vivencia.journeys.steps import containing, ending, lay_out, select, starting
from vivencia.journeys.tests import twin

PATIENT = settings(deadline=None)  # a busy machine is no error

NAMES = ("página vista", "carrito", "compra", "llamada", "correo")


@st.composite
def logs(draw, names=NAMES):
    """Journeys of one to nine steps over few activities, with equal times among them."""
    gap = st.one_of(st.just(0), st.integers(0, 3), st.integers(0, 10**11))
    step = st.tuples(st.sampled_from(names), gap)
    log = []
    for steps in draw(st.lists(st.lists(step, min_size=1, max_size=9), max_size=25)):
        at, journey = draw(st.integers(0, 10**12)), []
        for name, wait in steps:
            at += wait
            journey.append((name, at))
        log.append(journey)
    return log


def laid_out(log, codes=None):
    """The log as `Steps`; journeys get descending numbers and words scattered codes."""
    names = sorted({name for journey in log for name, _ in journey})
    codes = codes or {name: 7 + 5 * (len(names) - i) for i, name in enumerate(names)}
    flat = [(len(log) - i, codes[name], at) for i, each in enumerate(log) for name, at in each]
    journey, activity, at = np.array(flat, dtype=np.int64).reshape(-1, 3).T
    return lay_out(journey, activity, at, {code: name for name, code in codes.items()})


def in_words(steps, table):
    return {
        (steps.names[a], steps.names[b]): tuple(rest)
        for a, b, *rest in zip(*(column.tolist() for column in astuple(table)), strict=True)
    }


@PATIENT
@given(logs())
def test_transitions_equal_the_twin(log):
    steps = laid_out(log)
    assert in_words(steps, mining.transitions(steps)) == twin.transitions(log)


@PATIENT
@given(logs())
def test_transitions_and_times_with_no_room_in_one_number_equal_the_twin(log):
    steps = laid_out(log)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mining, "_BITS", 0)
        assert in_words(steps, mining.transitions(steps)) == twin.transitions(log)


@PATIENT
@given(logs())
def test_variants_found_in_pieces_equal_the_twin(log):
    steps = laid_out(log)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mining, "_PIECE", 1)
        assert_variants(steps, log)


@PATIENT
@given(logs())
def test_transitions_of_very_many_activities_equal_the_twin(log):
    steps = laid_out(log)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mining, "_TABLE", 0)
        assert in_words(steps, mining.transitions(steps)) == twin.transitions(log)


def assert_variants(steps, log):
    found = mining.variants(steps)
    named = [
        (tuple(mining.path(steps, found.example[v])), int(found.count[v]))
        for v in mining.top_variants(steps, found)
    ]
    assert named == twin.variants(log)
    for number, journey in enumerate(log):
        example = found.example[found.of[number]]
        assert mining.path(steps, example) == [name for name, _ in journey]


@PATIENT
@given(logs())
def test_variants_equal_the_twin(log):
    assert_variants(laid_out(log), log)


@PATIENT
@given(logs(names=NAMES[:2]), st.integers(1, 8))
def test_the_top_variants_are_the_first_of_all(log, top):
    steps = laid_out(log)
    found = mining.variants(steps)
    assert mining.top_variants(steps, found, top) == mining.top_variants(steps, found)[:top]


@pytest.mark.parametrize(
    "log",
    [
        [[("compra", 1), ("correo", 2)], [("correo", 1), ("compra", 2)]],
        [[("compra", 1), ("correo", 2)], [("compra", 3)]],
        [[("compra", 1)], [("compra", 2), ("correo", 3)]],
    ],
    ids=["another order", "begins the same", "goes on"],
)
def test_variants_are_exact_when_hashes_collide(log, monkeypatch):
    honest, calls = mining.hashes, []

    def colliding(steps, *drawn):
        calls.append(1)
        return (
            honest(steps, *drawn) if len(calls) > 2 else np.zeros(steps.journeys, dtype=np.uint64)
        )

    monkeypatch.setattr(mining, "hashes", colliding)
    assert_variants(laid_out(log), log)
    assert len(calls) == 3


@PATIENT
@given(logs())
def test_starts_ends_and_throughput_equal_the_twin(log):
    steps = laid_out(log)
    for counts, place in ((mining.starts(steps), 0), (mining.ends(steps), -1)):
        named = dict(zip(steps.names, counts.tolist(), strict=True))
        assert Counter(named) == Counter(journey[place][0] for journey in log)
    lasting = [journey[-1][1] - journey[0][1] for journey in log]
    assert astuple(mining.throughput(steps)) == twin.seconds(lasting)


@PATIENT
@given(logs(names=NAMES[:3]))
def test_loops_equal_the_twin(log):
    steps = laid_out(log)
    assert in_words(steps, mining.self_loops(steps)) == twin.loops(log, 1)
    assert in_words(steps, mining.loops_of_two(steps)) == twin.loops(log, 2)


@PATIENT
@given(logs())
def test_totals_reconcile(log):
    steps = laid_out(log)
    n, j = len(steps.activity), len(log)
    assert steps.journeys == j
    assert mining.transitions(steps).count.sum() + j == n
    assert mining.starts(steps).sum() == mining.ends(steps).sum() == j
    assert mining.variants(steps).count.sum() == j


@PATIENT
@given(logs(), st.sets(st.sampled_from(NAMES)))
def test_filters_equal_the_twin(log, names):
    steps = laid_out(log)
    chosen = {
        starting: [journey[0][0] in names for journey in log],
        ending: [journey[-1][0] in names for journey in log],
        containing: [any(name in names for name, _ in journey) for journey in log],
    }
    for rule, expected in chosen.items():
        keep = rule(steps, names)
        assert keep.tolist() == expected
        left = select(steps, keep)
        rest = [journey for journey, kept in zip(log, expected, strict=True) if kept]
        assert [mining.path(left, i) for i in range(left.journeys)] == [
            [name for name, _ in journey] for journey in rest
        ]
        assert in_words(left, mining.transitions(left)) == twin.transitions(rest)


@PATIENT
@given(st.lists(st.lists(st.integers(0, 4), min_size=1, max_size=6), max_size=20))
def test_multichannel_equals_the_twin(channels):
    log = [[("compra", i) for i, _ in enumerate(each)] for each in channels]
    column = np.array([code for each in channels for code in each], dtype=np.int32)
    several = sum(len(set(each) - {0}) >= 2 for each in channels)
    assert mining.multichannel(laid_out(log), column) == (several, len(channels))


@pytest.mark.parametrize("activities", [1, 2, 255, 256, 257, 5000, 70_000])
def test_any_number_of_activities(activities):
    rng = np.random.default_rng(activities)
    codes = rng.integers(0, activities, 4000)
    codes[0], at = activities - 1, np.sort(rng.integers(0, 10**9, 4000))
    words = {code: f"{code:06d}" for code in range(activities)}
    steps = lay_out(np.arange(4000) // 40, codes, at, words)
    flat = list(zip((words[code] for code in codes.tolist()), at.tolist(), strict=True))
    log = [flat[i : i + 40] for i in range(0, 4000, 40)]
    assert in_words(steps, mining.transitions(steps)) == twin.transitions(log)
    assert_variants(steps, log)


def test_times_are_interpolated_exactly():
    log = [[("a", 0), ("b", wait)] for wait in (1000, 2000, 3000, 5000)]
    (row,) = in_words(steps := laid_out(log), mining.transitions(steps)).values()
    assert row == (4, 2.75, 2.5, 4.4)


def test_no_journeys():
    steps = laid_out([])
    assert steps.journeys == 0
    assert astuple(mining.throughput(steps)) == (0, None, None, None)
    assert mining.top_variants(steps, mining.variants(steps)) == []
    assert mining.multichannel(steps, np.zeros(0, dtype=np.int32)) == (0, 0)
