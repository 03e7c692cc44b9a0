"""The database the tests run on: SQLite, or by VIVENCIA_TEST_DATABASE=postgres a server of their
own, on which each installation has a database of its own, as it has a file of its own on SQLite.

DATABASE_URL says which is meant: that of the installation made last.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from vivencia.lib.postgres.choice import VARIABLE
from vivencia.lib.postgres.tests.cluster import Cluster

# A test's transaction may rest while a browser thinks, and its machine may be busy.
_RELAXED = "idle_in_transaction_session_timeout=0 lock_timeout=20000"


class Server:
    """A cluster, with the databases made on it since it began."""

    def __init__(self) -> None:
        self._cluster = Cluster(fsync=False)
        self._made: list[str] = []
        self._kept: dict[Path, str] = {}

    def new(self, template: str = "template1") -> None:
        """Make a database, and have DATABASE_URL say its address."""
        name = self._cluster.database(template)
        self._made.append(name)
        os.environ[VARIABLE] = self._cluster.url(name, _RELAXED)

    def kept(self, folder: Path) -> str:
        """The address of the one database of a folder that several tests share; it stays until the
        end of the run."""
        if folder not in self._kept:
            self._kept[folder] = self._cluster.url(self._cluster.database(), _RELAXED)
        return self._kept[folder]

    @contextmanager
    def put_back(self) -> Iterator[None]:
        """Afterwards DATABASE_URL says what it said, and what was made meanwhile is gone."""
        before, count = os.environ[VARIABLE], len(self._made)
        try:
            yield
        finally:
            os.environ[VARIABLE] = before
            while len(self._made) > count:
                self._cluster.drop(self._made.pop())

    def template(self, name: str, fill: Callable[[], object]) -> None:
        """Make a database that `fill` fills, for others to be made after."""
        self._cluster.psql(f'CREATE DATABASE "{name}"')
        before = os.environ[VARIABLE]
        os.environ[VARIABLE] = self._cluster.url(name)
        try:
            fill()
        finally:
            os.environ[VARIABLE] = before

    def stop(self) -> None:
        self._cluster.stop()


def empty_row_by_row() -> None:
    """Have Django empty tables as it does on SQLite: the log's locks refuse TRUNCATE, of an empty
    table too."""

    from django.db.backends.postgresql.operations import DatabaseOperations

    def sql_flush(self: Any, _: Any, tables: Sequence[str], **__: Any) -> list[str]:
        return [f"DELETE FROM {self.quote_name(table)}" for table in tables]

    DatabaseOperations.sql_flush = sql_flush  # type: ignore[method-assign]


def kept(folder: Path) -> dict[str, str]:
    """What the environment of a process says of the database of `folder`, whichever test starts it;
    nothing on SQLite, where it is in there."""
    return {VARIABLE: SERVER.kept(folder)} if SERVER is not None else {}


SERVER = Server() if os.environ.get("VIVENCIA_TEST_DATABASE") == "postgres" else None
