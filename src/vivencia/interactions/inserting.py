"""Many rows written at once. No Django here."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from functools import cache
from itertools import chain

from vivencia.interactions.database import is_file

_AT_A_TIME = 256  # rows of one statement, a power of two: so there are nine, and stay prepared


def insert(
    connection: sqlite3.Connection,
    table: str,
    columns: tuple[str, ...],
    rows: Sequence[tuple[object, ...]],
    *,
    pass_over: bool = False,
) -> None:
    """Many rows in few statements, `pass_over` those that are there already.

    Each statement is a turn at the interpreter's lock, which a busy event loop gives back late, and
    makes ready anew what a trigger needs: a row of its own takes a third longer. On PostgreSQL they
    are one COPY.
    """
    if not is_file(connection):
        _send(connection, table, columns, rows, pass_over=pass_over)
        return
    start = 0
    while start < len(rows):
        n = min(_AT_A_TIME, 1 << (len(rows) - start).bit_length() - 1)
        values = chain.from_iterable(rows[start : start + n])
        connection.execute(_insertion(table, columns, n, pass_over=pass_over), tuple(values))
        start += n


def _send(
    connection: sqlite3.Connection,
    table: str,
    columns: tuple[str, ...],
    rows: Sequence[tuple[object, ...]],
    *,
    pass_over: bool,
) -> None:
    if pass_over and rows:  # which COPY does not know
        connection.executemany(_insertion(table, columns, 1, pass_over=True), rows)
    elif rows:
        connection.copy_in(table, columns, rows)  # type: ignore[attr-defined]


@cache
def _insertion(table: str, columns: tuple[str, ...], n: int, *, pass_over: bool) -> str:
    """The statement that writes `n` rows."""
    places = ", ".join(["(" + ", ".join("?" * len(columns)) + ")"] * n)
    verb = "INSERT OR IGNORE" if pass_over else "INSERT"
    return f"{verb} INTO {table} ({', '.join(columns)}) VALUES {places}"
