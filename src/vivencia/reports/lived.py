"""Waits, journeys' time and their channels, as the home page says them. No Django.

The columns' owner does the arithmetic on its own arrays; only a few numbers travel.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from vivencia.columns.analyses import Tables, analysis
from vivencia.columns.filters import Filters
from vivencia.columns.reading import Columns
from vivencia.columns.scope import Scope
from vivencia.journeys import mining
from vivencia.journeys.steps import lay_out
from vivencia.lib.intervals import Z


@dataclass(frozen=True, slots=True)
class Middle:
    """A median in milliseconds with its 95 % interval; all None where there is no value."""

    n: int
    median: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Waits:
    """The median wait, and of how many interactions lived a wait was measured in how many."""

    wait: Middle
    lived: int


@dataclass(frozen=True, slots=True)
class Lived:
    """How long journeys take, and how many of them go over two channels or more; `channels` is
    whether any of their steps says its channel at all."""

    time: Middle
    journeys: int
    multichannel: int
    channels: bool


def waits(columns: Columns, filters: Filters) -> Waits:
    """How long customers waited, by what was measured of it."""
    tables = columns.ask("reports/waits", filters)
    return Waits(Middle(**tables["wait"].to_pylist()[0]), tables["lived"]["n"][0].as_py())


def journeys(columns: Columns, filters: Filters) -> Lived:
    """The journeys that `filters` leave in; the same totals as journeys.reading.discover."""
    tables = columns.ask("reports/journeys", filters)
    return Lived(Middle(**tables["time"].to_pylist()[0]), **tables["totals"].to_pylist()[0])


def middle(values: NDArray[np.int64]) -> Middle:
    """The median (linear between the two in the middle) of `values`, int64[n].

    Its interval lies between two of the values themselves, by the binomial law of how many fall
    under the true median, so it supposes nothing about their shape (Conover 1999, §3.2).
    """
    n = len(values)
    if not n:
        return Middle(0, None, None, None)
    reach = Z * math.sqrt(n) / 2
    low, high = max(math.floor(n / 2 - reach), 0), min(math.ceil(n / 2 + reach), n - 1)
    ranks = sorted({low, (n - 1) // 2, n // 2, high})
    ordered = np.partition(values, ranks)
    median = (float(ordered[(n - 1) // 2]) + float(ordered[n // 2])) / 2
    return Middle(n, median, float(ordered[low]), float(ordered[high]))


@analysis("reports/waits")
def waits_(scope: Scope) -> Tables:
    """wait: n, median, low, high (ms); lived: n."""
    found = scope.run("reports/waits", "steps")["wait"].to_numpy()
    return {"wait": _table([middle(found)]), "lived": scope.run("reports/lived", "steps")}


@analysis("reports/journeys")
def journeys_(scope: Scope) -> Tables:
    """time: n, median, low, high (ms); totals: journeys, multichannel, channels."""
    rows = scope.run("journeys/steps", "steps", parts={"activity": "channel"})
    journey, channel, at = (
        rows.column(name).to_numpy() for name in ("journey", "channel", "happened_at")
    )
    steps = lay_out(journey, np.zeros(len(at), np.uint8), at, {0: ""})
    multichannel, count = mining.multichannel(steps, channel)
    lasting = steps.at[steps.last] - steps.at[steps.first]
    channels = bool(channel.any())
    totals = pa.table({"journeys": [count], "multichannel": [multichannel], "channels": [channels]})
    return {"time": _table([middle(lasting)]), "totals": totals}


def _table(rows: Sequence[Middle]) -> pa.Table:
    return pa.table(
        {
            "n": pa.array([row.n for row in rows], pa.int64()),
            **{
                name: pa.array([getattr(row, name) for row in rows], pa.float64())
                for name in ("median", "low", "high")
            },
        }
    )
