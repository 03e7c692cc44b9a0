"""Blocks and their triggers in PostgreSQL's words; in SQLite's they are in blocks.py and
sealing.py. No Django.

A row is read as the server prints it, under settings of ours (lib/postgres/connection.py), so that
its digest is that of its values, whatever their types. Triggers note changes once for each
statement and block. Before any statement that writes they take the lock of writers, which those
outside a transaction of ours did not take: so the order of notes is the order of commits, and what
a snapshot holds is every change up to its last note.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from vivencia.lib.postgres.dialect import TAKE_WRITE_LOCK

if TYPE_CHECKING:
    from vivencia.shell.backup.blocks import Row, Table

_WHOLE_NUMBERS = ("smallint", "integer", "bigint")
# Whose keys nobody counts up: on SQLite they are the tables without a rowid.
OF_CHANCE = frozenset(("surveys_spent", "surveys_waiting"))
# (table, column of its primary key, that column's type), in order of key
_KEYS = """
SELECT c.relname, a.attname, format_type(a.atttypid, NULL)
FROM pg_class c
LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey)
WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
ORDER BY c.relname COLLATE "C", array_position(i.indkey::int2[], a.attnum)"""
# What answers and rules hang on, without what is printed in other words once it was restored.
_SCHEMA = (
    """SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
      AND a.attnum > 0 AND NOT a.attisdropped""",
    """SELECT c.relname, x.relname, i.indisunique, i.indisvalid, i.indpred IS NULL,
      (SELECT string_agg(pg_get_indexdef(x.oid, n, true), ', ' ORDER BY n)
       FROM generate_series(1, i.indnatts) n)
    FROM pg_class c JOIN pg_index i ON i.indrelid = c.oid JOIN pg_class x ON x.oid = i.indexrelid
    WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace""",
    """SELECT c.relname, k.conname, k.contype, k.convalidated, k.confrelid::regclass::text
    FROM pg_class c JOIN pg_constraint k ON k.conrelid = c.oid
    WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
      AND k.contype IN ('c', 'f', 'p', 'u')""",
    """SELECT c.relname, t.tgname, t.tgtype, t.tgenabled, encode(t.tgargs, 'hex'), p.prosrc
    FROM pg_class c JOIN pg_trigger t ON t.tgrelid = c.oid JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace
      AND NOT t.tgisinternal""",
)
_ONE_WRITER = "writes_in_turn"
_TAKES_ITS_TURN = f"""
CREATE OR REPLACE FUNCTION {_ONE_WRITER}() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN PERFORM {TAKE_WRITE_LOCK.removeprefix("SELECT ")}; RETURN NULL; END
$body$"""
_NOTES = """
CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO unsealed (name, block) SELECT DISTINCT '{table}', {block} FROM new_rows;
  END IF;
  IF TG_OP <> 'INSERT' THEN
    INSERT INTO unsealed (name, block) SELECT DISTINCT '{table}', {block} FROM old_rows;
  END IF;
  RETURN NULL;
END
$body$"""
_ROWS = {"INSERT": "NEW TABLE AS new_rows", "DELETE": "OLD TABLE AS old_rows"}
_ROWS["UPDATE"] = f"{_ROWS['INSERT']} {_ROWS['DELETE']}"


def is_lost(connection: sqlite3.Connection) -> bool:
    """Whether the server hung up; a file never does."""
    return bool(getattr(connection, "closed", False))


def keys(connection: sqlite3.Connection) -> dict[str, str]:
    """The column that is the key of each table, by name; "" where it is no single number."""
    found: dict[str, list[str]] = {}
    for table, column, sort in connection.execute(_KEYS):
        found.setdefault(table, []).append(f'"{column}"' if sort in _WHOLE_NUMBERS else "")
    return {table: columns[0] if len(columns) == 1 else "" for table, columns in found.items()}


def read(connection: sqlite3.Connection, table: Table, number: int) -> list[Row]:
    """The rows of a block, each its key and all its values in one text. One that can not be read
    (sqlite3.Error) leaves the caller's transaction as it was."""
    connection.execute("SAVEPOINT block")
    try:
        if table.key:
            sql = (
                f'SELECT coalesce({table.key}, 0), t::text FROM "{table.name}" t'  # noqa: S608 (our own tables)
                f" WHERE {table.key} BETWEEN ?::bigint AND ?::bigint ORDER BY {table.key}"
            )
            rows = connection.execute(sql, table.keys(number)).fetchall()
        else:
            sql = f'SELECT 0, t::text FROM "{table.name}" t ORDER BY t::text COLLATE "C"'  # noqa: S608
            rows = connection.execute(sql).fetchall()
    except sqlite3.Error:
        connection.execute("ROLLBACK TO block")
        raise
    connection.execute("RELEASE block")
    return rows


def schema(connection: sqlite3.Connection) -> list[Row]:
    """Every column, index, constraint and trigger, in an order of their own."""
    return [row for sql in _SCHEMA for row in sorted(connection.execute(sql).fetchall(), key=repr)]


def watch(connection: sqlite3.Connection, tables: list[Table]) -> None:
    """Have each table note what is changed in it, and take its turn before."""
    connection.execute(_TAKES_ITS_TURN)
    for table in tables:
        _trigger(connection, table, _ONE_WRITER, "BEFORE INSERT OR UPDATE OR DELETE", _ONE_WRITER)
        name = f"unsealed_{table.name}"
        connection.execute(_NOTES.format(name=name, table=table.name, block=table.block()))
        for event in ("UPDATE", "DELETE") if table.appended else tuple(_ROWS):
            _trigger(connection, table, f"{name}_{event.lower()}", f"AFTER {event}", name,
                     f"REFERENCING {_ROWS[event]}")  # fmt: skip


def _trigger(
    connection: sqlite3.Connection,
    table: Table,
    name: str,
    when: str,
    function: str,
    rows: str = "",
) -> None:
    """ALWAYS: nor does a replica's role switch it off."""
    connection.execute(f'DROP TRIGGER IF EXISTS "{name}" ON "{table.name}"')
    connection.execute(
        f'CREATE TRIGGER "{name}" {when} ON "{table.name}" {rows}'
        f' FOR EACH STATEMENT EXECUTE FUNCTION "{function}"()'
    )
    connection.execute(f'ALTER TABLE "{table.name}" ENABLE ALWAYS TRIGGER "{name}"')
