"""A connection to PostgreSQL with the face of sqlite3's, as far as the rooms use that.

In autocommit; `execute` takes the rooms' SQL (dialect.py) and gives a cursor; what goes wrong is
raised as sqlite3's error of the same name (both follow PEP 249), so that a caller knows one. No
Django here.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import adapt, conninfo, pq, sql
from psycopg.types.numeric import NumericLoader
from psycopg.types.string import StrDumperUnknown, TextLoader

from vivencia.lib.errors import Broken
from vivencia.lib.postgres import dialect
from vivencia.lib.postgres.choice import VARIABLE

# What the promises need, whatever the role or the server says otherwise: an answer goes out after
# fsync; who waits for the lock of writers is told to come back; a transaction whose process is
# stuck is ended by the server, and everybody else goes on. Nothing is compiled (jit): that takes
# longer than our statements do, and what asks of many rows asks the columns. Each statement is
# planned for the tables as they are: a plan kept from when the log was empty made a batch take
# seven times as long, until the server next counted its rows.
PATIENCE_MS = 5_000
STUCK_MS = 20_000
# How the server prints a row is what its seal hangs on (shell/backup/in_postgres.py).
_OPTIONS = (
    "-c DateStyle=ISO,YMD -c IntervalStyle=postgres -c bytea_output=hex -c extra_float_digits=1"
    " -c jit=off -c plan_cache_mode=force_custom_plan -c synchronous_commit=on -c timezone=UTC"
    f" -c lock_timeout={PATIENCE_MS} -c idle_in_transaction_session_timeout={STUCK_MS}"
)
_CONNECT_S = "10"
_IS_OPEN = (pq.TransactionStatus.INTRANS, pq.TransactionStatus.INERROR, pq.TransactionStatus.ACTIVE)


class _Number(adapt.Dumper):
    """Numbers and truth values as untyped literals: the column says what they are, as in SQLite,
    where true is 1."""

    def dump(self, obj: int) -> bytes:
        return b"%d" % obj


class _WholeOrFloat(NumericLoader):
    """A sum of whole numbers is a whole number, as in SQLite."""

    def load(self, data: Any) -> Any:
        value = super().load(data)
        return int(value) if value == value.to_integral_value() else float(value)


def adapters() -> adapt.AdaptersMap:
    """How values of bare connections travel."""
    made = adapt.AdaptersMap(psycopg.adapters)
    for sort in (int, bool):
        made.register_dumper(sort, _Number)
    made.register_dumper(str, StrDumperUnknown)
    made.register_loader("numeric", _WholeOrFloat)
    for name in ("json", "jsonb"):  # as SQLite keeps them
        made.register_loader(name, TextLoader)
    return made


_BARE = adapters()
# What sqlite3 calls so, or would.
_OPERATIONAL = (
    psycopg.errors.UndefinedTable,
    psycopg.errors.UndefinedColumn,
    psycopg.errors.IdleInTransactionSessionTimeout,
    psycopg.errors.ReadOnlySqlTransaction,
)


class BareCursor(psycopg.Cursor[Any]):
    """Values travel as on bare connections, whatever the connection's own rules are."""

    @property
    def adapters(self) -> adapt.AdaptersMap:
        return _BARE

    def fetchone(self) -> Any:
        """The next row; None of a statement that has none, as sqlite3 says."""
        return None if self.description is None else super().fetchone()

    def fetchall(self) -> list[Any]:
        return [] if self.description is None else super().fetchall()


class Connection(psycopg.Connection[Any]):
    """psycopg's, which the rooms may take for sqlite3's."""

    OperationalError = sqlite3.OperationalError  # type: ignore[assignment]

    @property
    def in_transaction(self) -> bool:
        return self.info.transaction_status in _IS_OPEN

    def __exit__(self, error: type[BaseException] | None, *_: object) -> None:
        """Commit, or roll back what failed, and stay open, as sqlite3's does."""
        if self.in_transaction:
            self.execute("COMMIT" if error is None else "ROLLBACK")

    def execute(self, query: Any, params: Any = None, **_: Any) -> Any:
        """A cursor over what the statement found."""
        with as_sqlite():
            if query.startswith("BEGIN"):
                return self._begin(query)
            said = dialect.bare(query)
            return BareCursor(self).execute(said.sql, said.given(params) if params else ())

    def executemany(self, query: str, rows: Iterable[Any]) -> Any:
        """The statement for each of `rows`."""
        said = dialect.bare(query)
        cursor = BareCursor(self)
        with as_sqlite():
            cursor.executemany(said.sql, [said.given(row) for row in rows])
        return cursor

    def copy_in(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """Write `rows` by COPY, which takes a third of the time of as many INSERTs."""
        into = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
        )
        with as_sqlite(), BareCursor(self).copy(into) as copy:
            for row in rows:
                copy.write_row(row)

    def _begin(self, query: str) -> Any:
        """Begin; where the lock is not to be had, nothing has begun."""
        cursor = BareCursor(self)
        try:
            for part in dialect.bare(query).sql.split("; "):
                cursor.execute(part)
        except psycopg.Error:
            if not self.closed:
                cursor.execute("ROLLBACK")
            raise
        return cursor


@contextmanager
def as_sqlite() -> Iterator[None]:
    """What psycopg raises, as sqlite3's error of the same name."""
    try:
        yield
    except psycopg.Error as error:
        raise _named(error)(str(error)) from error


def _named(error: psycopg.Error) -> type[Exception]:
    if isinstance(error, _OPERATIONAL):
        return sqlite3.OperationalError
    for sort in type(error).__mro__:
        found = getattr(sqlite3, sort.__name__, None)
        if found is not None:
            return found  # type: ignore[no-any-return]
    return sqlite3.DatabaseError


def parameters(url: str) -> dict[str, Any]:
    """What `url` says and what every connection is set to; the address's own options win."""
    try:
        told: dict[str, Any] = dict(conninfo.conninfo_to_dict(url))
    except psycopg.ProgrammingError:  # whose words may hold the password
        raise Broken(
            es=f"{VARIABLE} no es una dirección de PostgreSQL: postgres://usuario:clave@host/base",
            en=f"{VARIABLE} is no PostgreSQL address: postgres://user:password@host/database",
        ) from None
    told["options"] = f"{_OPTIONS} {told.get('options') or ''}".strip()
    return {"connect_timeout": _CONNECT_S, "application_name": "vivencia", **told}


def connect(url: str, *, read_only: bool = False) -> sqlite3.Connection:
    """A connection in autocommit. Raises sqlite3.OperationalError where nobody answers."""
    with as_sqlite():
        made = Connection.connect(**parameters(url), autocommit=True)
        if read_only:
            made.execute("SET default_transaction_read_only = on")
    return made  # type: ignore[return-value]
