"""Bringing a file in, undoing it and taking the undo back: every write of imports. No Django.

One import at a time (a lock file). The file is read by a child process; rows enter the log in
transactions of 1,000 at most while a server runs, fewer on a slow machine, so that other doors do
not wait long; of 25,000 while none does. A killed import leaves whole ones behind: run again, it
goes on, and what is in already counts as duplicate.
"""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path

from vivencia.interactions.database import is_file, open_database, write
from vivencia.interactions.formats import Note
from vivencia.interactions.imports import reader, reading
from vivencia.interactions.imports.child import (
    At,
    Finished,
    Go,
    Job,
    Message,
    Piece,
    Surveyed,
    unpack,
)
from vivencia.interactions.imports.pace import ALONE, SERVED, Bound, paced
from vivencia.interactions.imports.reader import Reader
from vivencia.interactions.imports.storing import Storing
from vivencia.interactions.imports.undoing import (
    OtherMapping,
    append_redo,
    redo,
    retire,
    undo,
)
from vivencia.interactions.lexicon import Lexicon
from vivencia.interactions.mapping import Mapping
from vivencia.interactions.mapping.mapped import Refusal
from vivencia.interactions.record import Interaction
from vivencia.lib import errors
from vivencia.lib.alone import is_served
from vivencia.lib.clock import now_ms
from vivencia.lib.datadir import DataDir

__all__ = [
    "ImportResult", "OtherMapping", "Progress", "begin_reading", "redo", "run_import", "settle",
    "undo",
]  # fmt: skip

Report = Callable[["Progress"], None]

# Of the write-ahead log, 48 MB: pages of the indexes that one transaction after another touches
# go to the database once instead of every thousand rows.
_PAGES_KEPT = 12_000
_CACHE_KB = 48 << 10  # 64 MB are no quicker, and two processes beside this one need theirs
_REMEMBERED = 50_000  # names; whoever numbers them remembers as many
_NEXT_PIECE_S = 0.1  # as long as one is waited for; each transaction costs an fsync


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import is: `phase` "survey" (reading) or "store"; `total` rows once known.
    `key` is the import's, once it has one."""

    phase: str
    rows: int
    total: int | None
    share: float | None = None  # of the file's bytes, while it is first read
    key: int | None = None


@dataclass(slots=True)
class ImportResult:
    """What became of a file. `interactions` = stored + duplicate + all quarantined.

    `name` is the import's short id, None where the file was only tried.
    """

    name: str | None = None
    key: int | None = None
    rows: int = 0
    stored: int = 0
    duplicate: int = 0
    quarantined: dict[str, int] = field(default_factory=dict)
    without_value: int = 0
    redone: bool = False  # an undone import was taken back in
    overlap: int = 0  # rows also in unrelated imports
    notes: list[Note] = field(default_factory=list)
    examples: list[Refusal] = field(default_factory=list)
    preview: list[Interaction] = field(default_factory=list)  # of a trial
    same: int | None = None  # a trial: the undone or interrupted import it would take up again
    grows: bool = False  # a trial: the file is another version of one that is in

    @property
    def interactions(self) -> int:
        return self.stored + self.duplicate + sum(self.quarantined.values())

    def as_json(self) -> dict[str, object]:
        """The shape that scripts rely on."""
        return {
            "import": self.name,
            "rows": self.rows,
            "interactions": self.interactions,
            "stored": self.stored,
            "duplicate": self.duplicate,
            "quarantined": dict(sorted(self.quarantined.items())),
        }


def run_import(
    data: DataDir,
    path: Path | str,
    mapping: Mapping,
    *,
    name: str | None = None,
    by_user: int | None = None,
    dry_run: bool = False,
    report: Report | None = None,
    begun: Reader | None = None,
) -> ImportResult:
    """Bring `path` in and return what became of it, once everything is stored.

    Raises BadFile or BadMapping when nothing can be read, Conflict when the same content is in
    under another mapping, Busy while another import runs. `dry_run` reads and counts only.
    `begun` reads the file already (begin_reading).
    """
    with (
        _only_one(data),
        nullcontext(begun) if begun else begin_reading(data, path, mapping) as file,
    ):
        connection = open_database(data.database)
        if is_file(connection):
            connection.execute(f"PRAGMA wal_autocheckpoint = {_PAGES_KEPT}")
            connection.execute(f"PRAGMA cache_size = -{_CACHE_KB}")
        try:
            _mark_interrupted(connection)
            run = _Run(data, connection, mapping, report or (lambda _: None))
            return run.go(file, name or Path(path).name, by_user, dry_run=dry_run)
        finally:
            connection.close()


