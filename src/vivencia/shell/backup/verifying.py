"""Whether every stored value is as it was sealed; if not, in which table and rows. No Django.

SQLite's own check looks at the shape of the file: that trees are in order and indexes agree. It
is asked too, for an index that lies gives wrong answers; but a bit that turns 7 into 6 in a row
no index covers is in perfect shape, and only its seal tells.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path

import msgspec

from vivencia.interactions.database import open_database
from vivencia.lib.postgres import choice
from vivencia.shell.backup import blocks, in_postgres
from vivencia.shell.backup.blocks import UNREADABLE, Block, Table
from vivencia.shell.backup.sealing import ALL, SCHEMA, Sealed, find, last_sealed, snapshot

_AT_A_TIME = 64  # blocks in one read transaction, which holds the write-ahead log
_MOST_COMPLAINTS = 20
_FILE = "file"
_RECORDED = "SELECT recorded_at FROM interactions WHERE seq BETWEEN ? AND ?"
_INDEXES = "SELECT name, tbl_name FROM sqlite_master WHERE type = 'index'"


class Damage(msgspec.Struct, frozen=True):
    """Rows that are not as they were sealed: `first` to `last` are keys of the table, and
    `since`, `until` when interactions among them were recorded (UTC ms)."""

    table: str
    what: str
    first: int | None = None
    last: int | None = None
    since: int | None = None
    until: int | None = None


class Content(msgspec.Struct, frozen=True):
    """How many rows a table holds, and the digest of all their values, in order of key."""

    rows: int
    digest: str


class Verified(msgspec.Struct):
    """What was looked at. `unsealed` rows are too new to be judged."""

    rows: int = 0
    unsealed: int = 0
    damages: list[Damage] = []
    tables: dict[str, Content] = {}

    @property
    def interactions(self) -> int:
        return self.tables["interactions"].rows if "interactions" in self.tables else 0

    @property
    def good(self) -> bool:
        return not self.damages


def verify(database: Path, *, immutable: bool = False) -> Verified:
    """Read every value of the database. `immutable`: nobody writes to it, as in a backup."""
    shape = _Shape(database, immutable) if immutable or choice.url() is None else None
    if shape:
        shape.start()
    try:
        with closing(_open(database, immutable)) as connection:
            found = verify_connection(connection)
    except UNREADABLE as error:
        found = Verified(damages=[Damage(_FILE, str(error))])
    if shape:
        shape.join()
        found.damages += shape.damages
    return found


def verify_connection(connection: sqlite3.Connection) -> Verified:
    """Read every value of the state the caller's transaction sees; without one, of the newest."""
    found = Verified()
    try:
        _verify_seals(connection, found)
    except UNREADABLE as error:
        found.damages.append(Damage(_FILE, str(error)))
    return found


def _open(database: Path, immutable: bool) -> sqlite3.Connection:
    if not immutable:
        return open_database(database, read_only=True)
    uri = f"{database.resolve().as_uri()}?mode=ro&immutable=1"
    return sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)


class _Shape(threading.Thread):
    """SQLite's own check, on the other core: it gives the interpreter's lock back."""

    def __init__(self, database: Path, immutable: bool) -> None:
        super().__init__(name="integrity-check")
        self._database, self._immutable = database, immutable
        self.damages: list[Damage] = []

    def run(self) -> None:
        try:
            connection = _open(self._database, self._immutable)
            try:
                found = connection.execute(f"PRAGMA integrity_check({_MOST_COMPLAINTS})").fetchall()
                indexes = dict(connection.execute(_INDEXES).fetchall())
            finally:
                connection.close()
        except UNREADABLE as error:
            found, indexes = [(str(error),)], {}
        said = [str(text) for (text,) in found if text != "ok"]
        self.damages = [Damage(_table_of(text, indexes), text) for text in said]


def _table_of(complaint: str, indexes: dict[str, str]) -> str:
    """The table SQLite complains about: a value that an index also holds may be read from there,
    so that only the two being different shows that it has changed."""
    index = complaint.rpartition(" index ")[2]
    return indexes.get(index, _FILE)


def _verify_seals(connection: sqlite3.Connection, found: Verified) -> None:
    if find(connection, SCHEMA, 0) is None:
        found.damages.append(Damage("seals", "nothing was sealed yet"))
        return
    found.damages += _of_schema_and_seals(connection)
    for table in blocks.tables(connection):
        checked = _Check(connection, table).run()
        found.rows += checked.rows
        found.unsealed += checked.unsealed
        found.damages += checked.damages
        found.tables[table.name] = Content(checked.rows, checked.digest)
        if in_postgres.is_lost(connection):  # a damaged page may end the server that reads it
            found.damages.append(Damage(_FILE, f"what comes after {table.name} was not looked at"))
            return


