"""Asking for journeys as they are lived: one way for page, API, command line and Python.

    discover(columns, filters=…, activity="kind", top=20) -> Discovery

No Django. The columns' owner mines its own arrays; only the findings travel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from vivencia.columns.analyses import Tables, analysis
from vivencia.columns.filters import Filters
from vivencia.columns.reading import Columns
from vivencia.columns.scope import UNTIMED, Scope
from vivencia.journeys import mining
from vivencia.journeys.mining import Loops, Times
from vivencia.journeys.report import Discovery, Edge, Loop, Variant
from vivencia.journeys.steps import Steps, containing, ending, lay_out, select, starting

EMPTY = ""  # how an activity reads where the field is empty


@dataclass(frozen=True, slots=True)
class Ground:
    """What can be asked: the fields there are, and the first and last step (UTC ms) if any."""

    fields: list[str]
    first: int | None
    last: int | None


@dataclass(frozen=True, slots=True)
class Passing:
    """A customer who lived a step, and when they last did (UTC ms)."""

    customer: int
    latest: int


def discover(
    columns: Columns,
    *,
    filters: Filters | None = None,
    activity: str = "kind",
    top: int = 20,
) -> Discovery:
    """All that is to know of the journeys `filters` leave in, over the values of `activity`.

    `top` bounds the variants listed; 0 lists all. Filters on fields leave single interactions
    out; starts_with, ends_with and contains leave whole journeys out. Raises BadQuestion for an
    unknown field.
    """
    tables = columns.ask("journeys/discover", filters or Filters(), activity=activity, top=top)
    totals = {name: column[0].as_py() for name, column in _columns(tables["totals"])}
    return Discovery(
        journeys=totals["journeys"],
        interactions=totals["interactions"],
        edges=[Edge(**row) for row in tables["edges"].to_pylist()],
        variants=[
            Variant(tuple(row["steps"]), row["count"]) for row in tables["variants"].to_pylist()
        ],
        variant_count=totals["variants"],
        activities=_counts(tables["activities"], "count"),
        starts=_counts(tables["activities"], "starts"),
        ends=_counts(tables["activities"], "ends"),
        throughput=Times(totals["journeys"], totals["mean_s"], totals["median_s"], totals["p90_s"]),
        self_loops=[Loop(**row) for row in tables["self_loops"].to_pylist()],
        loops_of_two=[Loop(**row) for row in tables["loops_of_two"].to_pylist()],
        multichannel=totals["multichannel"],
    )


def ground(columns: Columns) -> Ground:
    """The fields and the stretch of time journeys can be asked about."""
    tables = columns.ask("journeys/ground", Filters())
    row = tables["extent"].to_pylist()[0]
    return Ground(tables["fields"]["name"].to_pylist(), row["first"], row["last"])


def latest(columns: Columns, filters: Filters, *, top: int = 5) -> list[Passing]:
    """The customers who last lived a step that `filters` leave in, the latest first."""
    rows = columns.ask("journeys/latest", filters, top=top)["latest"].to_pylist()
    return [Passing(**row) for row in rows]


@analysis("journeys/ground")
def ground_(scope: Scope) -> Tables:
    """fields: name; extent: first and last (UTC ms)."""
    fields = pa.table({"name": pa.array(scope.fields(), pa.string())})
    extent = scope.run("journeys/extent", "steps", parts={"untimed": str(UNTIMED)})
    return {"fields": fields, "extent": extent}


@analysis("journeys/latest")
def latest_(scope: Scope, top: int) -> Tables:
    """customer and latest (UTC ms), the latest first."""
    return {"latest": scope.run("journeys/latest", "steps", top=top)}


@analysis("journeys/discover")
def discover_(scope: Scope, activity: str, top: int) -> Tables:
    """Edges, variants, starts, ends, loops and totals, as tables."""
    steps, channel = _steps(scope, activity)
    found = mining.variants(steps)
    best = mining.top_variants(steps, found, top)
    multichannel, journeys = mining.multichannel(steps, channel)
    time = mining.throughput(steps)
    return {
        "edges": _edges(steps),
        "variants": pa.table(
            {
                "steps": pa.array(
                    [mining.path(steps, int(found.example[n])) for n in best],
                    pa.list_(pa.string()),
                ),
                "count": pa.array([int(found.count[n]) for n in best], pa.int64()),
            }
        ),
        "activities": pa.table(
            {
                "activity": pa.array(steps.names, pa.string()),
                "count": np.bincount(steps.activity, minlength=len(steps.names)),
                "starts": mining.starts(steps),
                "ends": mining.ends(steps),
            }
        ),
        "self_loops": _loops(steps, mining.self_loops(steps)),
        "loops_of_two": _loops(steps, mining.loops_of_two(steps)),
        "totals": pa.table(
            {
                "journeys": [journeys],
                "interactions": [len(steps.at)],
                "variants": [len(found.count)],
                "multichannel": [multichannel],
                "mean_s": pa.array([time.mean], pa.float64()),
                "median_s": pa.array([time.median], pa.float64()),
                "p90_s": pa.array([time.p90], pa.float64()),
            }
        ),
    }


def _steps(scope: Scope, activity: str) -> tuple[Steps, NDArray[np.int64]]:
    """The steps in scope and the channel of each, whole journeys left out as asked."""
    rows = scope.run("journeys/steps", "steps", parts={"activity": scope.column(activity)})
    journey, at, channel = (
        rows.column(name).to_numpy() for name in ("journey", "happened_at", "channel")
    )
    code = rows.column("activity")
    if pa.types.is_boolean(code.type):  # numpy has no order for true, false and nothing
        code = code.cast(pa.float64())
    code = code.to_numpy()
    codes, words = _coded(scope, activity, code)
    steps = lay_out(journey, codes, at, words)
    keep = np.ones(steps.journeys, dtype=np.bool_)
    for names, choose in (
        (scope.filters.starts_with, starting),
        (scope.filters.ends_with, ending),
        (scope.filters.contains, containing),
    ):
        if names:
            keep &= choose(steps, names)
    if keep.all():
        return steps, channel
    return select(steps, keep), channel[np.repeat(keep, steps.lengths)]


def _coded(
    scope: Scope, activity: str, code: NDArray[np.generic]
) -> tuple[NDArray[np.integer], dict[int, str]]:
    """Whole-number codes for the values of a field, and the word of each."""
    fact = scope.facts.get(activity)
    if fact is not None:  # may be empty (null), a number or yes and no
        values, place = np.unique(code, return_inverse=True)
        told = scope.texts(activity, [None if v != v else v for v in values.tolist()])
        return place, {n: _said(text, fact.sort) for n, text in enumerate(told)}
    numbers = code.astype(np.int64, copy=False)
    seen = np.flatnonzero(np.bincount(numbers)) if len(numbers) else numbers
    told = scope.texts(activity, seen.tolist())
    return numbers, {
        int(n): EMPTY if text is None else str(text) for n, text in zip(seen, told, strict=True)
    }


def _said(value: str | float | bool | None, sort: str) -> str:
    """The value of a fact as filters take it: "gold", "34", "yes"."""
    if value is None:
        return EMPTY
    if sort == "fact.yesno":
        return "yes" if value else "no"
    return f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value)


def _edges(steps: Steps) -> pa.Table:
    found = mining.transitions(steps)
    order = np.lexsort((found.target, found.source, -found.count))
    names = pa.array(steps.names, pa.string())
    return pa.table(
        {
            "source": names.take(pa.array(found.source[order])),
            "target": names.take(pa.array(found.target[order])),
            "count": found.count[order],
            "mean_s": found.mean[order],
            "median_s": found.median[order],
            "p90_s": found.p90[order],
        }
    )


def _loops(steps: Steps, loops: Loops) -> pa.Table:
    order = np.lexsort((loops.between, loops.activity, -loops.count))
    names = pa.array(steps.names, pa.string())
    return pa.table(
        {
            "activity": names.take(pa.array(loops.activity[order])),
            "between": names.take(pa.array(loops.between[order])),
            "count": loops.count[order],
            "journeys": loops.journeys[order],
        }
    )


def _counts(table: pa.Table, name: str) -> dict[str, int]:
    """Activity to count, the most frequent first; those that never occur are left out."""
    pairs = zip(table["activity"].to_pylist(), table[name].to_pylist(), strict=True)
    return dict(sorted(((a, n) for a, n in pairs if n), key=lambda pair: (-pair[1], pair[0])))


def _columns(table: pa.Table) -> Sequence[tuple[str, pa.ChunkedArray]]:
    return list(zip(table.column_names, table.columns, strict=True))
