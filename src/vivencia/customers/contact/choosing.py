"""Which channel a person is reached by: what they said or staff noted, else what they answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from vivencia.lib.intervals import wilson

FEWEST = 3  # tries of a channel before anything is learnt of it


class Preference(NamedTuple):
    """A channel somebody named: the person themself, or staff on their behalf."""

    channel: str
    origin: str  # "said" | "staff"
    at: int


def preferred(
    named: Sequence[Preference], tried: Mapping[str, tuple[int, int]]
) -> tuple[str, str] | None:
    """(channel, "said" | "staff" | "learnt"): the last word of people, else what is answered.

    `tried` is channel -> (contacts, of them answered). None while nothing is known.
    """
    if named:
        last = max(named, key=lambda one: (one.at, one.origin == "said"))
        return (last.channel, last.origin) if last.channel else _learnt(tried)
    return _learnt(tried)


def in_order(available: Sequence[str], best: tuple[str, str] | None) -> list[str]:
    """The channels to try, the preferred one first."""
    if best is None or len(available) < 2:
        return list(available)
    first = best[0]
    return sorted(available, key=lambda channel: channel != first)


def _learnt(tried: Mapping[str, tuple[int, int]]) -> tuple[str, str] | None:
    """The channel whose share of answers is surely the highest: by the low end of its interval."""
    if not tried:
        return None
    sure = [
        (wilson(answered, n).low, channel)
        for channel, (n, answered) in sorted(tried.items())
        if n >= FEWEST and answered
    ]
    return (max(sure)[1], "learnt") if sure else None
