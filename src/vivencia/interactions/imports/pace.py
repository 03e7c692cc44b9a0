"""How much of a file enters the log in one transaction. No Django."""

from __future__ import annotations

from typing import NamedTuple


class Bound(NamedTuple):
    """The most there may be in one transaction."""

    longest_s: float
    most: int  # pieces, however quick it is


SERVED = Bound(0.03, 4)  # a server's other doors wait meanwhile: 50 ms are promised
# Nobody waits but another command: what a page of an index gets is written once, not ten times.
ALONE = Bound(2.0, 250)


def paced(together: int, took_s: float, bound: Bound) -> int:
    """How many pieces the next transaction shall hold, after one of `together` that took so long,
    so that it comes close to the longest there may be."""
    if took_s > bound.longest_s:
        return max(1, together // 2)
    more = together + max(1, together // 2)
    quick = took_s * more < bound.longest_s * together
    return min(more if quick else together, bound.most)
