"""An installation moved from SQLite to PostgreSQL: every table, whole or not at all.

Keys, codes and seq stay what they are, so that the columns go on from where they stand and every
score is the same. The file is left as it was.
"""

from __future__ import annotations

import sqlite3
from itertools import chain, islice
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction

from vivencia.interactions.database import check_triggers, open_file
from vivencia.lib.alone import only_server
from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import Broken, Conflict

# Of the seals over SQLite's blocks, which PostgreSQL has no use for.
_ONLY_IN_FILES = ("seals", "unsealed")
_AT_ONCE = 10_000
_ANY_TABLE = "SELECT 1 FROM pg_tables WHERE schemaname = current_schema()"


def move(data: DataDir) -> dict[str, int]:
    """How many rows of each table were moved, to the database of Django's settings.

    Raises Conflict while a server runs, or where the database holds tables already.
    """
    with only_server(data):
        source = open_file(data.database)
        try:
            source.execute("BEGIN IMMEDIATE")  # nobody else writes to what is being moved
            check_triggers(source)
            return _moved(source)
        finally:
            source.close()


def _moved(source: sqlite3.Connection) -> dict[str, int]:
    with connection.cursor() as cursor:
        cursor.execute(_ANY_TABLE)
        if cursor.fetchone() is not None:
            raise Conflict(
                es="La base de datos de destino ya tiene tablas. Crea una vacía; no se ha tocado "
                "nada.",
                en="The database to move to has tables already. Make an empty one; nothing was "
                "touched.",
                reason="not_empty",
            )
    with transaction.atomic():
        call_command("migrate", verbosity=0, interactive=False)
        made = set(connection.introspection.table_names())
        tables = _tables(source)
        missing = [name for name in tables if name not in made]
        if missing:
            raise Broken(
                es=f"Estas tablas no son de esta versión: {', '.join(missing)}.",
                en=f"These tables are not of this version: {', '.join(missing)}.",
            )
        counts = {name: _copy(source, name) for name in tables}
        _go_on_counting(source)
    check_triggers(connection.connection)
    return counts


def _tables(source: sqlite3.Connection) -> list[str]:
    sql = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
    names = [name for (name,) in source.execute(sql)]
    return [n for n in names if not n.startswith("sqlite_") and n not in _ONLY_IN_FILES]


def _copy(source: sqlite3.Connection, table: str) -> int:
    """One table; what the migrations had put there gives way. How many rows it has now."""
    raw: Any = connection.connection
    if raw.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]:  # noqa: S608 - ours
        raw.execute(f'DELETE FROM "{table}"')  # noqa: S608
    columns = [row[1] for row in source.execute(f'PRAGMA table_info("{table}")')]
    named = ", ".join(f'"{column}"' for column in columns)
    rows = source.execute(f'SELECT {named} FROM "{table}"')  # noqa: S608
    try:
        while first := rows.fetchone():
            raw.copy_in(table, columns, chain([first], islice(rows, _AT_ONCE - 1)))
    except sqlite3.DataError as error:
        raise Broken(
            es=f"PostgreSQL no admite una fila de {table} ({error}); no se ha movido nada.",
            en=f"PostgreSQL does not take a row of {table} ({error}); nothing was moved.",
        ) from None
    there, here = (
        one.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]  # noqa: S608
        for one in (raw, source)
    )
    if there != here:
        raise Broken(
            es=f"De {table} se leyeron {here} filas y llegaron {there}; no se ha movido nada.",
            en=f"Of {table} {here} rows were read and {there} arrived; nothing was moved.",
        )
    return int(there)


def _go_on_counting(source: sqlite3.Connection) -> None:
    """Keys that were ever given are not given again."""
    given = dict(source.execute("SELECT name, seq FROM sqlite_sequence"))
    raw: Any = connection.connection
    for table, column in _identities(raw):
        highest = raw.execute(f'SELECT max("{column}") FROM "{table}"').fetchone()[0] or 0  # noqa: S608
        last = max(highest, given.get(table, 0))
        if last:
            raw.execute(
                "SELECT setval(pg_get_serial_sequence(?, ?), ?)", (f'"{table}"', column, last)
            )


def _identities(raw: Any) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = raw.execute(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = current_schema() AND is_identity = 'YES'"
    ).fetchall()
    return found
