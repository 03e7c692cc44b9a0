"""The counts of answers by day and by month: how they are added to, and added up again.

Pages that must not wait read them in place of the interactions. Whatever enters, leaves or changes
the copy goes through `add`, in the transaction that does it, so that they say what the rows say.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from vivencia.columns import schema
from vivencia.columns.calendar import first_of_month_sql

if TYPE_CHECKING:  # whoever only asks is spared the engine
    import duckdb

# They are added up again once their rows are this many times those they were added up to.
WORN = 3
WORN_ROWS = 20_000


def add(connection: duckdb.DuckDBPyConnection, rows: str, sign: int = 1) -> None:
    """Count `rows`, a relation of the columns of `interactions`; with `sign` −1 take them away."""
    every = ", ".join(dict.fromkeys((*schema.COUNT_KEYS, *chain(*schema.COUNTS.values()))))
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE counted AS "
        f"SELECT {every}, {sign} * count(*) AS n FROM {rows} WHERE scale <> 0 GROUP BY ALL"
    )
    for table, fields in schema.COUNTS.items():
        day = first_of_month_sql() if table in schema.MONTHLY else schema.DAY
        keys = ", ".join((*schema.COUNT_KEYS, *fields))
        connection.execute(
            f"INSERT INTO {table} BY NAME SELECT {keys}, sum(n)::BIGINT AS n"
            f" FROM (SELECT * REPLACE ({day} AS day) FROM counted) GROUP BY ALL"
        )
    connection.execute("DROP TABLE counted")


def clear(connection: duckdb.DuckDBPyConnection) -> None:
    """Count nothing yet."""
    for table in schema.COUNTS:
        connection.execute(f"DELETE FROM {table}")


def is_worn(rows: int, tidy: int) -> bool:
    """Whether a table of `rows` that was once added up to `tidy` is worth doing it again."""
    return rows >= WORN_ROWS and rows >= WORN * tidy


def add_up(connection: duckdb.DuckDBPyConnection, table: str) -> None:
    """Leave one row for each key, where many small copies have left many."""
    keys = ", ".join((*schema.COUNT_KEYS, *schema.COUNTS[table]))
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE added_up AS "
        f"SELECT {keys}, sum(n)::BIGINT AS n FROM {table} GROUP BY ALL ORDER BY {keys}"
    )
    connection.execute(f"DELETE FROM {table}")
    connection.execute(f"INSERT INTO {table} BY NAME SELECT * FROM added_up")
    connection.execute("DROP TABLE added_up")
