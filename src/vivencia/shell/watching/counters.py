"""What one process counts as it goes: requests by outcome, how long they took, and its jobs.

Numbers only, and no address of a page: that would say whom somebody looked at. No Django here.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from typing import NamedTuple

# Upper ends of the histogram of answers, in seconds.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class Answered(NamedTuple):
    """Answers so far: by class of status ("2xx"), and below each of BUCKETS."""

    by_class: dict[str, int]
    below: tuple[int, ...]
    seconds: float
    answers: int


class Requests:
    """Counts answers; safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_class: Counter[str] = Counter()
        self._below = [0] * len(BUCKETS)
        self._seconds = 0.0

    def answered(self, status: int, seconds: float) -> None:
        with self._lock:
            self._by_class[f"{status // 100}xx"] += 1
            self._seconds += seconds
            for place, end in enumerate(BUCKETS):
                self._below[place] += seconds <= end

    def so_far(self) -> Answered:
        with self._lock:
            by_class = dict(sorted(self._by_class.items()))
            total = sum(by_class.values())
            return Answered(by_class, tuple(self._below), self._seconds, total)


class Done(NamedTuple):
    """How a job stands. Times in UTC ms, 0 for never."""

    succeeded_at: int = 0
    failed_at: int = 0
    failures: int = 0

    @property
    def is_well(self) -> bool:
        return self.succeeded_at >= self.failed_at


class Jobs:
    """How each job of this process ended last."""

    def __init__(self) -> None:
        self._done: dict[str, Done] = {}

    def ended(self, name: str, at: int, *, well: bool) -> None:
        before = self._done.get(name, Done())
        self._done[name] = (
            before._replace(succeeded_at=at)
            if well
            else before._replace(failed_at=at, failures=before.failures + 1)
        )

    def all(self) -> dict[str, Done]:
        return dict(sorted(self._done.items()))


REQUESTS = Requests()
JOBS = Jobs()
STARTED_S = time.time()
