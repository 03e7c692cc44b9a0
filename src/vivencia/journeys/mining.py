"""What journeys really look like: transitions, variants, starts, ends, loops and times.

Every figure is exact: times are added up as whole milliseconds and divided once, quantiles are
interpolated linearly at (n − 1)·q, and variants found by hash are compared step by step. One
thread; beside its input no kernel needs more than 16 bytes a step.

Totals reconcile: transitions + journeys = steps, and starts, ends and variants each add up to
the journeys.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from vivencia.journeys.steps import Codes, Ints, Mask, Steps

Hashes = NDArray[np.uint64]

_PIECE = 1 << 16  # steps that still fit the processor's cache
_BITS = 64  # of a number, one of them its sign
_TABLE = 1 << 24  # possible transitions up to which a table looks them up


@dataclass(frozen=True, slots=True)
class Times:
    """How long something took, in seconds; None where it never happened."""

    count: int
    mean: float | None
    median: float | None
    p90: float | None


@dataclass(frozen=True, slots=True)
class Transitions:
    """Which activity directly follows which, ordered by (source, target).

    source, target, count: int64[e]; mean, median, p90: float64[e], seconds from one to the next.
    """

    source: Ints
    target: Ints
    count: Ints
    mean: NDArray[np.float64]
    median: NDArray[np.float64]
    p90: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Variants:
    """Journeys with the same activities in the same order, numbered as they first appear.

    count: int64[v], journeys; example: int64[v], the first such journey; of: int64[j], the
    variant of each journey.
    """

    count: Ints
    example: Ints
    of: Ints


@dataclass(frozen=True, slots=True)
class Loops:
    """Activities that come straight back, ordered by (activity, between).

    `between` is what lies between (the activity itself in a self loop); `count` is how often it
    happened and `journeys` in how many journeys. All int64.
    """

    activity: Ints
    between: Ints
    count: Ints
    journeys: Ints


def transitions(steps: Steps) -> Transitions:
    """Every transition with its count and the mean, median and 90th percentile of its time."""
    key, pairs = _keys(steps)
    end = len(pairs)  # the key of a journey's last step, which no step follows
    gaps = np.diff(steps.at)
    gaps[steps.last[:-1]] = 0
    count = np.bincount(key, minlength=end)[:end]
    times = _summaries(_by_key(key, gaps), count) if end else np.empty((3, 0))
    source, target = np.divmod(pairs, max(1, len(steps.names)))
    return Transitions(source, target, count, *times)


def variants(steps: Steps) -> Variants:
    """All variants, exactly: whatever shares a hash is compared step by step."""
    if not steps.journeys:
        return Variants(*(np.zeros(0, dtype=np.int64) for _ in range(3)))
    alike = False
    while not alike:  # a second round has yet to be seen: 10 million journeys, 1 in 100,000
        words = hash_words(len(steps.names))
        places = hash_words(int(steps.lengths.max()))
        _, example, of, count = np.unique(
            hashes(steps, words, places), return_index=True, return_inverse=True, return_counts=True
        )
        alike = _alike(steps, example[of])
    order = np.argsort(example)
    number = np.empty_like(order)
    number[order] = np.arange(len(order))
    return Variants(count[order], example[order], number[of])


def top_variants(steps: Steps, found: Variants, top: int = 0) -> list[int]:
    """The numbers of the `top` variants (0 means all), by count descending, then by steps."""
    candidates = np.arange(len(found.count))
    if 0 < top < len(candidates):
        least = np.partition(found.count, -top)[-top]
        candidates = np.flatnonzero(found.count >= least)
    # Activities are numbered alphabetically, so big-endian bytes sort as the words would.
    width = steps.activity.dtype.itemsize
    text = memoryview(steps.activity.astype(steps.activity.dtype.newbyteorder(">")).tobytes())
    example = found.example[candidates]
    begin, past = width * steps.offsets[example], width * steps.offsets[example + 1]
    keyed = zip(
        (-found.count[candidates]).tolist(),
        (bytes(text[a:b]) for a, b in zip(begin.tolist(), past.tolist(), strict=True)),
        candidates.tolist(),
        strict=True,
    )
    ordered = heapq.nsmallest(top, keyed) if top else sorted(keyed)
    return [number for _, _, number in ordered]


def path(steps: Steps, journey: int) -> list[str]:
    """The activities of one journey, in words."""
    start, end = steps.offsets[journey : journey + 2]
    return [steps.names[code] for code in steps.activity[start:end].tolist()]


def starts(steps: Steps) -> Ints:
    """int64[names]: how many journeys begin with each activity."""
    return np.bincount(steps.activity[steps.first], minlength=len(steps.names))


def ends(steps: Steps) -> Ints:
    """int64[names]: how many journeys end with each activity."""
    return np.bincount(steps.activity[steps.last], minlength=len(steps.names))


def throughput(steps: Steps) -> Times:
    """How long journeys take from their first step to their last, in seconds."""
    n = steps.journeys
    if not n:
        return Times(0, None, None, None)
    lasting = steps.at[steps.last] - steps.at[steps.first]
    lasting.sort()
    return Times(n, *_summaries(lasting, np.array([n]))[:, 0].tolist())


def self_loops(steps: Steps) -> Loops:
    """Where an activity directly follows itself."""
    return _loops(steps, 1)


def loops_of_two(steps: Steps) -> Loops:
    """Where an activity comes back after exactly one other, as in a, b, a."""
    return _loops(steps, 2)


def multichannel(steps: Steps, channel: NDArray[np.integer]) -> tuple[int, int]:
    """(journeys over at least two channels, all journeys).

    channel: whole numbers ≥ 0 [n], 0 where it is not known. Two channels need two interactions,
    so the definition's second condition holds by itself.
    """
    return int(np.count_nonzero(several_channels(steps, channel))), steps.journeys


def several_channels(steps: Steps, channel: NDArray[np.integer]) -> Mask:
    """bool[j]: the journeys over at least two channels, told as in `multichannel`."""
    if not steps.journeys:
        return np.zeros(0, dtype=np.bool_)
    highest = np.maximum.reduceat(channel, steps.first)
    known = np.where(channel == 0, channel.max(), channel)
    lowest = np.minimum.reduceat(known, steps.first)
    return lowest < highest


def _keys(steps: Steps) -> tuple[Codes, Ints]:
    """Each step's transition as a number 0 … e − 1 (e: a journey ends), and the pairs they are.

    A pair is source · names + target. A table gives each pair its number; only a log with
    thousands of activities needs a sort.
    """
    size = len(steps.names)
    none = size * size
    pair = steps.activity[:-1].astype(np.min_scalar_type(none))
    pair *= pair.dtype.type(size)
    pair += steps.activity[1:]
    pair[steps.last[:-1]] = none
    if none > _TABLE:
        found, number = np.unique(pair, return_inverse=True)
        pairs = found[found < none].astype(np.int64)
        return number.astype(np.min_scalar_type(len(pairs))), pairs
    seen = np.zeros(none + 1, dtype=np.bool_)
    seen[pair] = True
    pairs = np.flatnonzero(seen[:none])
    table = np.full(none + 1, len(pairs), dtype=np.min_scalar_type(len(pairs)))
    table[pairs] = np.arange(len(pairs))
    return table[pair], pairs


def _by_key(key: Codes, ms: Ints) -> Ints:
    """The milliseconds (none below 0) by key, and in order inside each: one sort of both in one
    number, unless they have no room in it."""
    bits = int(ms.max()).bit_length()
    if bits + int(key.max()).bit_length() >= _BITS:
        return ms[np.lexsort((ms, key))]
    both = key.astype(np.int64)
    both <<= bits
    both |= ms
    both.sort()
    both &= (1 << bits) - 1
    return both


def _summaries(ms: Ints, count: Ints) -> NDArray[np.float64]:
    """float64[3, g]: mean, median and 90th percentile, in seconds, of groups lying end to end.

    ms: int64, in order inside each group; more may follow the last. count: int64[g], how many in
    each, none empty. Sums are divided as Python's whole numbers, which never round before.
    """
    start = np.cumsum(count) - count
    (middle, half), (ninth, tenths) = np.divmod(count - 1, 2), np.divmod(9 * (count - 1), 10)
    needed = np.stack((middle, middle + (half > 0), ninth, ninth + (tenths > 0)), axis=1)
    total = np.add.reduceat(ms[: int(count.sum())], start).tolist()
    at_middle, after_middle, at_ninth, after_ninth = ms[start[:, None] + needed].T
    return np.array(
        (
            [each / (1000 * n) for each, n in zip(total, count.tolist(), strict=True)],
            (at_middle * (2 - half) + after_middle * half) / 2000,
            (at_ninth * (10 - tenths) + after_ninth * tenths) / 10_000,
        )
    )


def _pieces(steps: Steps) -> Iterator[tuple[int, int]]:
    """Runs of journeys (first, past the last) of about a cache full of steps each."""
    marks = np.arange(0, int(steps.offsets[-1]), _PIECE)
    bounds = np.unique(np.append(np.searchsorted(steps.offsets, marks), steps.journeys)).tolist()
    return pairwise(bounds)


def hash_words(n: int) -> Hashes:
    """Random words for `hashes`, drawn anew at each call, so that no log can be made to collide."""
    return np.random.default_rng().integers(0, 2**64, n, dtype=np.uint64)


def hashes(steps: Steps, words: Hashes, places: Hashes) -> Hashes:
    """A 64-bit hash of each journey's activities in their order: the sum of activity word ×
    position word (mod 2⁶⁴).

    words: one for each name; places: one for each position, as many as the longest journey has.
    """
    found = np.empty(steps.journeys, dtype=np.uint64)
    for first, past in _pieces(steps):
        offsets = steps.offsets[first : past + 1]
        inside = offsets[:-1] - offsets[0]
        position = np.arange(offsets[-1] - offsets[0]) - np.repeat(inside, np.diff(offsets))
        words_here = words[steps.activity[offsets[0] : offsets[-1]]]
        found[first:past] = np.add.reduceat(words_here * places[position], inside)
    return found


def _alike(steps: Steps, example: Ints) -> bool:
    """True if every journey has the same activities in the same order as its example (int64[j])."""
    if not np.array_equal(steps.lengths, steps.lengths[example]):
        return False
    for first, past in _pieces(steps):
        offsets = steps.offsets[first : past + 1]
        away = steps.offsets[example[first:past]] - offsets[:-1]
        theirs = np.arange(offsets[0], offsets[-1]) + np.repeat(away, np.diff(offsets))
        mine = steps.activity[offsets[0] : offsets[-1]]
        if not np.array_equal(mine, steps.activity[theirs]):
            return False
    return True


def _loops(steps: Steps, distance: int) -> Loops:
    same = steps.activity[:-distance] == steps.activity[distance:]
    if distance > 1:
        same &= steps.activity[:-distance] != steps.activity[1 : 1 - distance]
    for back in range(1, distance + 1):  # from there it would be another journey's step
        too_late = steps.offsets[1:] - back
        same[too_late[(too_late >= 0) & (too_late < len(same))]] = False
    at = np.flatnonzero(same)
    size, journeys = len(steps.names), max(1, steps.journeys)
    pair = steps.activity[at].astype(np.int64) * size + steps.activity[at + 1]
    journey = np.searchsorted(steps.offsets, at, side="right") - 1
    each, times = np.unique(pair * journeys + journey, return_counts=True)
    pairs, first, several = np.unique(each // journeys, return_index=True, return_counts=True)
    count = np.add.reduceat(times, first) if len(first) else times
    activity, between = np.divmod(pairs, max(1, size))
    return Loops(activity, between, count, several)
