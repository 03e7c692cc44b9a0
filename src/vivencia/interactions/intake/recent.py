"""The last items the doors received and their fate, kept in memory for one page.

Nothing a customer said or is called by is in it: times, fates, reasons and kinds only.
"""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

MOST = 200


class Received(NamedTuple):
    """One item as the page shows it. `at` is UTC ms."""

    at: int
    source: str
    kind: str
    status: str  # stored, duplicate, quarantined, refused
    reason: str = ""


_last: deque[Received] = deque(maxlen=MOST)


def remember(one: Received) -> None:
    """Keep it, and let the oldest go."""
    _last.append(one)


def last() -> list[Received]:
    """The newest first."""
    return list(reversed(_last))
