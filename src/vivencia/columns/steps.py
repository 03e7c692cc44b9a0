"""`steps`: each journey's interactions in order, with the next one and the time between.

Kept clustered, so that a transition is the next row. Only the journeys that changed are redone;
when they are many, the whole table is.
"""

from __future__ import annotations

from collections.abc import Iterable

import duckdb
import pyarrow as pa

from vivencia.columns import schema

# Redo everything once the rows to redo are this share of all.
_SHARE = 0.3


def rebuild(connection: duckdb.DuckDBPyConnection, unlived: Iterable[int]) -> None:
    """Redo `steps` from `interactions`. `unlived` are the codes of kinds nobody lives through."""
    connection.execute("DELETE FROM steps")
    _insert(connection, unlived, "")


def refresh(
    connection: duckdb.DuckDBPyConnection, journeys: pa.Table, unlived: Iterable[int]
) -> None:
    """Redo the steps of `journeys` (one column, journey), and of no other."""
    connection.register("touched", journeys)
    inside = "journey IN (SELECT journey FROM touched)"
    connection.execute(f"DELETE FROM steps WHERE {inside}")
    _insert(connection, unlived, f" AND {inside}")
    connection.unregister("touched")


def _insert(connection: duckdb.DuckDBPyConnection, unlived: Iterable[int], inside: str) -> None:
    codes = ", ".join(str(int(code)) for code in unlived) or "-1"
    connection.execute(
        f"""INSERT INTO steps BY NAME
            SELECT *, row_number() OVER journey_order - 1 AS position,
                lead(kind) OVER journey_order AS next_kind,
                lead(happened_at) OVER journey_order - happened_at AS gap
            FROM interactions
            WHERE kind NOT IN ({codes}) AND source NOT IN (SELECT source FROM hidden){inside}
            WINDOW journey_order AS (PARTITION BY journey
                ORDER BY happened_at, rank, id_hi, id_lo)
            ORDER BY {schema.ORDER}"""
    )


def are_worn(connection: duckdb.DuckDBPyConnection, touched_rows: int) -> bool:
    """Whether redoing everything is cheaper than redoing what was touched."""
    rows = connection.execute("SELECT count(*) FROM interactions").fetchall()
    return bool(touched_rows > _SHARE * rows[0][0])
