"""Django's SQLite backend on connections that outlive the request they were opened for.

Each request has a thread of its own, and each thread a connection. To open one, with its pragmas
and Django's functions, and to read what tables there are took a quarter of a customer's page.
"""

from __future__ import annotations

import atexit
import sqlite3
import threading
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, NamedTuple

from django.db.backends.sqlite3 import base

from vivencia.lib.sqlite.turn import next_in_line

_MARK = "vivencia_at_rest", 0, int  # a function nobody calls
_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")
_MOST = 8  # kept: as many as pages are made at once


class _File(NamedTuple):
    """Which file a name stands for: another may have taken its place meanwhile."""

    device: int
    number: int


class _Cursor(base.SQLiteCursorWrapper):
    """A statement that writes on its own stands in line as a transaction does."""

    def execute(self, query: str, params: Any = None) -> Any:
        with self._turn(query):
            return super().execute(query, params)

    def executemany(self, query: str, param_list: Any) -> Any:
        with self._turn(query):
            return super().executemany(query, param_list)

    def _turn(self, query: str) -> AbstractContextManager[None]:
        is_alone = not self.connection.in_transaction and query.startswith(_WRITES)
        return next_in_line() if is_alone else nullcontext()


class DatabaseWrapper(base.DatabaseWrapper):
    """SQLite; `close()` gives the connection back, unless something is still going on in it."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> sqlite3.Connection:
        self._file = _file(self.settings_dict["NAME"])
        if self._file is not None and (kept := _kept.take(self._file)) is not None:
            # Somebody may have set one for a while.
            for pragma in self.init_commands:  # type: ignore[attr-defined]
                kept.execute(pragma)
            return kept
        made: sqlite3.Connection = super().get_new_connection(conn_params)
        made.create_function(*_MARK)
        return made

    def create_cursor(self, name: str | None = None) -> sqlite3.Cursor:
        made: sqlite3.Cursor = self.connection.cursor(factory=_Cursor)
        return made

    def _start_transaction_under_autocommit(self) -> None:
        with next_in_line():
            super()._start_transaction_under_autocommit()  # type: ignore[misc]

    def _close(self) -> None:
        made, file = self.connection, self._file
        if file is None or self.errors_occurred or not _is_at_rest(made):
            super()._close()  # type: ignore[misc]
        else:
            made.execute("PRAGMA shrink_memory")
            _kept.give(file, made)


class _Kept:
    """Connections nobody uses, the one used last on top."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: list[tuple[_File, sqlite3.Connection]] = []

    def take(self, file: _File) -> sqlite3.Connection | None:
        with self._lock:
            while self._idle:
                found, connection = self._idle.pop()
                if found == file:
                    return connection
                connection.close()
        return None

    def give(self, file: _File, connection: sqlite3.Connection) -> None:
        with self._lock:
            self._idle.append((file, connection))
            surplus = self._idle[:-_MOST]
            del self._idle[:-_MOST]
        for _, one in surplus:
            one.close()

    def close(self) -> None:
        with self._lock:
            while self._idle:
                self._idle.pop()[1].close()


def _file(name: object) -> _File | None:
    try:
        found = Path(str(name)).stat()
    except OSError:
        return None  # in memory, or not there yet
    return _File(found.st_dev, found.st_ino)


def _is_at_rest(connection: sqlite3.Connection) -> bool:
    """Whether no transaction is open, nor a statement half read: that would show its reader the
    past, and keep the write-ahead log from beginning anew. SQLite does not say; but it replaces a
    function only while no statement runs."""
    if connection.in_transaction:
        return False
    try:
        connection.create_function(*_MARK)
    except sqlite3.OperationalError:
        return False
    return True


_kept = _Kept()
atexit.register(_kept.close)
