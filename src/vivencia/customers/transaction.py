"""A write on a bare connection, kept whole or not at all. No Django here."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def write(connection: sqlite3.Connection) -> Iterator[None]:
    """A transaction that takes the write lock at once, or the one the caller has open."""
    if connection.in_transaction:
        yield
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
