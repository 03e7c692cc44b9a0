"""The tables as blocks of rows, and the digest of a block. No Django.

A block is a range of keys: 1,024 keys in a row where keys are counted, a 4,096th of all keys where
they are drawn by chance. A table whose key is a text is one block. The digest is of the rows'
values as SQLite gives them (as PostgreSQL prints them: in_postgres.py), in order of key, so that it
hangs on what is stored and not on where in the file it lies.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from vivencia.interactions.database import is_file
from vivencia.shell.backup import dumping, in_postgres

DIGEST_BYTES = 16
_COUNTED = 10  # bits of a key within its block
_BY_CHANCE = 51
_LOWEST, _HIGHEST = -(1 << 63), (1 << 63) - 1
OURS = ("seals", "unsealed", dumping.MARK)  # they speak of the others

# The log and its vault: rows come with the highest key so far, and few are ever changed. All
# other tables mark what is inserted too (sealing.py).
APPENDED = frozenset(
    ("interactions", "vault_texts", "vault_values", "identities", "links", "words", "quarantine")
)

# What reading a damaged file raises: a text, or a name in the schema, may be no UTF-8 any more.
UNREADABLE = (sqlite3.Error, UnicodeError)

Row = tuple[object, ...]
_encode = msgspec.msgpack.Encoder().encode


class Table(NamedTuple):
    """A table; `key` is "" if it is one block."""

    name: str
    key: str
    shift: int
    order: str

    @property
    def appended(self) -> bool:
        return self.name in APPENDED

    def block(self, column: str = "") -> str:
        """SQL for the block of the row whose key is `column`."""
        return f"{column or self.key} >> {self.shift}" if self.key else "0"

    def keys(self, block: int) -> tuple[int, int]:
        """The first and the last key of a block."""
        if not self.key:
            return _LOWEST, _HIGHEST
        first = block << self.shift
        return first, first + (1 << self.shift) - 1


class Block(NamedTuple):
    """The rows of one block, each with its key (0 in a table of one block) before its values."""

    table: Table
    number: int
    rows: Sequence[Row]

    @property
    def upto(self) -> int:
        return int(self.rows[-1][0]) if self.rows else _LOWEST  # type: ignore[call-overload]

    def digest(self, upto: int = _HIGHEST) -> bytes:
        """Of the rows whose key is at most `upto`."""
        rows = self.rows
        if upto < self.upto:
            rows = [row for row in rows if row[0] <= upto]  # type: ignore[operator]
        return digest_of(rows)


def digest_of(value: object) -> bytes:
    return hashlib.blake2b(_encode(value), digest_size=DIGEST_BYTES).digest()


def tables(connection: sqlite3.Connection) -> list[Table]:
    """Every table whose values are sealed, by name."""
    if not is_file(connection):
        known = sorted(in_postgres.keys(connection).items())
        return [_table_of_postgres(name, key) for name, key in known if name not in OURS]
    found = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%'"
        " ESCAPE '!' ORDER BY name"
    ).fetchall()
    return [_table(connection, name, sql) for name, sql in found if name not in OURS]


def _table(connection: sqlite3.Connection, name: str, sql: str) -> Table:
    columns = connection.execute(f'PRAGMA table_info("{name}")').fetchall()
    keys = [(place, column, sort) for _, column, sort, _, _, place in columns if place]
    keys.sort()
    order = ", ".join(f'"{column}"' for _, column, _ in keys) or "rowid"
    if len(keys) != 1 or "int" not in keys[0][2].lower():
        return Table(name, "", 0, order)
    # Without a rowid is what is kept in no order of arrival: its keys are of chance.
    shift = _BY_CHANCE if sql.rstrip().upper().endswith("WITHOUT ROWID") else _COUNTED
    return Table(name, order, shift, order)


def _table_of_postgres(name: str, key: str) -> Table:
    shift = _BY_CHANCE if name in in_postgres.OF_CHANCE else _COUNTED
    return Table(name, key, shift if key else 0, key)


def read(connection: sqlite3.Connection, table: Table, number: int) -> Block:
    """The block as it is now. Raises one of UNREADABLE where it is damaged."""
    if not is_file(connection):
        return Block(table, number, in_postgres.read(connection, table, number))
    if table.key:
        sql = (
            f'SELECT {table.key}, * FROM "{table.name}"'  # noqa: S608 (names of our own tables)
            f" WHERE {table.key} BETWEEN ? AND ? ORDER BY {table.order}"
        )
        rows = connection.execute(sql, table.keys(number)).fetchall()
    else:
        sql = f'SELECT 0, * FROM "{table.name}" ORDER BY {table.order}'  # noqa: S608
        rows = connection.execute(sql).fetchall()
    return Block(table, number, rows)


def numbers(connection: sqlite3.Connection, table: Table, after: int | None) -> Iterator[int]:
    """The blocks that have rows, in order, those up to `after` left out. Raises one of UNREADABLE
    where the index by key leads astray."""
    if not table.key:
        if after is None:
            yield 0
        return
    key = _LOWEST if after is None else table.keys(after)[1] + 1
    sql = (
        f'SELECT {table.block()} FROM "{table.name}" WHERE {table.key} >= CAST(? AS bigint)'  # noqa: S608
        f" ORDER BY {table.key} LIMIT 1"
    )
    while found := connection.execute(sql, (key,)).fetchone():
        number = found[0]
        if number is None or table.keys(number)[1] < key:
            raise sqlite3.DatabaseError(f"a key of {table.name} is not what its index says")
        yield number
        last = table.keys(number)[1]
        if last == _HIGHEST:
            return
        key = last + 1


def schema_digest(connection: sqlite3.Connection) -> bytes:
    """Of every table, index and trigger as it was made."""
    if not is_file(connection):
        return digest_of(in_postgres.schema(connection))
    sql = "SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name"
    return digest_of(connection.execute(sql).fetchall())


def sum_of(seals: Iterable[Row]) -> bytes:
    """One digest of all seals, whatever their order, to which one is added, or from which it is
    taken away, by saying it once more."""
    total = bytes(DIGEST_BYTES)
    for seal in seals:
        total = bytes(a ^ b for a, b in zip(total, digest_of(seal), strict=True))
    return total
