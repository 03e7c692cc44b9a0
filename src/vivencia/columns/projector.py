"""Bringing the columns up to the log: by watermark, exactly once, at any time again.

new evidence  -> customers (customers/resolve.py, in the database)
new words     -> words
new rows      -> interactions, daily
what changed  -> steps of the journeys touched
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import pyarrow as pa

import vivencia.customers.kinds  # noqa: F401  (declares what nobody lives through)
from vivencia.columns import arriving, steps
from vivencia.columns.changes import Changes
from vivencia.columns.schema import FACT_SORTS
from vivencia.columns.store import Store, remove_log
from vivencia.columns.superseding import settle
from vivencia.customers.resolve import ALONE, Repointed, reach, repoint, resolve
from vivencia.interactions.database import is_file, open_database
from vivencia.interactions.imports.reading import hidden_sources
from vivencia.interactions.kinds import known
from vivencia.lib.postgres.lost import is_lost
from vivencia.people.organisation import chosen

logger = logging.getLogger(__name__)

_LINKS = 500_000  # of evidence taken in at once: a few tens of megabytes
_SMALL_CACHE_KB = 8 << 10  # of the log, which is read once, from one end to the other

_NOT_STORED = """SELECT reason, count(*) FROM quarantine WHERE state = 'waiting' GROUP BY reason
UNION ALL SELECT name, n FROM counters WHERE name = 'duplicate'"""


class Projector:
    """Copies one database into one store. Safe to call from several threads."""

    def __init__(self, store: Store, database: Path) -> None:
        self.store = store
        self._path = database
        self._database: sqlite3.Connection | None = None
        self._lock = threading.RLock()
        self._fact_sorts: dict[int, str] = {}
        self._seen: object = -1
        self._zone = store.zone
        self._follows = False  # a writer of very many rows, beside whom there is no server
        # What waits to be put in order: journeys copied or moved, or all of them.
        self._touched: list[pa.Array] = []
        self._redo_all = False
        self.generation = 0  # grows with every change of the columns
        self.changes = Changes(store)

    def try_to_catch_up(self) -> None:
        """Catch up as far as possible; what is in the way now is tried again at the next tick.

        Whatever that is: whoever calls this must go on living.
        """
        try:
            self.catch_up()
        except Exception:
            logger.exception("the columns could not follow the log; trying again")

    def catch_up(self) -> int:
        """Copy all that is committed; the seq the columns now stand at."""
        with self._lock:
            database = self._ready()
            version = database.execute(_version(database)).fetchone()[0]
            if version != self._seen:
                moved_days = self._follow_the_clock(database)
                # Most commits are not about the columns: that a page was read is written down too.
                if self._copy_all(database) or moved_days:
                    self.generation += 1
                # Our own writes (customers) do not change data_version on this connection.
                self._seen = version
            return self.store.watermark()

    @contextmanager
    def at_rest(self) -> Iterator[None]:
        """Nothing is being copied meanwhile."""
        with self._lock:
            yield

    def waiting(self) -> int:
        """How many interactions are in the log and not in the columns."""
        with self._lock:
            return _newest(self._ready()) - self.store.watermark()

    def follow(self) -> None:
        """Copy what a writer of very many rows has committed, whole groups at a time: each is
        compressed and written once. The next `catch_up()` copies the rest, finds out whose they
        are, for which the writer would have to wait, and puts journeys in order: after each copy
        that would take longer than it."""
        with self._lock:
            database = self._ready()
            newest = _newest(database)
            if newest - self.store.watermark() < arriving.GROUP:
                return
            self._follows = True
            self._follow_the_clock(database)
            self._redo_all = self._must_redo_all()
            while newest - self.store.watermark() >= arriving.GROUP:
                self._touched.append(self._copy(database, newest))
            self.generation += 1
            self._seen = -1

    def _ready(self) -> sqlite3.Connection:
        database = self._open()
        if not self.store.is_current():
            self._begin_anew()
        return database

    def _follow_the_clock(self, database: sqlite3.Connection) -> bool:
        """Days in the organisation's zone; in that the columns were opened with while it has not
        chosen one. An owner that follows another knows nothing but what stands here. Whether days
        had to be made anew."""
        organisation = chosen(database)
        return self.store.keep_days_of(organisation.time_zone if organisation else self._zone)

    def _copy_all(self, database: sqlite3.Connection) -> bool:
        """Whether anything of what was committed changed the columns."""
        self._redo_all = self._must_redo_all()
        # What arrives meanwhile waits for the next round: a door that never rests would otherwise
        # keep the journeys from ever being put in order.
        newest = _newest(database)
        evidence = self._newest_evidence(database)
        self._copy_rows(database, newest)
        changed = self._settle(database, evidence)
        self._touched, self._redo_all = [], False
        return changed

    def _newest_evidence(self, database: sqlite3.Connection) -> Repointed:
        """The last of the evidence that is new; all before it is taken in."""
        find = reach if self._is_alone(database) else resolve
        while True:
            evidence = find(database, self.store.watermark("links"), _LINKS)
            if not evidence.more:
                return evidence
            with self.store.whole(), self._moving(database, evidence):
                self._touched.append(self._take_in(evidence))
                self.store.set_state("steps", "behind")

    def _is_alone(self, database: sqlite3.Connection) -> bool:
        return self._follows and is_file(database)

    @contextmanager
    def _moving(self, database: sqlite3.Connection, evidence: Repointed) -> Iterator[None]:
        """After many rows those who move are many: they are written into the log's tables while the
        columns are put in order, on another processor, and are there when this ends."""
        if not self._is_alone(database):
            yield
            return
        with ThreadPoolExecutor(1) as beside:
            moving = beside.submit(repoint, database, evidence.moved, ALONE)
            yield
            moving.result()

    def _must_redo_all(self) -> bool:
        """Whether an earlier copy was cut short, so that nobody knows what it touched."""
        return self._redo_all or (not self._touched and self.store.state("steps") == "behind")

    def _copy_rows(self, database: sqlite3.Connection, newest: int) -> None:
        while self.store.watermark() < newest:
            self._touched.append(self._copy(database, newest))

    def _take_in(self, evidence: Repointed) -> pa.Array:
        """Move who the evidence moves; the journeys this touches. In the caller's transaction."""
        moved = self.store.repoint(evidence.identities)
        self.store.set_watermark("links", evidence.watermark)
        return pa.array(moved, pa.int64())

    def rebuild(self) -> int:
        """Copy the whole log again; the seq the columns then stand at.

        It is copied beside the columns, which go on answering until the new ones take their
        place. Meanwhile they do not follow the log, whose customers only one may put in order.
        """
        assert self.store.path is not None
        beside = self.store.path.with_name(f"{self.store.path.name}.new")
        with self._lock:
            beside.unlink(missing_ok=True)  # of a rebuild that was cut short
            remove_log(beside)
            store = Store(beside, self.store.zone)
            copying = Projector(store, self._path)
            try:
                copying.catch_up()
            finally:
                copying.close()
                store.close()
            self.store.give_way_to(beside)
            self._fact_sorts = {}
            self._touched, self._redo_all = [], False
            self._seen = -1
            self.generation += 1
            return self.catch_up()

    def close(self) -> None:
        with self._lock:
            if self._database is not None:
                self._database.close()
                self._database = None

    def _open(self) -> sqlite3.Connection:
        if self._database is None or is_lost(self._database):
            self._database = open_database(self._path)
            if is_file(self._database):
                self._database.execute(f"PRAGMA cache_size = -{_SMALL_CACHE_KB}")
        return self._database

    def _begin_anew(self) -> None:
        self.store.create()
        self._fact_sorts = {}
        self._touched, self._redo_all = [], False
        self.generation += 1

    def _copy(self, database: sqlite3.Connection, newest: int) -> pa.Array:
        """Copy of those up to `newest` what enters in one transaction; the journeys it touched."""
        store, since = self.store, self.store.watermark()
        touched: list[pa.Array] = []
        with store.whole():
            self._copy_words(database)
            batches = arriving.batches(database, since, newest, self._fact_sorts)
            most = arriving.GROUP if self._follows else arriving.BATCH
            for rows in islice(batches, most // arriving.BATCH):
                store.add_rows(rows)
                touched += rows["journey"].chunks
            store.count(since)
            settle(store.connection, since)
            store.set_watermark("seq", rows["seq"][-1].as_py())
            store.set_state("steps", "behind")
        return pa.concat_arrays(touched)

    def _copy_words(self, database: sqlite3.Connection) -> None:
        sql = "SELECT code, field, text FROM words WHERE code > ? ORDER BY code"
        rows = database.execute(sql, (self.store.watermark("words"),)).fetchall()
        if rows:
            self.store.add_words(rows)
            self.store.set_watermark("words", rows[-1][0])
        if rows or not self._fact_sorts:
            listed = ", ".join(f"'{sort}'" for sort in FACT_SORTS)
            sql = f"SELECT code, field FROM words WHERE field IN ({listed})"
            self._fact_sorts = dict(database.execute(sql).fetchall())

    def _settle(self, database: sqlite3.Connection, evidence: Repointed) -> bool:
        """What follows from the rows just copied: merges, undone imports, order of journeys.
        Whether the columns are others than before."""
        hidden = hidden_sources(database)
        counts = dict(database.execute(_NOT_STORED).fetchall())
        store = self.store
        with store.whole(), self._moving(database, evidence):
            moved = self._take_in(evidence)
            redo_all = bool(store.hide(hidden)) or self._redo_all
            noted = store.note_not_stored(counts)
            self._redo_steps([*self._touched, moved], redo_all=redo_all)
            if self._touched:
                store.tidy_counts()
            store.set_state("steps", "done")
        return bool(self._touched or len(moved) or redo_all or noted)

    def _redo_steps(self, touched: list[pa.Array], *, redo_all: bool) -> None:
        rows = sum(len(journeys) for journeys in touched)
        if not rows and not redo_all:
            return
        connection, unlived = self.store.connection, self._unlived()
        if redo_all or steps.are_worn(connection, rows):
            steps.rebuild(connection, unlived)
            self.changes.note_all()
        else:
            every = pa.table({"journey": pa.chunked_array(touched)})
            journeys = every.group_by("journey").aggregate([])
            steps.refresh(connection, journeys, unlived)
            self.changes.note(journeys)

    def _unlived(self) -> list[int]:
        names = [kind.name for kind in known().values() if not kind.lived]
        sql = "SELECT code FROM words WHERE field = 'kind' AND text IN (SELECT unnest(?))"
        return [row[0] for row in self.store.connection.execute(sql, [names]).fetchall()]


def _version(database: sqlite3.Connection) -> str:
    """What tells, asked now and later, whether anybody committed meanwhile."""
    if is_file(database):
        return "PRAGMA data_version"
    return "SELECT pg_current_snapshot()::text"  # which transactions had ended


def _newest(database: sqlite3.Connection) -> int:
    row = database.execute("SELECT coalesce(max(seq), 0) FROM interactions").fetchone()
    return int(row[0])
