"""Events: what happens to the people, as flat arrays, one entry per interaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Events:
    """Arrays of shape (n,), in no particular order."""

    person: NDArray[np.int32]
    journey: NDArray[np.int32]  # number of the walk, unique over all goals
    goal: NDArray[np.int8]  # index into scenario.GOALS
    step: NDArray[np.int16]  # index into steps.STEPS
    at: NDArray[np.int64]  # UTC milliseconds; within a journey strictly rising
    driver: NDArray[np.int8]  # index into scenario.DRIVERS; -1: it moves nobody's loyalty
    trouble: NDArray[np.float32]  # how much slower than usual it was: 0 usual, 1 twice as slow

    def __len__(self) -> int:
        return len(self.at)

    def take(self, which: NDArray[np.bool_] | NDArray[np.intp]) -> Events:
        return Events(*(getattr(self, field.name)[which] for field in fields(self)))


def nothing() -> Events:
    """No event at all."""
    return Events(
        person=np.empty(0, dtype=np.int32),
        journey=np.empty(0, dtype=np.int32),
        goal=np.empty(0, dtype=np.int8),
        step=np.empty(0, dtype=np.int16),
        at=np.empty(0, dtype=np.int64),
        driver=np.empty(0, dtype=np.int8),
        trouble=np.empty(0, dtype=np.float32),
    )


def join(parts: Sequence[Events]) -> Events:
    """All of them, one after the other."""
    whole = parts or [nothing()]
    return Events(*(np.concatenate([getattr(p, f.name) for p in whole]) for f in fields(Events)))


def lately(
    events: Events, code: int, person: NDArray[np.int32], at: NDArray[np.int64], window: int
) -> NDArray[np.bool_]:
    """(q,) whether `person[i]` lived the driver `code` in [at[i] − window, at[i]).

    One sorted key of person and time answers every question with two binary searches.
    """
    lived = events.driver == code
    shift = np.int64(1) << 42  # beyond any time in milliseconds
    keys = np.sort(events.person[lived].astype(np.int64) * shift + events.at[lived])
    asked = person.astype(np.int64) * shift + at
    return np.searchsorted(keys, asked) > np.searchsorted(keys, asked - window)
