"""Asking for journeys as they are lived: one way for page, API, command line and Python.

    discover(columns, filters=…, activity="kind", top=20) -> Discovery

No Django. The columns' owner mines its own arrays; only the findings travel.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TypeVar

import pyarrow as pa

from vivencia.columns.analyses import Tables, analysis
from vivencia.columns.filters import Filters
from vivencia.columns.reading import Columns
from vivencia.columns.scope import UNTIMED, Scope
from vivencia.journeys import discovering
from vivencia.journeys.mining import Times
from vivencia.journeys.report import Discovery, Edge, Loop, Variant

__all__ = ["discovering"]  # its analysis is found by way of this module
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ground:
    """What can be asked: the fields there are, and the last step (UTC ms), one whose time can be
    believed before all others; None before the first."""

    fields: list[str]
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
        edges=_rows(Edge, tables["edges"]),
        variants=[
            Variant(tuple(row["steps"]), row["count"]) for row in tables["variants"].to_pylist()
        ],
        variant_count=totals["variants"],
        activities=_counts(tables["activities"], "count"),
        starts=_counts(tables["activities"], "starts"),
        ends=_counts(tables["activities"], "ends"),
        throughput=Times(totals["journeys"], totals["mean_s"], totals["median_s"], totals["p90_s"]),
        self_loops=_rows(Loop, tables["self_loops"]),
        loops_of_two=_rows(Loop, tables["loops_of_two"]),
        multichannel=totals["multichannel"],
    )


def says_channels(columns: Columns, found: Discovery, filters: Filters) -> bool:
    """Whether any step that `filters` leave in says its channel.

    Asked only where no journey was over several: of a log without channels that is no finding.
    """
    if found.multichannel:
        return True
    return bool(columns.ask("journeys/channelled", filters)["said"].num_rows)


def ground(columns: Columns) -> Ground:
    """The fields journeys can be asked about, and up to when they go."""
    tables = columns.ask("journeys/ground", Filters())
    last = tables["last"]["last"].to_pylist()
    return Ground(tables["fields"]["name"].to_pylist(), last[0] if last else None)


def latest(columns: Columns, filters: Filters, *, top: int = 5) -> list[Passing]:
    """The customers who last lived a step that `filters` leave in, the latest first."""
    rows = columns.ask("journeys/latest", filters, top=top)["latest"].to_pylist()
    return [Passing(**row) for row in rows]


@analysis("journeys/ground")
def ground_(scope: Scope) -> Tables:
    """fields: name; last: last (UTC ms), no row where there is no step (last.sql)."""
    fields = pa.table({"name": pa.array(scope.fields(), pa.string())})
    last = scope.run("journeys/last", "steps", parts={"untimed": str(UNTIMED)})
    if not last.num_rows:  # no time can be believed
        last = scope.run("journeys/last", "steps", parts={"untimed": "0"})
    return {"fields": fields, "last": last}


@analysis("journeys/channelled")
def channelled_(scope: Scope) -> Tables:
    """said: a row where any step says its channel."""
    return {"said": scope.run("journeys/channelled", "steps")}


@analysis("journeys/latest")
def latest_(scope: Scope, top: int) -> Tables:
    """customer and latest (UTC ms), the latest first."""
    return {"latest": scope.run("journeys/latest", "steps", top=top)}


def _counts(table: pa.Table, name: str) -> dict[str, int]:
    """Activity to count, the most frequent first; those that never occur are left out."""
    pairs = zip(table["activity"].to_pylist(), table[name].to_pylist(), strict=True)
    return dict(sorted(((a, n) for a, n in pairs if n), key=lambda pair: (-pair[1], pair[0])))


def _rows(kind: type[T], table: pa.Table) -> list[T]:
    """Each row of a table with the fields of a dataclass, taken out column by column: there may be
    thousands."""
    columns = (table[field.name].to_pylist() for field in fields(kind))  # type: ignore[arg-type]
    return [kind(*values) for values in zip(*columns, strict=True)]


def _columns(table: pa.Table) -> Sequence[tuple[str, pa.ChunkedArray]]:
    return list(zip(table.column_names, table.columns, strict=True))
