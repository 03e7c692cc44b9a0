"""Everything found of many journeys, kept so that a few of them can be exchanged for others.

What `found.everything` finds of ten million steps takes it seconds; the same after some journeys
went and others came takes a twentieth of one. Counts are taken away and added; times between
steps lie sorted, and a quantile is looked up where it stands once the times that went are left
out and those that came are put in. Every figure is the one `everything` would find. Pure.

A `Whole` of ten million steps in a million journeys holds about 220 MB.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from vivencia.journeys import mining
from vivencia.journeys.found import Found, Way, taken
from vivencia.journeys.mining import Hashes, Loops, Times, Transitions, Variants
from vivencia.journeys.steps import Ints, Mask, Steps, pick

MOST_NAMES = 512  # activities: their pairs are counted in a table
_BITS = 44  # of the milliseconds between two steps, five hundred years; the pair is above them
_MOST = (1 << _BITS) - 1
_PIECE = 1 << 20
_RANKED = 2000  # variants kept in their order
_LONGER = 4  # how many times longer than the longest a journey that comes may be


@dataclass(frozen=True, slots=True)
class Tally:
    """What is counted of some journeys: taken from another, added to another. int64 throughout.

    times: (transition << 44) + milliseconds, sorted; lasting: of each journey, sorted.
    pairs, sums: [names²], how often each transition is made and how long all of it takes.
    """

    activities: Ints
    starts: Ints
    ends: Ints
    times: Ints
    lasting: Ints
    pairs: Ints
    sums: Ints
    self_loops: Loops
    loops_of_two: Loops


@dataclass(frozen=True, slots=True)
class Whole:
    """All journeys there are, with what was found of them.

    several: bool[j], the journeys over several channels. words, places: what variants are hashed
    with; hashes: uint64[v], sorted, and by_hash: int64[v], whose each is. frequent: int64, the
    variants had more often than `rare` times, in their order.
    """

    steps: Steps
    several: Mask
    tally: Tally
    variants: Variants
    words: Hashes
    places: Hashes
    hashes: Hashes
    by_hash: Ints
    rare: int
    frequent: Ints

    @classmethod
    def of(cls, steps: Steps, several: Mask) -> Whole:
        """All there is to keep of these steps; use `can_be` before."""
        variants = mining.variants(steps)
        hashed = _hashed(steps, variants)
        return cls(steps, several, _tally(steps), variants, *hashed, *_ranked(steps, variants))

    def found(self, gone: Ints, come: Steps, several: Mask, top: int) -> Found:
        """What there is to find once the journeys `gone` (int64[g], their numbers, each once) are
        out and those of `come` (of the same names, `several` of them over several channels) in.

        `top` variants, at least one; `has_room(come)` must hold.
        """
        went = pick(self.steps, gone)
        there, out, added = self.tally, _tally(went), _tally(come)
        variants, variant_count = self._ways(gone, come, top)
        journeys = self.steps.journeys - len(gone) + come.journeys
        return Found(
            names=self.steps.names,
            journeys=journeys,
            interactions=len(self.steps.at) - len(went.at) + len(come.at),
            transitions=_transitions(there, out, added, len(self.steps.names)),
            variants=variants,
            variant_count=variant_count,
            activities=there.activities - out.activities + added.activities,
            starts=there.starts - out.starts + added.starts,
            ends=there.ends - out.ends + added.ends,
            self_loops=_loops(there.self_loops, out.self_loops, added.self_loops),
            loops_of_two=_loops(there.loops_of_two, out.loops_of_two, added.loops_of_two),
            time=_throughput(there, out, added, journeys),
            multichannel=int(
                np.count_nonzero(self.several)
                - np.count_nonzero(self.several[gone])
                + np.count_nonzero(several)
            ),
        )

    def nobody(self) -> tuple[Steps, Mask]:
        """No journey that comes."""
        return pick(self.steps, np.zeros(0, np.int64)), np.zeros(0, np.bool_)

    def has_room(self, come: Steps) -> bool:
        """Whether journeys as long as these, in steps and in time, can be put in."""
        if not come.journeys:
            return True
        return bool(come.lengths.max() <= len(self.places)) and _fits(come)

    def _ways(self, gone: Ints, come: Steps, top: int) -> tuple[list[Way], int]:
        """The `top` variants and how many there are."""
        base = self.variants
        numbers, counts = np.unique(base.of[gone], return_counts=True)
        left = dict(zip(numbers.tolist(), (base.count[numbers] - counts).tolist(), strict=True))
        new: list[Way] = []
        for way, n, number in self._known(come):
            if number is None:
                new.append((way, n))
            else:
                left[number] = left.get(number, int(base.count[number])) + n
        variant_count = len(base.count) + len(new) - list(left.values()).count(0)
        same = islice((n for n in self.frequent.tolist() if n not in left), top)
        ways = self._most_of([*left.items(), *((n, int(base.count[n])) for n in same)], new, top)
        if self.rare and (
            len(ways) < top or ways[-1][1] <= self.rare
        ):  # one that is rare may be among them
            count = base.count.copy()
            count[list(left)] = list(left.values())
            best = mining.top_variants(self.steps, Variants(count, base.example, base.of), top)
            ways = self._most_of([(number, int(count[number])) for number in best], new, top)
        return ways, variant_count

    def _most_of(self, old: list[tuple[int, int]], new: list[Way], top: int) -> list[Way]:
        """The `top` most frequent, of variants there were (number, count) and new ones."""
        counts = heapq.nlargest(top, [*(n for _, n in old), *(n for _, n in new)])
        ways = [(self._way(number), n) for number, n in old if n >= max(1, counts[-1])]
        return heapq.nsmallest(top, [*ways, *new], key=lambda way: (-way[1], way[0]))

    def _way(self, number: int) -> tuple[int, ...]:
        return taken(self.steps, int(self.variants.example[number]))

    def _known(self, come: Steps) -> Iterator[tuple[tuple[int, ...], int, int | None]]:
        """Each variant that comes: its steps, how many, and its number among those there are."""
        variants = mining.variants(come)
        if not come.journeys:
            return
        hashes = mining.hashes(come, self.words, self.places)[variants.example]
        places = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
        numbers = self.by_hash[places]
        alike = (self.hashes[places] == hashes).tolist()
        for n, example in enumerate(variants.example.tolist()):
            way, number = taken(come, example), int(numbers[n])
            known = alike[n] and way == self._way(number)
            yield way, int(variants.count[n]), number if known else None


def _hashed(steps: Steps, found: Variants) -> tuple[Hashes, Hashes, Hashes, Ints]:
    """(words and places to hash with, the hash of each variant, sorted, and which one's it is)."""
    while True:  # a second round has yet to be seen
        words = mining.hash_words(len(steps.names))
        places = mining.hash_words(_LONGER * int(steps.lengths.max()))
        hashes = mining.hashes(steps, words, places)[found.example]
        order = np.argsort(hashes)
        hashes = hashes[order]
        if (hashes[1:] != hashes[:-1]).all():
            return words, places, hashes, order


def _ranked(steps: Steps, found: Variants) -> tuple[int, Ints]:
    """(how often at most every variant but these, the most frequent, in their order)."""
    if len(found.count) <= _RANKED:
        return 0, np.array(mining.top_variants(steps, found), np.int64)
    rare = int(np.partition(found.count, -_RANKED)[-_RANKED])
    kept = np.flatnonzero(found.count > rare)
    few = Variants(found.count[kept], found.example[kept], found.of)
    return rare, kept[mining.top_variants(steps, few)]


def can_be(steps: Steps) -> bool:
    """Whether a `Whole` can be made of these steps."""
    return bool(0 < len(steps.names) <= MOST_NAMES and steps.journeys and _fits(steps))


def _fits(steps: Steps) -> bool:
    return bool((steps.at[steps.last] - steps.at[steps.first]).max() <= _MOST)


def _tally(steps: Steps) -> Tally:
    names = len(steps.names)
    times, lasting = _times(steps), steps.at[steps.last] - steps.at[steps.first]
    times.sort()
    lasting.sort()
    begins = np.searchsorted(times, np.arange(names * names + 1) << _BITS)
    pairs = np.diff(begins)
    sums = np.zeros(names * names, np.int64)
    made = np.flatnonzero(pairs)
    if len(made):
        sums[made] = np.add.reduceat(times & _MOST, begins[made])
    return Tally(
        activities=np.bincount(steps.activity, minlength=names),
        starts=mining.starts(steps),
        ends=mining.ends(steps),
        times=times,
        lasting=lasting,
        pairs=pairs,
        sums=sums,
        self_loops=mining.self_loops(steps),
        loops_of_two=mining.loops_of_two(steps),
    )


def _times(steps: Steps) -> Ints:
    """int64[steps − journeys]: each transition, above the milliseconds it takes; not yet sorted."""
    found = np.empty(len(steps.at) - steps.journeys, np.int64)
    goes_on = np.ones(len(steps.at), np.bool_)
    goes_on[steps.last] = False
    filled = 0
    for low in range(0, len(steps.at), _PIECE):
        here = np.flatnonzero(goes_on[low : low + _PIECE]) + low
        pair = steps.activity[here].astype(np.int64) * len(steps.names) + steps.activity[here + 1]
        found[filled : filled + len(here)] = (pair << _BITS) + (steps.at[here + 1] - steps.at[here])
        filled += len(here)
    return found


class _Order:
    """The order of sorted times once some are out and others in. All int64, sorted; what is out
    is of what is there."""

    def __init__(self, there: Ints, out: Ints, added: Ints) -> None:
        self._there, self._added = there, added
        again = np.arange(len(out)) - np.searchsorted(out, out)
        self._holes = np.searchsorted(there, out) + again - np.arange(len(out))
        before = np.searchsorted(there, added, "right") - np.searchsorted(out, added, "right")
        self._ranks = np.arange(len(added)) + before

    def at(self, places: Ints) -> Ints:
        """The times that stand at `places`, 0 the least."""
        added = np.searchsorted(self._ranks, places)  # how many of those stand before
        is_added = added < len(self._ranks)
        is_added[is_added] = self._ranks[added[is_added]] == places[is_added]
        left = (places - added)[~is_added]
        found = np.empty(len(places), np.int64)
        found[is_added] = self._added[added[is_added]]
        found[~is_added] = self._there[left + np.searchsorted(self._holes, left, "right")]
        return found


def _transitions(there: Tally, out: Tally, added: Tally, names: int) -> Transitions:
    count = there.pairs - out.pairs + added.pairs
    made = np.flatnonzero(count)
    n, begin = count[made], (np.cumsum(count) - count)[made]
    total = (there.sums - out.sums + added.sums)[made].tolist()
    mean = [each / (1000 * k) for each, k in zip(total, n.tolist(), strict=True)]
    order = _Order(there.times, out.times, added.times)
    source, target = np.divmod(made, names)
    return Transitions(source, target, n, np.array(mean, np.float64), *_quantiles(order, begin, n))


def _throughput(there: Tally, out: Tally, added: Tally, journeys: int) -> Times:
    if not journeys:
        return Times(0, None, None, None)
    total = int(there.lasting.sum()) - int(out.lasting.sum()) + int(added.lasting.sum())
    order = _Order(there.lasting, out.lasting, added.lasting)
    found = _quantiles(order, np.zeros(1, np.int64), np.array([journeys]))
    return Times(journeys, total / (1000 * journeys), *(float(each[0]) for each in found))


def _quantiles(order: _Order, begin: Ints, n: Ints) -> list[NDArray[np.float64]]:
    """The median and the 90th percentile of each group, in seconds: float64[g] each.

    Group g begins at `begin[g]` and has `n[g]` times. Weighed as mining.transitions does, to the
    last bit.
    """
    found = []
    for share, of in ((1, 2), (9, 10)):
        place, rest = np.divmod(share * (n - 1), of)
        at = order.at(begin + place) & _MOST
        after = order.at(begin + place + (rest > 0)) & _MOST
        found.append((at * (of - rest) + after * rest) / (1000 * of))
    return found


def _loops(there: Loops, out: Loops, added: Loops) -> Loops:
    """The loops there, less those out, with those added."""
    parts = ((there, 1), (out, -1), (added, 1))
    key = np.concatenate([part.activity * MOST_NAMES + part.between for part, _ in parts])
    keys, place = np.unique(key, return_inverse=True)
    count, journeys = np.zeros((2, len(keys)), np.int64)
    np.add.at(count, place, np.concatenate([sign * part.count for part, sign in parts]))
    np.add.at(journeys, place, np.concatenate([sign * part.journeys for part, sign in parts]))
    left = count > 0
    activity, between = np.divmod(keys[left], MOST_NAMES)
    return Loops(activity, between, count[left], journeys[left])
