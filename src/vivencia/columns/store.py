"""The columnar copy itself: one DuckDB file (or memory), its tables and their upkeep.

Rows and watermark enter in one transaction, so a crash leaves a state that was whole. DuckDB
has one writer here: whoever holds the store calls these under `Projector`'s lock. Readers go
through `reading()`, so that the file can be exchanged for another between two of them.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from vivencia.columns import counts, schema
from vivencia.columns.calendar import local_day_sql
from vivencia.columns.limits import MOST_NOTES, SMALL_MB, SOON_READ, memory_mb

THREADS = 2
# What was added stands in memory, several times as large, until so much of it is written into the
# file; that costs by what is there, so small columns do it oftener (bytes of DuckDB's own log).
OFTEN, SELDOM, SHARE = 4 << 20, 16 << 20, 100
VERSION = "5"

_NOTES = """SELECT (SELECT sum(dead_nodes) FROM duckdb_eviction_queues()),
    (SELECT sum(memory_usage_bytes) FROM duckdb_memory() WHERE tag = 'BASE_TABLE')"""


class Store:
    """One columnar copy: `connection` writes, cursors of it read."""

    def __init__(self, path: Path | None, zone: str = "UTC") -> None:
        self.zone = zone
        self.path = path
        self.connection = _connected(path)
        self._memory_mb = memory_mb()
        self._readers = threading.Condition()
        self._reading = 0
        self._gives_way = False
        self._is_level = False
        if not self._has_tables():
            self.create()

    @contextmanager
    def reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor that sees the columns as they stand at one moment, whatever is written."""
        with self._readers:
            self._readers.wait_for(lambda: not self._gives_way)
            self._reading += 1
        try:
            with self.connection.cursor() as cursor:
                cursor.execute("BEGIN")
                yield cursor
        finally:
            with self._readers:
                self._reading -= 1
                self._readers.notify_all()

    def give_way_to(self, path: Path) -> None:
        """Put the closed copy at `path` in the place of this one, between two readers."""
        assert self.path is not None
        with self._readers:
            self._gives_way = True
            self._readers.wait_for(lambda: not self._reading)
        try:
            with suppress(duckdb.Error):  # a damaged one can not be put in order any more
                self.connection.close()
            remove_log(self.path)
            path.replace(self.path)
            self.connection = _connected(self.path)
            if self._is_level:
                self.keep_level()
        finally:
            with self._readers:
                self._gives_way = False
                self._readers.notify_all()

    @contextmanager
    def whole(self) -> Iterator[None]:
        """A transaction: all that is written inside, or nothing of it."""
        self.connection.execute("BEGIN")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def create(self) -> None:
        """Make the tables, empty, in place of any there are."""
        sql = "SELECT table_name FROM information_schema.tables"
        with self.whole():
            for (name,) in self.connection.execute(sql).fetchall():
                self.connection.execute(f"DROP TABLE {name}")
            for statement in schema.create_sql():
                self.connection.execute(statement)
            self.set_state("version", VERSION)
            self.set_state("zone", self.zone)

    def keep_small(self, most_mb: int = SMALL_MB, threads: int = 1) -> None:
        """Use less memory and more disk, beside others who need theirs."""
        self._memory_mb = min(most_mb, memory_mb())
        self._limit_memory()
        self.connection.execute(f"SET threads = {threads:d}")

    def keep_level(self) -> None:
        """Let memory rise and fall little while few rows come at a time, as beside a server."""
        self._is_level = True
        size = self.path.stat().st_size if self.path else 0
        limit = min(SELDOM, max(OFTEN, size // SHARE))
        self.connection.execute(f"SET wal_autocheckpoint = '{limit}B'")

    def let_go(self) -> bool:
        """Whether DuckDB forgot its notes of buffers that are gone, as they were many and nobody
        was reading. It does when memory is short, so it is told that it is; pages of the file go
        with them and are read again."""
        with self._readers:
            notes, cached = self.connection.execute(_NOTES).fetchall()[0]
            if self._reading or notes < MOST_NOTES or cached > SOON_READ:
                return False
            try:
                with suppress(duckdb.OutOfMemoryException):  # what is in use stays: no limit is set
                    self.connection.execute("SET memory_limit = '1B'")
            finally:
                self._limit_memory()
            return True

    def _limit_memory(self) -> None:
        self.connection.execute(f"SET memory_limit = '{self._memory_mb}MB'")

    def close(self) -> None:
        self.connection.close()

    def is_current(self) -> bool:
        """Whether the file was made by this version."""
        return self.state("version") == VERSION

    def keep_days_of(self, zone: str) -> bool:
        """Make the local days those of `zone`; whether they were not.

        Nothing but days and counts depends on the zone: every time is in UTC.
        """
        if self.state("zone") == zone:
            return False
        with self.whole():
            for table in ("interactions", "steps"):
                self.connection.execute(f"UPDATE {table} SET day = {local_day_sql(zone)}")
            counts.clear(self.connection)
            counts.add(self.connection, "interactions")
            self.set_state("zone", zone)
        self.zone = zone
        return True

    def _has_tables(self) -> bool:
        sql = "SELECT count(*) FROM information_schema.tables WHERE table_name = 'state'"
        return bool(_one(self.connection.execute(sql)))

    def state(self, name: str) -> str | None:
        """A remembered value, e.g. a watermark."""
        sql = "SELECT value FROM state WHERE name = ?"
        rows = self.connection.execute(sql, [name]).fetchall()
        return rows[0][0] if rows else None

    def set_state(self, name: str, value: object) -> None:
        """Remember a value; what is remembered already is not written, as each write is synced."""
        if self.state(name) == str(value):
            return
        sql = "INSERT OR REPLACE INTO state VALUES (?, ?)"
        self.connection.execute(sql, [name, str(value)])

    def watermark(self, name: str = "seq") -> int:
        """How far the log (seq), the words (words) or the links (links) have been copied."""
        return int(self.state(f"watermark.{name}") or 0)

    def set_watermark(self, name: str, value: int) -> None:
        self.set_state(f"watermark.{name}", value)

    def add_words(self, rows: list[tuple[int, str, str | None]]) -> None:
        """Words the log learnt; a declared fact among them gets its column."""
        if not rows:
            return
        table = pa.table(
            {
                "code": pa.array([row[0] for row in rows], pa.int32()),
                "field": pa.array([row[1] for row in rows], pa.string()),
                "text": pa.array([row[2] for row in rows], pa.string()),
            }
        )
        self._insert("words", table)
        for code, field, _ in rows:
            if sort := schema.FACT_SORTS.get(field):
                for name in ("interactions", "steps"):
                    column = f"fact_{int(code)}"
                    self.connection.execute(f"ALTER TABLE {name} ADD COLUMN {column} {sort}")

    def add_rows(self, rows: pa.Table) -> None:
        """Interactions in order of arrival. `count` comes after them, in the same transaction."""
        self._insert("interactions", rows, f", {local_day_sql(self.zone)} AS day")

    def count(self, since: int) -> None:
        """Count what came after `since` (a seq)."""
        counts.add(self.connection, f"(FROM interactions WHERE seq > {since:d})")

    def tidy_counts(self) -> None:
        """Add the counts up where many small copies have left many rows for one key."""
        for table in schema.COUNTS:
            tidy = int(self.state(f"tidy.{table}") or 0)
            if counts.is_worn(self.rows(table), tidy):
                counts.add_up(self.connection, table)
                self.set_state(f"tidy.{table}", self.rows(table))

    def repoint(self, customers: npt.NDArray[np.int64]) -> list[int]:
        """Give each identity (first of a row) its customer (second); the journeys this touches."""
        if not len(customers):
            return []
        table = pa.table({"identity": customers[:, 0], "customer": customers[:, 1]})
        self.connection.register("repointed", table)
        moved = """FROM repointed r WHERE interactions.identity = r.identity
                   AND interactions.customer <> r.customer"""
        touched = self.connection.execute(
            f"""SELECT DISTINCT unnest([journey, CASE WHEN journey > 0 THEN journey
                ELSE -r.customer END]) FROM interactions, repointed r
                WHERE {moved.split("WHERE")[1]}"""
        ).fetchall()
        self.connection.execute(
            f"""UPDATE interactions SET customer = r.customer,
                journey = CASE WHEN journey > 0 THEN journey ELSE -r.customer END {moved}"""
        )
        self.connection.unregister("repointed")
        return [row[0] for row in touched]

    def hide(self, sources: Iterable[int]) -> list[int]:
        """Leave out exactly the interactions of `sources` (undone imports); the sources whose
        state this changed."""
        wanted = set(sources)
        rows = self.connection.execute("SELECT source FROM hidden").fetchall()
        now = {row[0] for row in rows}
        if wanted != now:
            self.connection.execute("DELETE FROM hidden")
            self.connection.execute("INSERT INTO hidden SELECT unnest(?)", [sorted(wanted)])
        return sorted(wanted ^ now)

    def note_not_stored(self, counts: Mapping[str, int]) -> bool:
        """What came in and was not stored: reason to how many. Whether that is news."""
        noted = dict(self.connection.execute("SELECT reason, n FROM not_stored").fetchall())
        if noted == counts:
            return False
        self.connection.execute("DELETE FROM not_stored")
        for reason, n in counts.items():
            self.connection.execute("INSERT INTO not_stored VALUES (?, ?)", [reason, n])
        return True

    def rows(self, table: str) -> int:
        """How many rows a table of ours has."""
        return _one(self.connection.execute(f"SELECT count(*) FROM {table}"))

    def _insert(self, name: str, rows: pa.Table, also: str = "") -> None:
        # What is registered is let go of only when the transaction ends; this is at once.
        sql = f"INSERT INTO {name} BY NAME SELECT *{also} FROM arrived"
        self.connection.from_arrow(rows).query("arrived", sql)


def is_damage(error: duckdb.Error) -> bool:
    """Whether the file is what failed, not the question: a checksum (which DuckDB gives no class
    of its own), what can not be read, an engine that has given up."""
    damage = (
        duckdb.FatalException, duckdb.InternalException, duckdb.IOException,
        duckdb.SerializationException,
    )  # fmt: skip
    return type(error) is duckdb.Error or isinstance(error, damage)


def remove_log(path: Path) -> None:
    """Remove what DuckDB keeps beside a file of its own until it is in order."""
    path.with_name(f"{path.name}.wal").unlink(missing_ok=True)


def _connected(path: Path | None) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(
        str(path) if path else ":memory:",
        config={
            "memory_limit": f"{memory_mb()}MB",
            "threads": THREADS,
            "preserve_insertion_order": True,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "enable_external_access": path is not None,
        },
    )


def _one(cursor: duckdb.DuckDBPyConnection) -> int:
    return int(cursor.fetchall()[0][0])
