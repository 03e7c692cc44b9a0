"""Connections to the one database, and the triggers that keep the log as it was written.

No Django here: the writer thread, the columns and the command line open it themselves.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vivencia.interactions import triggers_in_postgres
from vivencia.lib.errors import Broken
from vivencia.lib.postgres import choice

# Set on every connection, Django's own among them (shell/settings.py joins these).
# FULL: an answer goes out only after fsync; group commit makes it cheap.
# secure_delete: a blanked value leaves no copy in a free page.
# recursive_triggers: without it REPLACE deletes a row without asking the triggers.
PRAGMAS = (
    "PRAGMA busy_timeout=20000",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA secure_delete=ON",
    "PRAGMA recursive_triggers=ON",
    "PRAGMA foreign_keys=ON",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-65536",
    "PRAGMA journal_size_limit=67108864",
)
# Python asks of every value whether its type, or the value, knows how to be bound; of numbers and
# texts it does not. To find out that nobody does costs four times as much as binding NULL.
sqlite3.register_adapter(bytes, bytes)
sqlite3.register_adapter(type(None), {}.get)  # type: ignore[arg-type]

_REFUSES_UPDATE = """
CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}
BEGIN SELECT RAISE(ABORT, 'the log is append-only: {table} can not be changed'); END
"""
_REFUSES_DELETE = """
CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
BEGIN SELECT RAISE(ABORT, 'the log is append-only: {table} can not be deleted from'); END
"""
# REPLACE and UPSERT on a connection that forgot recursive_triggers would slip past the two
# above; so an interaction that is already there is refused before it is written.
_REFUSES_REPLACE = """
CREATE TRIGGER interactions_no_replace BEFORE INSERT ON interactions
WHEN EXISTS (SELECT 1 FROM interactions WHERE source = NEW.source AND id = NEW.id)
  OR EXISTS (SELECT 1 FROM interactions WHERE seq = NEW.seq)
BEGIN SELECT RAISE(ABORT, 'the log is append-only: this interaction is already there'); END
"""
# A code keeps its field and its number for ever; only its text may be blanked (erasure).
_WORD_KEEPS_ITS_CODE = """
CREATE TRIGGER words_keep_their_code BEFORE UPDATE ON words
WHEN NEW.code IS NOT OLD.code OR NEW.field IS NOT OLD.field
BEGIN SELECT RAISE(ABORT, 'a word keeps its code and its field'); END
"""
_WORD_STAYS = """
CREATE TRIGGER words_no_delete BEFORE DELETE ON words
BEGIN SELECT RAISE(ABORT, 'a word is blanked, never deleted'); END
"""

TRIGGERS = {
    "interactions_no_update": _REFUSES_UPDATE.format(table="interactions"),
    "interactions_no_delete": _REFUSES_DELETE.format(table="interactions"),
    "interactions_no_replace": _REFUSES_REPLACE,
    "words_keep_their_code": _WORD_KEEPS_ITS_CODE,
    "words_no_delete": _WORD_STAYS,
}


def open_database(path: Path | str, *, read_only: bool = False) -> sqlite3.Connection:
    """A connection in autocommit (callers write BEGIN IMMEDIATE … COMMIT themselves): to the file
    at `path`, or to the database of DATABASE_URL, by a connection with the same face.

    It may be handed from one thread to another, never used by two at once.
    """
    if url := choice.url():
        choice.require_driver()
        from vivencia.lib.postgres.connection import connect  # noqa: PLC0415 (psycopg is optional)

        return connect(url, read_only=read_only)
    return open_file(path, read_only=read_only)


def open_file(path: Path | str, *, read_only: bool = False) -> sqlite3.Connection:
    """The same to the SQLite file at `path`, whatever the installation is kept in."""
    uri = f"{Path(path).resolve().as_uri()}?mode={'ro' if read_only else 'rwc'}"
    connection = sqlite3.connect(
        uri, uri=True, isolation_level=None, check_same_thread=False, cached_statements=256
    )
    for pragma in PRAGMAS:
        if read_only and "journal_mode" in pragma:
            continue
        connection.execute(pragma)
    return connection


def is_there(path: Path) -> bool:
    """Whether an installation has its tables there already, and the directory they belong to."""
    if choice.url() is None:
        return path.exists()
    if not path.parent.is_dir():
        return False
    connection = open_database(path, read_only=True)
    try:
        found = connection.execute("SELECT to_regclass('interactions') IS NOT NULL")
        return bool(found.fetchone()[0])
    finally:
        connection.close()


def is_file(connection: sqlite3.Connection) -> bool:
    """Whether it is SQLite that is spoken to, whose pragmas others do not know."""
    return isinstance(connection, sqlite3.Connection)


def patience(connection: sqlite3.Connection) -> int:
    """How long it waits for the lock of writers, in milliseconds."""
    if is_file(connection):
        told = connection.execute("PRAGMA busy_timeout")
    else:
        told = connection.execute("SELECT setting FROM pg_settings WHERE name = 'lock_timeout'")
    return int(told.fetchone()[0])


def wait_at_most(connection: sqlite3.Connection, ms: int) -> None:
    """Wait no longer than this for the lock of writers."""
    told = "PRAGMA busy_timeout" if is_file(connection) else "SET lock_timeout"
    connection.execute(f"{told} = {ms:d}")


@contextmanager
def write(connection: sqlite3.Connection) -> Iterator[None]:
    """A transaction that takes the write lock at once, or the one the caller has open."""
    callers = connection.in_transaction
    if callers:
        yield
        return
    try:
        connection.execute("BEGIN IMMEDIATE")  # in here: a signal may end us as it returns
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk may have ended it already
            connection.execute("ROLLBACK")
        raise


def empty_journal(connection: sqlite3.Connection, patience_ms: int = 500) -> bool:
    """Take the write-ahead log into the database and cut it to nothing, so that no copy of what
    was blanked stays in it. False while somebody reads or writes: try again later."""
    if not is_file(connection):
        return True  # what its own log keeps is PostgreSQL's to recycle (docs/run.md)
    before = patience(connection)
    wait_at_most(connection, patience_ms)
    try:
        busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy
    except sqlite3.OperationalError:  # within a transaction of the caller's
        return False
    finally:
        wait_at_most(connection, before)


def check_triggers(connection: sqlite3.Connection) -> None:
    """Refuse to go on (Broken) unless every trigger of the log stands as it was written."""
    wrong = (
        _missing(connection) if is_file(connection) else triggers_in_postgres.missing(connection)
    )
    if wrong:
        names = ", ".join(wrong)
        raise Broken(
            es=f"Al registro le faltan sus candados ({names}). No se ha tocado nada; "
            "restaura una copia o ejecuta las migraciones.",
            en=f"The log has lost its locks ({names}). Nothing was touched; "
            "restore a backup or run the migrations.",
            reason="triggers",
        )


def _missing(connection: sqlite3.Connection) -> list[str]:
    found = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"))
    return [name for name, sql in TRIGGERS.items() if _words(found.get(name) or "") != _words(sql)]


def _words(sql: str) -> list[str]:
    return sql.split()
