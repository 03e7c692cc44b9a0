"""Journeys laid end to end in flat arrays, and the choice of some of them.

The kernels of `mining.py` read nothing else. A `Steps` of ten million steps and fewer than 257
activities holds 90 MB and 8 bytes for each journey.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.unsignedinteger]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Steps:
    """Steps sorted by (journey, happened_at, rank, id); j journeys, n steps.

    offsets: int64[j + 1], where each journey begins; the last one is n. No journey is empty.
    activity: unsigned[n], 0 … len(names) − 1, numbered in alphabetical order of `names`.
    at: int64[n], UTC milliseconds, never falling inside a journey.
    names: the activities' words.
    """

    offsets: Ints
    activity: Codes
    at: Ints
    names: tuple[str, ...]

    @property
    def journeys(self) -> int:
        return len(self.offsets) - 1

    @property
    def first(self) -> Ints:
        """Where each journey's first step is."""
        return self.offsets[:-1]

    @property
    def last(self) -> Ints:
        """Where each journey's last step is."""
        return self.offsets[1:] - 1

    @property
    def lengths(self) -> Ints:
        return np.diff(self.offsets)


def lay_out(
    journey: NDArray[np.int64],
    activity: NDArray[np.integer],
    at: NDArray[np.int64],
    words: Mapping[int, str],
) -> Steps:
    """`Steps` from three columns of equal length, sorted as `Steps` says.

    journey: int64[n], the same number all through a journey and another in the next.
    activity: whole numbers ≥ 0 [n], codes of the word list.
    words: the word of every code that occurs.
    """
    small, names = _renumbered(activity, words)
    return Steps(offsets(journey), small, np.ascontiguousarray(at, dtype=np.int64), names)


def offsets(journey: NDArray[np.int64]) -> Ints:
    """int64[j + 1]: where each journey begins, told by its number (int64[n]), and where all end."""
    starts = np.flatnonzero(journey[1:] != journey[:-1]) + 1
    bounds = [0, len(journey)] if len(journey) else [0]
    return np.concatenate((bounds[:1], starts, bounds[1:])).astype(np.int64)


def starting(steps: Steps, names: Collection[str]) -> Mask:
    """bool[j]: the journeys whose first activity is one of `names`."""
    return _wanted(steps, names)[steps.activity[steps.first]]


def ending(steps: Steps, names: Collection[str]) -> Mask:
    """bool[j]: the journeys whose last activity is one of `names`."""
    return _wanted(steps, names)[steps.activity[steps.last]]


def containing(steps: Steps, names: Collection[str]) -> Mask:
    """bool[j]: the journeys with at least one of `names` anywhere."""
    if not steps.journeys:
        return np.zeros(0, dtype=np.bool_)
    return np.logical_or.reduceat(_wanted(steps, names)[steps.activity], steps.first)


def select(steps: Steps, keep: Mask) -> Steps:
    """Only the journeys where `keep` (bool[j]) is true, with the same names."""
    inside = np.repeat(keep, steps.lengths)
    offsets = np.concatenate(([0], np.cumsum(steps.lengths[keep])))
    return Steps(offsets, steps.activity[inside], steps.at[inside], steps.names)


def pick(steps: Steps, journeys: Ints) -> Steps:
    """Only the journeys of these numbers (int64[p]), in that order, with the same names."""
    lengths = steps.lengths[journeys]
    offsets = np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths)))
    place = np.arange(offsets[-1]) + np.repeat(steps.first[journeys] - offsets[:-1], lengths)
    return Steps(offsets, steps.activity[place], steps.at[place], steps.names)


def _wanted(steps: Steps, names: Collection[str]) -> Mask:
    return np.array([name in names for name in steps.names], dtype=np.bool_)


def _renumbered(
    codes: NDArray[np.integer], words: Mapping[int, str]
) -> tuple[Codes, tuple[str, ...]]:
    """The codes numbered anew from 0 in alphabetical order of their words, and those words."""
    if not len(codes):
        return np.zeros(0, dtype=np.uint8), ()
    seen = np.zeros(int(codes.max()) + 1, dtype=np.bool_)
    seen[codes] = True
    ordered = sorted(np.flatnonzero(seen).tolist(), key=lambda code: words[code])
    number = np.zeros(len(seen), dtype=np.min_scalar_type(len(ordered) - 1))
    number[ordered] = np.arange(len(ordered))
    return number[codes], tuple(words[code] for code in ordered)
