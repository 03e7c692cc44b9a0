"""How each opening of an account differs from the journey as it was designed."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vivencia.simulator import steps
from vivencia.simulator.events import Events
from vivencia.simulator.scenario import DESIGN, GOAL

EXTRA, REPEATED, OUT_OF_ORDER, CHANNEL_SWITCH, SKIPPED, UNFINISHED = range(6)
NAMES = ("extra", "repeated", "out_of_order", "channel_switch", "skipped", "unfinished")
ACTIVITIES = [activity for activity, _ in DESIGN]
POSITION = np.array(
    [ACTIVITIES.index(s.kind) if s.kind in ACTIVITIES else -1 for s in steps.STEPS], dtype=np.int64
)
FITS = np.array(
    [
        p < 0 or not DESIGN[p][1] or s.channel in DESIGN[p][1]
        for s, p in zip(steps.STEPS, POSITION, strict=True)
    ]
)


class Deviations(NamedTuple):
    """One entry per deviation; arrays of shape (d,), ordered by journey, kind and activity.

    extra: an activity nobody drew. repeated: once more than drawn. out_of_order: for the first
    time, after one drawn later. channel_switch: over another channel than drawn. skipped: not
    there, although one drawn later is. unfinished: the first activity of the end never reached.
    """

    journey: NDArray[np.int64]
    deviation: NDArray[np.int64]  # index into NAMES
    kind: NDArray[np.int64]  # code into steps.words("kind")


def deviations(events: Events) -> Deviations:
    """Every deviation of the journeys whose goal is an account. Repeated rows must be left out."""
    _, of_step = steps.words("kind")
    opening = np.flatnonzero((events.goal == GOAL["abrir cuenta"]) & (events.journey >= 0))
    order = opening[np.lexsort((events.at[opening], events.journey[opening]))]
    step, (journeys, case) = events.step[order], _numbered(events.journey[order])
    position, kind = POSITION[step], of_step[step].astype(np.int64)
    drawn = position >= 0

    first = np.zeros(len(order), dtype=bool)
    _, where = np.unique(case[drawn] * len(DESIGN) + position[drawn], return_index=True)
    first[np.flatnonzero(drawn)[where]] = True
    furthest = _furthest_before(case, position)
    found = [
        (EXTRA, case[~drawn], kind[~drawn]),
        (REPEATED, case[drawn & ~first], kind[drawn & ~first]),
        (OUT_OF_ORDER, case[late := first & (position < furthest)], kind[late]),
        (CHANNEL_SWITCH, case[~FITS[step]], kind[~FITS[step]]),
        *_missing(case, position, len(journeys)),
    ]
    cases = np.concatenate([c for _, c, _ in found])
    names = np.concatenate([np.full(len(c), name) for name, c, _ in found])
    kinds = np.concatenate([k for _, _, k in found])
    sorting = np.lexsort((kinds, names, cases))
    return Deviations(journeys[cases[sorting]].astype(np.int64), names[sorting], kinds[sorting])


def _numbered(journey: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    journeys, case = np.unique(journey, return_inverse=True)
    return journeys, case.astype(np.int64)


def _furthest_before(case: NDArray[np.int64], position: NDArray[np.int64]) -> NDArray[np.int64]:
    """The furthest position each journey had reached before each of its steps; −1 at first.

    Cases rise, so that one running maximum over case · width + position serves all of them.
    """
    width = len(DESIGN) + 1
    reached = np.maximum.accumulate(case * width + position + 1)
    before = np.zeros_like(reached)
    before[1:] = reached[:-1]
    return np.asarray(np.maximum(before - case * width, 0) - 1, dtype=np.int64)


def _missing(
    case: NDArray[np.int64], position: NDArray[np.int64], n: int
) -> list[tuple[int, NDArray[np.int64], NDArray[np.int64]]]:
    """What was skipped on the way, and where the unfinished ones stopped."""
    kinds, _ = steps.words("kind")
    code = np.array([kinds.index(activity) for activity in ACTIVITIES], dtype=np.int64)
    seen = np.zeros((n, len(DESIGN)), dtype=bool)
    seen[case[position >= 0], position[position >= 0]] = True
    end = np.where(seen, np.arange(len(DESIGN)), -1).max(axis=1)
    skipped_case, skipped = np.nonzero(~seen & (np.arange(len(DESIGN)) < end[:, None]))
    stopped = np.flatnonzero(end < len(DESIGN) - 1)
    return [
        (SKIPPED, skipped_case, code[skipped]),
        (UNFINISHED, stopped, code[end[stopped] + 1]),
    ]
