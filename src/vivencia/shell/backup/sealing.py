"""Seals: the digest of every block of rows, taken soon after it was written. No Django.

Triggers note each change of a row that may be sealed already, in the transaction that changes
it. Whoever seals reads blocks from a snapshot, holding no lock, and then writes their digests
unless they were changed meanwhile. The log and its vault are followed by key, so that what the
doors take costs them nothing.

A block is sealed as it is found: what a failing disk changes before that, within the minute, is
not noticed. A block that only grew is compared with its seal first.
"""

from __future__ import annotations

import logging
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from vivencia.interactions.database import is_file, open_database, write
from vivencia.lib.postgres.leading import Task, one_at_a_time
from vivencia.shell.backup import in_postgres
from vivencia.shell.backup.blocks import (
    Block,
    Table,
    numbers,
    read,
    schema_digest,
    sum_of,
    tables,
)

logger = logging.getLogger(__name__)

ALL, SCHEMA = "", "sqlite_master"  # names of the seals over the seals and over the schema
_AT_A_TIME = 32  # blocks between two transactions
_PREFIX = "unsealed_"
_FIND = "SELECT upto, rows, digest FROM seals WHERE name = ? AND block = ?"
_KEEP = """INSERT INTO seals (name, block, upto, rows, digest) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (name, block) DO UPDATE
SET upto = excluded.upto, rows = excluded.rows, digest = excluded.digest"""


class Sealed(NamedTuple):
    upto: int
    rows: int
    digest: bytes


# ── the triggers ─────────────────────────────────────────────────────────────


def forget_schema(connection: sqlite3.Connection) -> None:
    """Before a migration: one that is cut off leaves triggers and seals to be made again."""
    with write(connection):
        _keep(connection, SCHEMA, 0, None)


def install(connection: sqlite3.Connection, *, migrated: bool) -> None:
    """Make the triggers that are missing; after a migration, forget the seals it broke.

    Only then: a schema or a table that changed by itself must be noticed.
    """
    if not migrated and find(connection, SCHEMA, 0) is not None:
        return
    with write(connection):
        watched = tables(connection)
        if is_file(connection):
            for table in watched:
                _watch(connection, table)
        else:
            in_postgres.watch(connection, watched)
        _forget_what_a_migration_changed(connection)
        _keep(connection, SCHEMA, 0, Sealed(0, 0, schema_digest(connection)))


def _watch(connection: sqlite3.Connection, table: Table) -> None:
    events = ["UPDATE", "DELETE"] if table.appended else ["INSERT", "UPDATE", "DELETE"]
    for event in events:
        name = f"{_PREFIX}{table.name}_{event.lower()}"
        connection.execute(f'DROP TRIGGER IF EXISTS "{name}"')
        connection.execute(
            f'CREATE TRIGGER "{name}" AFTER {event} ON "{table.name}" '
            f"BEGIN {_note(table, event)}; END"
        )


def _note(table: Table, event: str) -> str:
    """Statements that note the blocks a row is in: before and after, once where it stays there."""
    note = f"INSERT INTO unsealed (name, block) SELECT '{table.name}', "
    before, after = (table.block(f"{version}.{table.key}") for version in ("OLD", "NEW"))
    return {
        "INSERT": note + after,
        "DELETE": note + before,
        "UPDATE": f"{note}{before}; {note}{after} WHERE {after} IS NOT {before}",
    }[event]


def _forget_what_a_migration_changed(connection: sqlite3.Connection) -> None:
    """Every block is sealed anew: a column more is another value in each row."""
    connection.execute("DELETE FROM seals")
    connection.execute("DELETE FROM unsealed")
    for table in tables(connection):
        if not table.appended:
            connection.executemany(
                "INSERT INTO unsealed (name, block) VALUES (?, ?)",
                [(table.name, number) for number in numbers(connection, table, None)],
            )


# ── sealing ──────────────────────────────────────────────────────────────────


def seal(connection: sqlite3.Connection) -> int:
    """Seal what was written until now; how many blocks that were."""
    if find(connection, SCHEMA, 0) is None:
        return 0  # the first server after an upgrade has yet to make the triggers
    known = {table.name: table for table in tables(connection)}
    with one_at_a_time(connection, Task.sealing):
        last = connection.execute("SELECT coalesce(max(key), 0) FROM unsealed").fetchone()[0]
        n = _seal_changed(connection, known, last)
        for table in known.values():
            if table.appended:
                n += _seal_appended(connection, table)
    return n


