"""A PostgreSQL database in a file and back again, by its own pg_dump and pg_restore. No Django.

The file is of one snapshot, which is read by us too: what it holds is what was verified. It comes
back in one transaction into a database without tables. Until it is known who was erased since, a
table named `restoring` says that nobody may open it.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from vivencia.interactions.database import open_database
from vivencia.lib.errors import Broken, Conflict
from vivencia.lib.postgres import choice

DUMP = "vivencia.pgdump"
MARK = "restoring"
_TABLES = "SELECT format('%I', tablename) FROM pg_tables WHERE schemaname = current_schema()"
_FUNCTIONS = """SELECT p.oid::regprocedure::text FROM pg_proc p
WHERE p.pronamespace = current_schema()::regnamespace
  AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"""


@contextmanager
def snapshot(database: Path) -> Iterator[tuple[sqlite3.Connection, str]]:
    """A connection that sees one state of the database, and the name others see it by."""
    with closing(open_database(database)) as connection:
        connection.execute("SET idle_in_transaction_session_timeout = 0")  # while pg_dump writes
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield connection, connection.execute("SELECT pg_export_snapshot()").fetchone()[0]
        connection.execute("COMMIT")


def begin_to_dump(target: Path, name: str) -> subprocess.Popen[bytes]:
    """pg_dump, writing the snapshot `name` into `target`."""
    return _start("pg_dump", "--format=custom", "--compress=1", "--no-owner", "--no-privileges",
                  f"--snapshot={name}", f"--file={target}")  # fmt: skip


def wait(process: subprocess.Popen[bytes]) -> None:
    """Until it has ended. Raises Broken with its own words where it failed."""
    said = process.communicate()[1].decode(errors="replace").strip()
    if process.returncode:
        name = Path(str(process.args[0])).name  # type: ignore[index]
        raise Broken(
            es=f"{name} no pudo terminar: {said}",
            en=f"{name} could not end well: {said}",
            reason="postgres",
        )


def load(source: Path, database: Path) -> None:
    """Bring a dump into the database of DATABASE_URL, whole or not at all, for nobody to open
    yet. Raises Conflict where it has tables already."""
    with closing(open_database(database)) as connection:
        if any(name != MARK for (name,) in connection.execute(_TABLES)):
            raise Conflict(
                es="La base de datos de DATABASE_URL ya tiene tablas: restaura en una vacía.",
                en="The database of DATABASE_URL has tables already: restore into an empty one.",
                reason="not_empty",
            )
        connection.execute(f"CREATE TABLE IF NOT EXISTS {MARK} ()")
    wait(_start("pg_restore", "--single-transaction", "--exit-on-error", "--no-owner",
                "--no-privileges", str(source)))  # fmt: skip


def open_to_all(database: Path) -> None:
    """The restore has come to its end."""
    with closing(open_database(database)) as connection:
        connection.execute(f"DROP TABLE {MARK}")


def empty(database: Path) -> None:
    """Take away what was loaded."""
    with closing(open_database(database)) as connection:
        for sql, what in ((_TABLES, "TABLE"), (_FUNCTIONS, "FUNCTION")):
            for (name,) in connection.execute(sql).fetchall():
                connection.execute(f"DROP {what} IF EXISTS {name} CASCADE")


def _start(program: str, *words: str) -> subprocess.Popen[bytes]:
    from psycopg import conninfo  # noqa: PLC0415 (psycopg is optional)

    from vivencia.lib.postgres.connection import parameters  # noqa: PLC0415

    found, url = shutil.which(program), choice.url()
    assert url is not None
    if found is None:
        raise Broken(
            es=f"Falta {program}: instala las herramientas de PostgreSQL (postgresql-client).",
            en=f"{program} is missing: install PostgreSQL's tools (postgresql-client).",
            reason="postgres",
        )
    told: dict[str, Any] = parameters(url)
    password = told.pop("password", None)  # which everybody could read among a process's words
    environ = {**os.environ, **({"PGPASSWORD": str(password)} if password else {})}
    return subprocess.Popen(
        [found, *words, f"--dbname={conninfo.make_conninfo(**told)}"],
        env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
