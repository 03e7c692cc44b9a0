"""How often a person may be contacted: the arithmetic of rolling windows. Pure.

A limit says how many contacts fit into any stretch of time of its length. Two contacts exactly
that far apart are in no stretch together. Times are UTC milliseconds.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Limit(NamedTuple):
    """At most `most` contacts in any `window` ms; an empty purpose or channel stands for all."""

    purpose: str
    channel: str
    most: int
    window: int

    def covers(self, purpose: str, channel: str) -> bool:
        return self.purpose in ("", purpose) and self.channel in ("", channel)


class Contact(NamedTuple):
    """One seat of the ledger that counts."""

    at: int
    purpose: str
    channel: str


def fits(times: Sequence[int], at: int, most: int, window: int) -> bool:
    """Whether one more contact at `at` leaves no stretch with more than `most` around it.

    `times` are sorted. Stretches without `at` are not looked at: what is too much already is
    not this contact's doing.
    """
    if most < 1:
        return False
    place = bisect_right(times, at)
    around = [*times[max(0, place - most) : place], at, *times[place : place + most]]
    return all(around[i + most] - around[i] >= window for i in range(len(around) - most))


def refusing(
    limits: Iterable[Limit], contacts: Sequence[Contact], at: int, purpose: str, channel: str
) -> Limit | None:
    """The first limit a contact at `at` would break; None if it fits into all of them."""
    for limit in limits:
        if (not contacts and limit.most) or not limit.covers(purpose, channel):
            continue
        times = sorted(c.at for c in contacts if limit.covers(c.purpose, c.channel))
        if not fits(times, at, limit.most, limit.window):
            return limit
    return None


def excess(limits: Iterable[Limit], contacts: Sequence[Contact]) -> list[tuple[Limit, int]]:
    """(limit, most contacts it ever had in one window) for each limit that was exceeded."""
    found = []
    for limit in limits:
        times = sorted(c.at for c in contacts if limit.covers(c.purpose, c.channel))
        fullest = _fullest(times, limit.window)
        if fullest > limit.most:
            found.append((limit, fullest))
    return found


def surplus(
    limits: Sequence[Limit], made: Iterable[Contact], waiting: Sequence[Contact]
) -> list[int]:
    """Places of those `waiting` that do not fit beside `made` and the ones before them."""
    kept, over = list(made), []
    for place, one in enumerate(waiting):
        if refusing(limits, kept, one.at, one.purpose, one.channel):
            over.append(place)
        else:
            kept.append(one)
    return over


def _fullest(times: Sequence[int], window: int) -> int:
    """The most of `times` (sorted) that lie in one stretch shorter than `window`."""
    first, fullest = 0, 0
    for last, at in enumerate(times):
        while at - times[first] >= window:
            first += 1
        fullest = max(fullest, last - first + 1)
    return fullest
