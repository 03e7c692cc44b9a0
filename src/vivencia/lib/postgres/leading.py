"""One of several processes, wherever they run, does what is to be done once.

Whoever holds an advisory lock of the database leads; the server lets go of it when that process
ends, however it ends, and the next one that asks takes over. On SQLite there is one server.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import IntEnum

from vivencia.lib.postgres import choice


class Task(IntEnum):
    """What one process does at a time. The numbers are locks: never change one."""

    jobs = 1
    long_jobs = 2
    sending = 3
    sweeping = 4
    resolving = 5
    sealing = 6
    keeping_safe = 7


_TRY = "SELECT pg_try_advisory_lock(?, ?)"
_SPACE = 0x7669_7665  # the first half of dialect.WRITE_LOCK, and of no other lock of ours


class Leader:
    """Asks whether the turn is ours; for one thread."""

    def __init__(self, task: Task, connect: Callable[[], sqlite3.Connection]) -> None:
        self._task = task
        self._connect = connect
        self._connection: sqlite3.Connection | None = None
        self._leads = False

    def leads(self) -> bool:
        """Whether this process is the one; asked again before each piece of work, for who lost
        the connection has lost the lock."""
        if choice.url() is None:
            return True
        try:
            if self._connection is None:
                self._connection = self._connect()
            asked = "SELECT true" if self._leads else _TRY
            self._leads = bool(self._connection.execute(asked, self._lock).fetchone()[0])
        except sqlite3.Error:
            self.close()
        return self._leads

    def close(self) -> None:
        """Let go: the next one that asks leads."""
        connection, self._connection, self._leads = self._connection, None, False
        if connection is not None:
            connection.close()

    @property
    def _lock(self) -> tuple[int, ...]:
        return () if self._leads else (_SPACE, int(self._task))


@contextmanager
def one_at_a_time(connection: sqlite3.Connection, task: Task) -> Iterator[None]:
    """Wait for whoever does `task` elsewhere; on SQLite nobody does."""
    if isinstance(connection, sqlite3.Connection):
        yield
        return
    connection.execute("SELECT pg_advisory_lock(?, ?)", (_SPACE, int(task)))  # type: ignore[unreachable]
    try:
        yield
    finally:
        connection.execute("SELECT pg_advisory_unlock(?, ?)", (_SPACE, int(task)))
