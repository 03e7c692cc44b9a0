"""When the write-ahead log is taken into the database by whoever writes very many rows.

By itself SQLite does so within a commit, each thousand pages: whoever commits just then waits for
two fsyncs and a thousand scattered writes, and pages that every transaction touches are written
again each time.
"""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Callable, Iterator

EVERY_S = 2.0  # what is written meanwhile, some 30 MB, stays within the journal's usual size
_USUAL_PAGES = 1_000  # SQLite's own default


@contextlib.contextmanager
def seldom(connection: sqlite3.Connection) -> Iterator[Callable[[], None]]:
    """What is given is to be called between transactions; it does the work each `EVERY_S`."""
    if not isinstance(connection, sqlite3.Connection):
        yield lambda: None  # type: ignore[unreachable]
        return
    done = time.monotonic()

    def checkpoint() -> None:
        nonlocal done
        if time.monotonic() - done < EVERY_S:
            return
        with contextlib.suppress(sqlite3.OperationalError):  # all is in the log all the same
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        done = time.monotonic()

    connection.execute("PRAGMA wal_autocheckpoint=0")
    try:
        yield checkpoint
    finally:
        connection.execute(f"PRAGMA wal_autocheckpoint={_USUAL_PAGES}")