def _seal_changed(connection: sqlite3.Connection, known: dict[str, Table], last: int) -> int:
    """The blocks noted as changed, up to the note `last`."""
    n = 0
    while True:
        with snapshot(connection):
            noted = connection.execute(
                "SELECT name, block FROM unsealed WHERE key <= ? GROUP BY name, block LIMIT ?",
                (last, _AT_A_TIME),
            ).fetchall()
            top = connection.execute("SELECT coalesce(max(key), 0) FROM unsealed").fetchone()[0]
            blocks = [
                read(connection, known[name], block) for name, block in noted if name in known
            ]
        if not noted:
            return n
        with write(connection):
            for block in blocks:
                if not _noted(connection, block, top):
                    _keep_block(connection, block)
            connection.executemany(
                "DELETE FROM unsealed WHERE name = ? AND block = ? AND key <= ?",
                [(name, block, top) for name, block in noted],
            )
        n += len(blocks)


def _seal_appended(connection: sqlite3.Connection, table: Table) -> int:
    """The rows beyond the last sealed key of a table that only grows."""
    end = connection.execute(f'SELECT max({table.key}) FROM "{table.name}"').fetchone()[0]  # noqa: S608
    n = 0
    while end is not None:
        with snapshot(connection):
            blocks = list(_beyond(connection, table))
            top = connection.execute("SELECT coalesce(max(key), 0) FROM unsealed").fetchone()[0]
        if not blocks:
            return n
        with write(connection):
            for block in blocks:
                if not _noted(connection, block, top):
                    _keep_block(connection, block)
        n += len(blocks)
        if blocks[-1].upto >= end:
            return n
    return n


def _beyond(connection: sqlite3.Connection, table: Table) -> Iterator[Block]:
    """The next blocks with rows that are not sealed; one that is not as it was sealed is left
    as it is, for `verify` to find."""
    number, upto = last_sealed(connection, table.name)
    if number is not None:
        block = read(connection, table, number)
        before = find(connection, table.name, number)
        if block.upto > upto and before is not None:
            if block.digest(before.upto) == before.digest:
                yield block
            elif not _noted(connection, block, 0):
                logger.error("%s is not as it was sealed; run `vivencia verify`", table.name)
    for _, following in zip(range(_AT_A_TIME), numbers(connection, table, number), strict=False):
        yield read(connection, table, following)


def last_sealed(connection: sqlite3.Connection, name: str) -> tuple[int | None, int]:
    """The last sealed block of a table, and the last key in it."""
    sql = "SELECT block, upto FROM seals WHERE name = ? ORDER BY block DESC LIMIT 1"
    return connection.execute(sql, (name,)).fetchone() or (None, 0)


def _noted(connection: sqlite3.Connection, block: Block, after: int) -> bool:
    """Whether the block was changed after the note with the key `after`."""
    sql = "SELECT 1 FROM unsealed WHERE name = ? AND block = ? AND key > ? LIMIT 1"
    found = connection.execute(sql, (block.table.name, block.number, after)).fetchone()
    return found is not None


def _keep_block(connection: sqlite3.Connection, block: Block) -> None:
    sealed = Sealed(block.upto, len(block.rows), block.digest())
    _keep(connection, block.table.name, block.number, sealed if block.rows else None)


def _keep(connection: sqlite3.Connection, name: str, block: int, sealed: Sealed | None) -> None:
    """Put a seal in the place of the one before (None: without one), in the sum of all too."""
    before = find(connection, name, block)
    if sealed is not None:
        connection.execute(_KEEP, (name, block, *sealed))
    else:
        connection.execute("DELETE FROM seals WHERE name = ? AND block = ?", (name, block))
    total = find(connection, ALL, 0) or Sealed(0, 0, sum_of(()))
    change = [(name, block, *one) for one in (before, sealed) if one is not None]
    both = bytes(a ^ b for a, b in zip(total.digest, sum_of(change), strict=True))
    rows = total.rows + (sealed is not None) - (before is not None)
    connection.execute(_KEEP, (ALL, 0, 0, rows, both))


def find(connection: sqlite3.Connection, name: str, block: int) -> Sealed | None:
    found = connection.execute(_FIND, (name, block)).fetchone()
    return Sealed(*found) if found else None


@contextmanager
def snapshot(connection: sqlite3.Connection) -> Iterator[None]:
    """One state of the database for several reads: the caller's, who has one already."""
    if connection.in_transaction:
        yield
        return
    connection.execute("BEGIN" if is_file(connection) else "BEGIN ISOLATION LEVEL REPEATABLE READ")
    try:
        yield
    finally:
        connection.execute("COMMIT")


def main(path: str) -> None:
    """`python -m vivencia.shell.backup.sealing DATABASE`: the server runs it beside itself."""
    connection = open_database(Path(path))
    try:
        seal(connection)
    finally:
        connection.close()


if __name__ == "__main__":
    main(sys.argv[1])