def begin_reading(
    data: DataDir, path: Path | str, mapping: Mapping
) -> AbstractContextManager[Reader]:
    """A process that goes through `path` a first time, which needs no database: whoever makes the
    tables ready meanwhile hands it to `run_import`."""
    job = Job(str(path), mapping.to_dict(), data.derived("rows"), data.derived("log"))
    return reader.reading(job)


class _Run:
    """One import, from the parent's side of the pipe."""

    def __init__(
        self, data: DataDir, connection: sqlite3.Connection, mapping: Mapping, report: Report
    ) -> None:
        self._data = data
        self._connection = connection
        self._mapping = mapping
        self._report = report
        self._lexicon = Lexicon(data.derived("log"), remembered=_REMEMBERED)
        self._result = ImportResult()
        self._quarantined: Counter[str] = Counter()
        self._together = 1  # pieces in one transaction
        self._source = ""
        self._storing: Storing | None = None  # none where the file is only tried

    def go(self, file: Reader, name: str, by_user: int | None, *, dry_run: bool) -> ImportResult:
        file.compare(reading.earlier(self._connection, self._data))
        surveyed = self._survey(file)
        if surveyed.place.refused_by is not None:
            raise OtherMapping(surveyed.place.refused_by)
        self._result.notes = surveyed.notes
        self._result.overlap = surveyed.place.overlap
        if dry_run:
            self._result.same = surveyed.place.same
            self._result.grows = surveyed.place.lineage is not None
            file.go(Go("import:trial", bytes(8), now_ms(), None))
            self._read_pieces(file, surveyed, None)
        else:
            self._bring_in(file, surveyed, name, by_user)
        return self._result

    def _bring_in(self, file: Reader, surveyed: Surveyed, name: str, by_user: int | None) -> None:
        key, uid = self._begin(surveyed, name, by_user)
        self._storing = Storing(self._connection, self._lexicon, self._source)
        rows_file = str(reading.rows_file(self._data, uid))
        file.go(Go(self._source, uid[:8], now_ms(), rows_file))
        try:
            self._read_pieces(file, surveyed, key)
        except BaseException:
            self._connection.rollback()  # of what was being written, or it takes this along
            self._end(key, "failed")
            raise
        self._end(key, "done")

    def _survey(self, file: Reader) -> Surveyed:
        while True:
            message = file.receive()
            if isinstance(message, Surveyed):
                return message
            if isinstance(message, At):
                share = message.at / message.size if message.size else None
                self._report(Progress("survey", message.rows, None, share))

    def _begin(self, surveyed: Surveyed, name: str, by_user: int | None) -> tuple[int, bytes]:
        """(key, uid) of the import, new or taken up again; its row is there from now on."""
        where = surveyed.place
        with write(self._connection):
            for key in where.retire:
                retire(self._connection, self._lexicon, key)
            if where.same is not None:
                key, uid = self._take_up(where.same)
            else:
                uid = uuid.uuid4().bytes
                self._source = f"import:{reading.short(uid)}"
                key = self._insert(surveyed, name, by_user, uid)
        self._result.name, self._result.key = reading.short(uid), key
        return key, uid

    def _insert(self, surveyed: Surveyed, name: str, by_user: int | None, uid: bytes) -> int:
        source = self._lexicon.code(self._connection, "source", self._source)
        where = surveyed.place
        row = self._connection.execute(
            """INSERT INTO imports (uid, name, file_digest, mapping, mapping_digest, lineage,
               ordinal, source, rows, interactions, stored, duplicates, quarantined, state,
               started_at, by_user, progress)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, '{}', 'running', ?, ?, '{}')
               RETURNING key""",
            (uid, name, surveyed.content, json.dumps(self._mapping.to_dict()),
             self._mapping.digest, where.lineage or uid, where.ordinal, source, surveyed.rows,
             now_ms(), by_user),
        ).fetchone()  # fmt: skip
        return int(row[0])

    def _take_up(self, key: int) -> tuple[int, bytes]:
        """Go on with an interrupted import, or take an undone one back in."""
        uid, state = self._connection.execute(
            "SELECT uid, state FROM imports WHERE key = ?", (key,)
        ).fetchone()
        self._source = f"import:{reading.short(uid)}"
        if state == "undone":
            self._result.redone = True
            append_redo(self._connection, self._lexicon, key, uid)
        else:
            sql = "DELETE FROM quarantine WHERE import_key = ? AND state = 'waiting'"
            self._connection.execute(sql, (key,))
            sql = "UPDATE imports SET started_at = ?, progress = '{}' WHERE key = ?"
            self._connection.execute(sql, (now_ms(), key))
        self._connection.execute("UPDATE imports SET state = 'running' WHERE key = ?", (key,))
        return key, uid

    def _read_pieces(self, file: Reader, surveyed: Surveyed, key: int | None) -> None:
        """Take everything the reading process makes; `key` None: count only."""
        waiting: list[Piece] = []
        message: Message | None = None
        while not isinstance(message, Finished):
            message = file.receive(_NEXT_PIECE_S if waiting else None)
            if isinstance(message, Piece):
                self._count(message)
                if key is None:
                    self._try(message)
                else:
                    waiting.append(message)
            if key is not None and waiting and self._is_enough(waiting, message):
                self._keep(waiting, key)
                waiting = []
            if isinstance(message, Piece):
                self._report(Progress("store", message.rows, surveyed.rows, key=key))
        self._result.rows = message.rows
        self._result.without_value = message.without_value
        self._result.quarantined = dict(self._quarantined)

    def _is_enough(self, waiting: list[Piece], newest: Message | None) -> bool:
        """Whether what waits is to be written now: a transaction is full, or nothing follows."""
        return len(waiting) >= self._together or newest is None or isinstance(newest, Finished)

    def _count(self, piece: Piece) -> None:
        self._result.duplicate += piece.known
        self._quarantined.update(piece.known_refused)
        self._quarantined.update(one.reason for one in piece.refused)
        self._result.rows = piece.rows
        if len(self._result.examples) < reading.MOST_EXAMPLES:
            self._result.examples += piece.refused[: reading.MOST_EXAMPLES]

    def _try(self, piece: Piece) -> None:
        self._result.stored += piece.n
        self._result.preview += piece.shown

    def _keep(self, pieces: list[Piece], key: int) -> None:
        """Write what waits, in one transaction unless a server has been started meanwhile."""
        alone = is_file(self._connection) and not is_served(self._data)
        bound = ALONE if alone else SERVED
        for start in range(0, len(pieces), bound.most):
            self._commit(pieces[start : start + bound.most], key, bound)

    def _commit(self, pieces: list[Piece], key: int, bound: Bound) -> None:
        """One transaction: interactions into the log, refusals into the quarantine."""
        at = now_ms()
        with write(self._connection):
            began = time.monotonic()  # others wait from here on
            for piece in pieces:
                self._store(piece, at)
            self._connection.executemany(
                """INSERT INTO quarantine
                   (raw, reason, detail, door, import_key, received_at, state)
                   VALUES (?, ?, ?, ?, ?, ?, 'waiting')""",
                [
                    (one.raw.encode(), one.reason, _detail(one), self._source, key, at)
                    for piece in pieces
                    for one in piece.refused
                ],
            )
            self._save_counts(key)
        if len(pieces) >= min(self._together, bound.most):
            self._together = paced(len(pieces), time.monotonic() - began, bound)

    def _store(self, piece: Piece, at: int) -> None:
        if self._storing is not None and piece.coded:
            stored = self._storing.store(unpack(piece.coded), at)
            self._result.stored += stored
            self._result.duplicate += piece.n - stored

    def _save_counts(self, key: int) -> None:
        """What became of it so far; an import taken back in keeps what it brought at first."""
        result = self._result
        if result.redone:
            return
        self._connection.execute(
            """UPDATE imports SET interactions = ?, stored = ?, duplicates = ?, quarantined = ?,
               progress = ? WHERE key = ?""",
            (result.stored + result.duplicate + sum(self._quarantined.values()), result.stored,
             result.duplicate, json.dumps(self._quarantined),
             json.dumps({"rows": result.rows, "at": now_ms()}), key),
        )  # fmt: skip

    def _end(self, key: int, state: str) -> None:
        with write(self._connection):
            self._save_counts(key)
            self._connection.execute(
                "UPDATE imports SET state = ?, finished_at = ? WHERE key = ?",
                (state, now_ms(), key),
            )


# ── pieces of these ──────────────────────────────────────────────────────────


def settle(data: DataDir) -> None:
    """Say of imports that were killed that they were interrupted; leave a running one alone."""
    with suppress(errors.Busy), _only_one(data):
        connection = open_database(data.database)
        try:
            _mark_interrupted(connection)
        finally:
            connection.close()


def _mark_interrupted(connection: sqlite3.Connection) -> None:
    """We hold the lock, so whatever says it runs was killed."""
    with write(connection):
        connection.execute("UPDATE imports SET state = 'failed' WHERE state = 'running'")


def _detail(one: Refusal) -> str:
    """Which row and column, never the value."""
    return json.dumps({"row": one.number, "column": one.column}, ensure_ascii=False)


@contextmanager
def _only_one(data: DataDir) -> Iterator[None]:
    """Hold the lock of imports; Busy if another holds it."""
    with (data.path / "import.lock").open("w") as file:
        os.fchmod(file.fileno(), 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise errors.Busy(
                es="Ya hay una importación en marcha. Espera a que acabe y vuelve a intentarlo.",
                en="An import is already running. Wait until it ends and try again.",
                reason="import_running",
            ) from None
        yield
