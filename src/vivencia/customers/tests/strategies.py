"""Small worlds of identities, links and decisions, dense enough to contradict themselves."""

from __future__ import annotations

import random
from typing import NamedTuple

from hypothesis import strategies as st

from vivencia.customers.parts import Decision, Known, Link


class World(NamedTuple):
    identities: dict[int, Known]
    links: list[Link]
    decisions: list[Decision]


@st.composite
def worlds(draw: st.DrawFn, most: int = 9) -> World:
    sorts = draw(st.lists(st.sampled_from([1, 1, 2, 2, 3, 4]), min_size=2, max_size=most))
    numbers = draw(st.permutations(range(100, 100 + len(sorts))))
    keys = range(1, len(sorts) + 1)
    pair = st.tuples(st.sampled_from(keys), st.sampled_from(keys)).filter(lambda p: p[0] != p[1])
    said = st.tuples(
        pair,
        st.sampled_from([True, True, True, False]),
        st.sampled_from(["together", "together", "identify", "alias"]),
    )
    shown = draw(st.lists(said, max_size=14))
    decided = draw(st.lists(st.tuples(pair, st.sampled_from(["join", "apart"])), max_size=4))
    return World(
        {key: Known(sort, number) for key, sort, number in zip(keys, sorts, numbers, strict=True)},
        [
            Link(i, min(ends), max(ends), verified, rule, 10 * i)
            for i, (ends, verified, rule) in enumerate(shown, 1)
        ],
        [Decision(i, *ends, verdict) for i, (ends, verdict) in enumerate(decided, 1)],
    )


def people(
    count: int, links: int, shared: float, seed: int = 7
) -> tuple[dict[int, Known], list[Link]]:
    """`count` people of one account, e-mail, phone and device each; `shared` of the links stray."""
    chance = random.Random(seed)
    size = 4 * count
    identities = {key: Known(key % 4 + 1, chance.getrandbits(62)) for key in range(1, size + 1)}
    shown = []
    for key in range(1, links + 1):
        first = 4 * chance.randrange(count) + 1
        a, b = chance.sample(range(first, first + 4), 2)
        if chance.random() < shared:
            b = chance.randrange(1, size + 1)
        verified = chance.random() < 0.9
        shown.append(Link(key, min(a, b), max(a, b), verified, "together", key))
    return identities, shown
