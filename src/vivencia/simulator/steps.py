"""The table of everything that can happen at the bank, and of what follows what.

`tables/steps.csv` holds one row per step (what, where, over which channel, how long);
`tables/moves.csv` holds, per path, how often one step follows another. Both are data: to add a
failure or a channel, add rows.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vivencia.simulator.scenario import DRIVERS, HOUR, MINUTE


class Step(NamedTuple):
    """One row of steps.csv. Units: hours and minutes as named, medians of what is drawn."""

    key: str
    kind: str
    touchpoint: str
    channel: str
    stage: str
    initiated_by: str
    outcome: str
    department: str
    hours: str  # when it can happen: any, day, centre (call centre), office (branches)
    gap_hours: float  # since the step before it
    minutes: float  # how long it takes; 0 is not measured
    queue: float  # minutes waited before it; 0 is not measured
    served: str  # by whom: nobody, an agent, or an agent in a branch
    asked: float  # share followed by a satisfaction question
    liking: float  # satisfaction (1-5) when all goes as usual
    topic: str  # what people talk about when they comment on it
    driver: str  # what it does to loyalty (scenario.DRIVERS)


NUMBERS = ("gap_hours", "minutes", "queue", "asked", "liking")


def read_table(name: str) -> list[dict[str, str]]:
    text = files("vivencia.simulator").joinpath("tables", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def read_steps() -> tuple[Step, ...]:
    rows = read_table("steps.csv")
    return tuple(Step(**{k: float(v) if k in NUMBERS else v for k, v in r.items()}) for r in rows)  # type: ignore[arg-type]


STEPS = read_steps()
CODE = {step.key: code for code, step in enumerate(STEPS)}


def column(name: str) -> NDArray[np.float64]:
    """(steps,) numbers of one numeric column, to be looked up by step code."""
    return np.array([getattr(step, name) for step in STEPS], dtype=np.float64)


def words(name: str) -> tuple[list[str], NDArray[np.int16]]:
    """(distinct words, (steps,) index into them; -1 where empty) of one column of words."""
    found = sorted({getattr(step, name) for step in STEPS} - {""})
    code = {word: n for n, word in enumerate(found)}
    return found, np.array([code.get(getattr(step, name), -1) for step in STEPS], dtype=np.int16)


def matches(name: str, *values: str) -> NDArray[np.bool_]:
    """(steps,) true where the column holds one of `values`."""
    return np.array([getattr(step, name) in values for step in STEPS])


GAP_MS = column("gap_hours") * HOUR
DURATION_MS = column("minutes") * MINUTE
QUEUE_MS = column("queue") * MINUTE
DRIVER = np.array([list(DRIVERS).index(s.driver) if s.driver else -1 for s in STEPS], dtype=np.int8)


@cache
def moves(path: str) -> NDArray[np.float64]:
    """(steps + 1, steps + 1) where a walk can go: row s cumulates the chances of what follows s.

    The last row is the beginning, the last column the end.
    """
    end = len(STEPS)
    chances = np.zeros((end + 1, end + 1))
    for row in read_table("moves.csv"):
        if row["path"] == path:
            source = CODE[row["from"]] if row["from"] else end
            target = CODE[row["to"]] if row["to"] else end
            chances[source, target] = float(row["weight"])
    chances[chances.sum(axis=1) == 0, end] = 1.0
    after = np.cumsum(chances / chances.sum(axis=1, keepdims=True), axis=1)
    after[:, -1] = 1.0
    return after


class Touchpoint(NamedTuple):
    """A touchpoint as the bank's registry has it."""

    name: str
    owner: str  # the department that answers for it
    contributing: tuple[str, ...]  # the others that have a part in it
    stage: str
    channels: tuple[str, ...]


def touchpoints() -> list[Touchpoint]:
    """The bank's touchpoints, by name."""
    at: dict[str, list[Step]] = {}
    for step in STEPS:
        at.setdefault(step.touchpoint, []).append(step)
    return [Touchpoint(name, *_registered(at[name])) for name in sorted(at)]


def _registered(there: list[Step]) -> tuple[str, tuple[str, ...], str, tuple[str, ...]]:
    departments = tuple(dict.fromkeys(step.department for step in there))
    channels = tuple(dict.fromkeys(step.channel for step in there))
    return departments[0], departments[1:], there[0].stage, channels
