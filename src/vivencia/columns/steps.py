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
    """Put in order once what enters, and tell each row by those beside it: windows over nothing
    stream, where one for each journey would sort all its columns again."""
    codes = ", ".join(str(int(code)) for code in unlived) or "-1"
    connection.execute(
        f"""INSERT INTO steps BY NAME
            WITH ordered AS (
                SELECT * FROM interactions
                WHERE kind NOT IN ({codes})
                    AND source NOT IN (SELECT source FROM hidden){inside}
                ORDER BY {schema.ORDER}
            ), beside AS (
                SELECT *, row_number() OVER () AS nth, lag(journey) OVER () AS journey_before,
                    lead(journey) OVER () AS journey_after, lead(kind) OVER () AS kind_after,
                    lead(happened_at) OVER () AS happened_after
                FROM ordered
            )
            SELECT * EXCLUDE (nth, journey_before, journey_after, kind_after, happened_after),
                nth - max(CASE WHEN journey IS DISTINCT FROM journey_before THEN nth END)
                    OVER (ROWS UNBOUNDED PRECEDING) AS position,
                CASE WHEN journey = journey_after THEN kind_after END AS next_kind,
                CASE WHEN journey = journey_after THEN happened_after - happened_at END AS gap
            FROM beside"""
    )


def are_worn(connection: duckdb.DuckDBPyConnection, touched_rows: int) -> bool:
    """Whether redoing everything is cheaper than redoing what was touched."""
    rows = connection.execute("SELECT count(*) FROM interactions").fetchall()
    return bool(touched_rows > _SHARE * rows[0][0])
