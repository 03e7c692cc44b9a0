"""Everything that is found of some journeys, in numbers; the words come after. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vivencia.journeys import mining
from vivencia.journeys.mining import Loops, Times, Transitions
from vivencia.journeys.steps import Ints, Steps

Way = tuple[tuple[int, ...], int]  # a variant: its activities, how many journeys go so


@dataclass(frozen=True, slots=True)
class Found:
    """What `everything` finds. Activities are numbered by their place in `names`.

    activities, starts, ends: int64[names]. variants: the most frequent; variant_count: how many
    there are in all.
    """

    names: tuple[str, ...]
    journeys: int
    interactions: int
    transitions: Transitions
    variants: list[Way]
    variant_count: int
    activities: Ints
    starts: Ints
    ends: Ints
    self_loops: Loops
    loops_of_two: Loops
    time: Times
    multichannel: int


def everything(steps: Steps, channel: NDArray[np.integer], top: int) -> Found:
    """All that is to know of `steps`, and the `top` variants of it (0: all of them)."""
    variants = mining.variants(steps)
    best = mining.top_variants(steps, variants, top)
    multichannel, journeys = mining.multichannel(steps, channel)
    return Found(
        names=steps.names,
        journeys=journeys,
        interactions=len(steps.at),
        transitions=mining.transitions(steps),
        variants=[(taken(steps, int(variants.example[n])), int(variants.count[n])) for n in best],
        variant_count=len(variants.count),
        activities=np.bincount(steps.activity, minlength=len(steps.names)),
        starts=mining.starts(steps),
        ends=mining.ends(steps),
        self_loops=mining.self_loops(steps),
        loops_of_two=mining.loops_of_two(steps),
        time=mining.throughput(steps),
        multichannel=multichannel,
    )


def taken(steps: Steps, journey: int) -> tuple[int, ...]:
    """The activities of one journey, by number."""
    start, end = steps.offsets[journey : journey + 2]
    return tuple(steps.activity[start:end].tolist())
