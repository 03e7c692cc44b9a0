"""What is kept and amended is what would be found anew, to the last bit."""

from dataclasses import astuple, replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vivencia.journeys import mining
from vivencia.journeys.amending import MOST_NAMES, Whole, can_be
from vivencia.journeys.found import everything
from vivencia.journeys.steps import Steps, offsets
from vivencia.journeys.tests.test_mining import NAMES, PATIENT, logs

ALL = tuple(sorted(NAMES))


def laid(log):
    """(steps, channel): the activities numbered over all names, whichever occur."""
    flat = [(n, ALL.index(name), at) for n, each in enumerate(log) for name, at in each]
    journey, activity, at = np.array(flat, dtype=np.int64).reshape(-1, 3).T
    steps = Steps(offsets(journey), activity.astype(np.uint8), at, ALL)
    return steps, (at + activity) % 3


def plain(found):
    """Everything of it as numbers that compare."""
    told = astuple(replace(found, activities=None, starts=None, ends=None))
    counts = [found.activities.tolist(), found.starts.tolist(), found.ends.tolist()]

    def lists(value):
        if isinstance(value, np.ndarray):
            return value.tolist()
        return [lists(each) for each in value] if isinstance(value, tuple | list) else value

    return lists(told), counts


def is_amended(log, gone, came, top=3):
    """(amended, found anew) after the journeys `gone` were exchanged for those of `came`."""
    steps, channel = laid(log)
    whole = Whole.of(steps, mining.several_channels(steps, channel))
    others, of_others = laid(came)
    assert whole.has_room(others)
    several = mining.several_channels(others, of_others)
    out = set(gone)
    after = [each for n, each in enumerate(log) if n not in out] + came
    amended = whole.found(np.array(sorted(out), np.int64), others, several, top)
    return plain(amended), plain(everything(*laid(after), top))


@PATIENT
@given(st.data(), logs(), logs(), st.integers(1, 30))
def test_amending_finds_what_is_found_anew(data, log, came, top):
    log = log or [[(NAMES[0], 5)]]
    longest = max(map(len, log)) * 4
    came = [each for each in came if len(each) <= longest]
    gone = data.draw(st.sets(st.integers(0, len(log) - 1)))
    if len(gone) == len(log) and not came:
        gone.pop()
    amended, anew = is_amended(log, gone, came, top)
    assert amended == anew


def test_nothing_changed_is_the_same_found_again():
    log = [[("compra", 1), ("correo", 4)], [("compra", 2)], [("compra", 2), ("compra", 9)]]
    amended, anew = is_amended(log, [], [])
    assert amended == anew


def test_control_a_journey_that_went_unnoticed_is_told_apart():
    log = [[("compra", 1), ("correo", 4)], [("compra", 2), ("correo", 9)]]
    assert is_amended(log, [0], [])[0] != is_amended(log, [], [])[1]


def test_what_comes_may_be_longer_but_not_without_end():
    steps, channel = laid([[("compra", 1), ("correo", 4)]])
    whole = Whole.of(steps, mining.several_channels(steps, channel))
    assert whole.has_room(laid([[("compra", n) for n in range(8)]])[0])
    assert not whole.has_room(laid([[("compra", n) for n in range(9)]])[0])
    assert not whole.has_room(laid([[("compra", 0), ("compra", 1 << 44)]])[0])


def test_too_many_activities_are_not_kept():
    steps, _ = laid([[("compra", 1)]])
    assert can_be(steps)
    assert not can_be(replace(steps, names=tuple(map(str, range(MOST_NAMES + 1)))))