def _of_schema_and_seals(connection: sqlite3.Connection) -> Iterator[Damage]:
    """The seals themselves are as they were written, and so are tables, indexes, triggers."""
    with snapshot(connection):
        schema = find(connection, SCHEMA, 0)
        if schema is None or schema.digest != blocks.schema_digest(connection):
            yield Damage(SCHEMA, "tables, indexes or triggers are not as they were made")
        total = find(connection, ALL, 0)
        seals = connection.execute(
            "SELECT name, block, upto, rows, digest FROM seals WHERE name <> ?", (ALL,)
        ).fetchall()
    if total is None or total.digest != blocks.sum_of(seals) or total.rows != len(seals):
        yield Damage("seals", "the seals are not as they were written")


def _matches(block: Block, sealed: Sealed, whole: bytes) -> bool:
    """Whether the rows that were sealed are as they were; `whole` is the digest of all."""
    now = whole if block.upto <= sealed.upto else block.digest(sealed.upto)
    return now == sealed.digest


class _Check:
    """Every block of one table against its seal."""

    def __init__(self, connection: sqlite3.Connection, table: Table) -> None:
        self._connection = connection
        self._table = table
        self._seen: set[int] = set()
        self.rows = self.unsealed = 0
        self.damages: list[Damage] = []
        self._digests: list[bytes] = []

    def run(self) -> _Check:
        for look in (self._look_at_all, self._look_for_missing):
            try:
                look()
            except UNREADABLE as error:
                self.damages.append(Damage(self._table.name, str(error)))
        return self

    @property
    def digest(self) -> str:
        """Of the table's content."""
        return blocks.digest_of(self._digests).hex()

    def _look_at_all(self) -> None:
        while self._some():
            pass

    def _some(self) -> bool:
        """Look at the next blocks in one snapshot; whether there were any."""
        last = max(self._seen, default=None)
        with snapshot(self._connection):
            following = blocks.numbers(self._connection, self._table, last)
            numbers = list(islice(following, _AT_A_TIME))
            changed = self._changed()
            for number in numbers:
                self._seen.add(number)
                self._judge(number, changed)
        return bool(numbers)

    def _changed(self) -> set[int]:
        sql = "SELECT DISTINCT block FROM unsealed WHERE name = ?"
        return {block for (block,) in self._connection.execute(sql, (self._table.name,))}

    def _judge(self, number: int, changed: set[int]) -> None:
        try:
            block = blocks.read(self._connection, self._table, number)
        except UNREADABLE as error:  # its values can not even be read
            self._complain(str(error), number)
            return
        self.rows += len(block.rows)
        digest = block.digest()
        self._digests.append(digest)
        sealed = find(self._connection, self._table.name, number)
        if sealed is None and not block.rows:
            return  # a table of one block, with nothing in it
        if number in changed or (sealed is None and self._is_new(number)):
            self.unsealed += len(block.rows)
        elif sealed is None or not _matches(block, sealed, digest):
            self._complain("not as they were sealed", number, block)
        else:
            self.unsealed += len(block.rows) - sealed.rows

    def _is_new(self, number: int) -> bool:
        """Whether nothing of a table that only grows was sealed from this block on."""
        last, _ = last_sealed(self._connection, self._table.name)
        return self._table.appended and (last is None or number > last)

    def _look_for_missing(self) -> None:
        """Blocks that were sealed and that nothing led to."""
        with snapshot(self._connection):
            changed = self._changed()
            sql = "SELECT block FROM seals WHERE name = ?"
            sealed = {block for (block,) in self._connection.execute(sql, (self._table.name,))}
            for number in sorted(sealed - self._seen - changed):
                before = len(self.damages)
                self._judge(number, changed)  # written and sealed meanwhile, it is as it should be
                del self.damages[before + 1 :]

    def _complain(self, what: str, number: int, block: Block | None = None) -> None:
        first, last = self._table.keys(number) if self._table.key else (None, None)
        since, until = self._recorded(block)
        self.damages.append(Damage(self._table.name, what, first, last, since, until))

    def _recorded(self, block: Block | None) -> tuple[int | None, int | None]:
        """When the interactions of a block came, as far as that can still be read."""
        if block is None or self._table.name != "interactions":
            return None, None
        rows = self._connection.execute(_RECORDED, self._table.keys(block.number))
        times = sorted(time for (time,) in rows if isinstance(time, int))
        middle = times[len(times) // 100 : -(len(times) // 100) or None]  # one may be damaged
        return (middle[0], middle[-1]) if middle else (None, None)
