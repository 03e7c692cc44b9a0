"""Django's PostgreSQL backend on connections that also have sqlite3's face.

A transaction takes the lock of writers as it begins, as `BEGIN IMMEDIATE` does on SQLite: what a
room reads and then writes can not change in between, and order of seq is order of commit.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql import base
from psycopg import IsolationLevel

from vivencia.lib.postgres import dialect
from vivencia.lib.postgres.connection import Connection


class Cursor(base.Cursor):
    """The rooms' own SQL in this database's words; Django's is left as it is."""

    def execute(self, query: Any, params: Any = None, **told: Any) -> Any:
        if isinstance(query, str):
            said = dialect.django(query)
            query, params = said.sql, said.given(params) if params else params
        return super().execute(query, params, **told)  # type: ignore[misc]

    def executemany(self, query: Any, params_seq: Any, **told: Any) -> None:
        if isinstance(query, str):
            said = dialect.django(query)
            query, params_seq = said.sql, [said.given(row) for row in params_seq]
        super().executemany(query, params_seq, **told)  # type: ignore[misc]


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL, written to by one transaction at a time."""

    def get_connection_params(self) -> dict[str, Any]:
        return {**super().get_connection_params(), "cursor_factory": Cursor}

    def get_new_connection(self, conn_params: dict[str, Any]) -> Connection:
        self.isolation_level = IsolationLevel.READ_COMMITTED
        return Connection.connect(**conn_params)

    def _set_autocommit(self, autocommit: bool) -> None:
        super()._set_autocommit(autocommit)  # type: ignore[misc]
        if not autocommit:
            with self.wrap_database_errors:
                self.connection.cursor().execute(dialect.TAKE_WRITE_LOCK)
