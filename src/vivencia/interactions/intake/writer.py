"""The one thread that commits what the doors bring.

Waiting requests are grouped into one transaction, so that one fsync answers them all
(synchronous=FULL: nobody is answered before the disk has it). A group stays under 50 ms, since
Django's own writes wait for it. Nothing is lost without a word: what can not be stored now is
refused with Busy, and the next group tries afresh, so that a full disk or a locked database heals
by itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import queue
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from vivencia.interactions.append import Fate, append
from vivencia.interactions.database import is_file, wait_at_most
from vivencia.interactions.intake.door import SetAside
from vivencia.interactions.intake.refusals import REFUSALS
from vivencia.interactions.lexicon import Lexicon
from vivencia.interactions.record import Interaction
from vivencia.lib.errors import Busy, VivenciaError
from vivencia.lib.pace import Pace
from vivencia.lib.sqlite.turn import next_in_line

log = logging.getLogger(__name__)

MOST_WAITING = 20_000  # interactions in memory before senders are asked to wait
MOST_SET_ASIDE = 10_000  # items one key may have waiting in the quarantine
# … or fewer, at the pace of late: who was taken is answered within a second, though that pace
# may drop to a third meanwhile.
LONGEST_WAIT_S = 0.3
FEWEST_WAITING = 2_000  # a machine that stalls for a moment is not overloaded yet
_CHECKPOINT_S = 0.25  # between two takings of the write-ahead log into the database
_LOCK_PATIENCE_MS = 5_000
_USE_NOTED_MS = 60_000  # a key's last use is written down this often
_ROOM_OF_ROWS = 8  # interactions that a room's own rows weigh as much as
# Writes rows of its own room; what it returns is appended with the submission's items.
Also = Callable[[sqlite3.Connection], Sequence[Interaction] | None]


class Submission:
    """What one request brings, and later its fates or the error that refused it."""

    __slots__ = (
        "also", "api_key", "done", "door", "error", "fates", "following", "items", "loop",
        "raws", "received_at",
    )  # fmt: skip

    def __init__(
        self,
        items: Sequence[Interaction | SetAside],
        *,
        received_at: int,
        done: Callable[[Submission], None] | None = None,
        loop: asyncio.AbstractEventLoop | None = None,
        door: str = "",
        api_key: int | None = None,
        raws: Callable[[], list[bytes]] | None = None,
        also: Also | None = None,
    ) -> None:
        """When all is committed or refused, `done` is called in `loop`, or in the writer's thread
        where there is none. `raws` gives the items' bytes as they came, for a conflict. `also`
        writes rows of its own room, in a savepoint, before the items are appended, and returns
        the interactions that follow from those rows: they enter with the items. If it raises a
        VivenciaError, this submission alone is rolled back and refused with it. After a passing
        failure it is called again, so it keeps nothing but its own result."""
        self.items = items
        self.done = done
        self.loop = loop
        self.received_at = received_at
        self.door = door
        self.api_key = api_key
        self.raws = raws
        self.also = also
        self.following: Sequence[Interaction] = ()
        self.fates: list[Fate | SetAside] = []
        self.error: Exception | None = None

    @property
    def weight(self) -> int:
        """How much of a group's room it takes."""
        return (len(self.items) or 1) + (_ROOM_OF_ROWS if self.also else 0)


def busy(reason: str) -> Busy:
    """Come back later, said in both languages."""
    refusal = REFUSALS[reason]
    return Busy(es=refusal.es, en=refusal.en, reason=reason)


class Writer:
    """Start it, submit from any thread, stop it: what was taken is committed before it ends."""

    def __init__(
        self,
        open_connection: Callable[[], sqlite3.Connection],
        secret: bytes,
        *,
        most_waiting: int = MOST_WAITING,
    ) -> None:
        self._open = open_connection
        self._lexicon = Lexicon(secret)
        self._most_waiting = most_waiting
        self._queue: queue.SimpleQueue[Submission | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._waiting = 0
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="intake-writer", daemon=True)
        self._connection: sqlite3.Connection | None = None
        self._pace = Pace(80e-6)
        # The whole of it, with waiting for the interpreter's lock; at first all there is room for.
        self._rounds = Pace(LONGEST_WAIT_S / MOST_WAITING)
        self._checkpointed_at = 0.0
        self._set_aside: dict[int, int] = {}  # by key, as last counted
        self._use_noted: dict[int, int] = {}  # by key, the moment last written down

    def start(self) -> None:
        self._thread.start()

    def stop(self, patience_s: float = 10.0) -> bool:
        """Take no more, commit what was taken; False if that took longer than `patience_s`."""
        with self._lock:
            self._stopping = True
        self._queue.put(None)
        self._thread.join(patience_s)
        return not self._thread.is_alive()

    @property
    def waiting(self) -> int:
        """Interactions taken and not yet committed."""
        return self._waiting

    def submit(self, submission: Submission) -> None:
        """Take a request, whole where there is room for any of it: its body has been read, which
        costs more than keeping it. Raises Busy when draining, or with too much waiting already."""
        n = len(submission.items) or 1
        with self._lock:
            if self._stopping:
                raise busy("draining")
            if self._waiting >= self._places:
                raise busy("overloaded")
            self._waiting += n
        self._queue.put(submission)

    @property
    def is_stopping(self) -> bool:
        """Whether it takes no more, however much room there is."""
        return self._stopping

    def has_room(self, coming: int = 0) -> bool:
        """Whether a request would be taken, whatever it brings, once `coming` interactions are
        here that are still being read."""
        return not self._stopping and self._waiting + coming < self._places

    @property
    def _places(self) -> int:
        """How many interactions may wait: a slow disk takes fewer, so that none waits long."""
        at_this_pace = int(LONGEST_WAIT_S / self._rounds.each_s)
        return min(self._most_waiting, max(FEWEST_WAITING, at_this_pace))

    # ── the thread ───────────────────────────────────────────────────────────

    def _run(self) -> None:
        while (first := self._queue.get()) is not None:
            began = time.perf_counter()
            group, last = self._gather(first)
            for submission in group:
                submission.fates = []
            try:
                self._commit_group(group)
            except Exception as error:  # a mistake of ours must not leave senders waiting
                log.exception("the intake writer failed on a group")
                for submission in group:
                    submission.error = submission.error or error
            n = sum(len(one.items) or 1 for one in group)
            with self._lock:
                self._waiting -= n
            _answer(group)
            self._checkpoint()
            self._rounds.learn(n, time.perf_counter() - began)
            if last:
                break
        if self._connection is not None:
            self._connection.close()

    def _gather(self, first: Submission) -> tuple[list[Submission], bool]:
        """(a group that fits one transaction, whether the end of the queue was met)."""
        room = self._pace.room - first.weight
        group = [first]
        while room > 0:
            try:
                following = self._queue.get_nowait()
            except queue.Empty:
                break
            if following is None:
                return group, True
            group.append(following)
            room -= following.weight
        return group, False

    def _commit_group(self, group: list[Submission]) -> None:
        room = self._pace.room
        large = [one for one in group if len(one.items) > room and one.also is None]
        for submission in large:
            self._commit_in_parts(submission, room)
        rest = [one for one in group if one not in large] if large else group
        if rest:
            self._commit(rest)

    def _commit_in_parts(self, submission: Submission, room: int) -> None:
        """A batch too large for one transaction. Parts committed before a refusal stay: sent
        again they are duplicates."""
        items, fates = submission.items, []
        for start in range(0, len(items), room):
            submission.items = items[start : start + room]
            submission.fates = []
            self._commit([submission], start)
            fates += submission.fates
            if submission.error:
                break
        submission.items, submission.fates = items, fates

    def _commit(self, group: list[Submission], start: int = 0) -> None:
        """One transaction for all; each submission has its fates or its error afterwards.

        `start` is where the only submission's items begin in its request.
        """
        try:
            connection = self._ready_connection()
            with next_in_line(_LOCK_PATIENCE_MS / 1000):
                connection.execute("BEGIN IMMEDIATE")
            began = time.perf_counter()
            self._write(connection, group, start)
            written_s = time.perf_counter() - began
            connection.execute("COMMIT")
            self._pace.learn(sum(len(one.items) for one in group), written_s)
        except Exception as error:
            self._give_up()
            if _passing(error):
                log.warning("the intake can not commit for now: %s", error)
                for submission in group:
                    submission.error = busy("unavailable")
            elif len(group) > 1:  # a request may have caused it: it shall harm itself alone
                for submission in group:
                    self._commit([submission])
            else:
                self._keep_whole(group[0], error, start)

    def _keep_whole(self, submission: Submission, error: Exception, start: int) -> None:
        """What no check foresaw: the request's items go to the quarantine as they came."""
        log.error("a request could not be written", exc_info=error)
        raws = submission.raws() if submission.raws else []
        if not raws or all(isinstance(item, SetAside) for item in submission.items):
            submission.error = error
            return
        here = raws[start : start + len(submission.items)]
        submission.items = [SetAside(raw, "unstorable") for raw in here]
        self._commit([submission], start)

    def _ready_connection(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = self._open()
            wait_at_most(self._connection, _LOCK_PATIENCE_MS)
            if is_file(self._connection):
                self._connection.execute("PRAGMA wal_autocheckpoint=0")  # see _checkpoint
        return self._connection

    def _checkpoint(self) -> None:
        """Take the write-ahead log into the database now and then, once the answers are out:
        within a commit it would hold up those who wait for it."""
        now = time.monotonic()
        if self._connection is None or now - self._checkpointed_at < _CHECKPOINT_S:
            return
        if not is_file(self._connection):
            return
        self._checkpointed_at = now
        try:
            self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        except sqlite3.Error as error:  # all is in the log all the same
            log.warning("the write-ahead log waits: %s", error)

    def _give_up(self) -> None:
        """Back to before the transaction; the next one starts afresh, on a connection of its own.
        The old one may be of no use for ever: what SQLite could not open for writing, for one
        moment, it has opened for reading only, without a word."""
        self._lexicon.forget()
        self._set_aside.clear()
        self._use_noted.clear()
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(sqlite3.Error):
                connection.close()

    # ── inside the transaction ───────────────────────────────────────────────

    def _write(
        self, connection: sqlite3.Connection, group: Iterable[Submission], start: int
    ) -> None:
        counted: Counter[str] = Counter()
        self._note_use(connection, {one.api_key for one in group if one.api_key})
        admitted = [
            one
            for one in group
            if self._may_set_aside(connection, one) and _rows_written(connection, one)
        ]
        self._append(connection, admitted)
        for submission in admitted:
            self._count_and_keep(connection, submission, start, counted)
        connection.executemany(
            "INSERT INTO counters (name, n) VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET n = counters.n + excluded.n",
            counted.items(),
        )

    def _note_use(self, connection: sqlite3.Connection, keys: Iterable[int]) -> None:
        """When each key was last used, to the minute."""
        now = _now()
        for key in keys:
            if now - self._use_noted.get(key, 0) >= _USE_NOTED_MS:
                sql = "UPDATE people_apikey SET last_used_at = ? WHERE id = ?"
                connection.execute(sql, (now, key))
                self._use_noted[key] = now

    def _append(self, connection: sqlite3.Connection, group: list[Submission]) -> None:
        """The interactions of all in one call; the fates dealt out again."""
        wanted = [
            item
            for one in group
            for item in (*one.items, *one.following)
            if isinstance(item, Interaction)
        ]
        fates = iter(append(connection, wanted, self._lexicon, _now()))
        for submission in group:
            submission.fates = [
                next(fates) if isinstance(item, Interaction) else item for item in submission.items
            ]
            for _ in submission.following:
                next(fates)

    def _count_and_keep(
        self,
        connection: sqlite3.Connection,
        submission: Submission,
        start: int,
        counted: Counter[str],
    ) -> None:
        """Count what became of each item; those set aside are kept with their bytes."""
        stored = submission.fates.count(Fate.stored)
        if stored:
            counted["intake.stored"] += stored
        if stored == len(submission.fates):
            return
        rows = []
        if Fate.id_conflict in submission.fates:
            _set_conflicts_aside(submission, start)
        for fate in submission.fates:
            if isinstance(fate, SetAside):
                rows.append((fate.raw, fate.reason, fate.detail, submission.door,
                             submission.api_key, submission.received_at))  # fmt: skip
                counted[f"quarantine.{fate.reason}"] += 1
            elif fate is not Fate.stored:
                counted[f"intake.{fate.value}"] += 1
        if rows:
            connection.executemany(
                "INSERT INTO quarantine (raw, reason, detail, door, api_key, received_at, state)"
                " VALUES (?, ?, ?, ?, ?, ?, 'waiting')",
                rows,
            )
            if submission.api_key is not None:
                known = self._set_aside.get(submission.api_key)
                if known is not None:
                    self._set_aside[submission.api_key] = known + len(rows)

    def _may_set_aside(self, connection: sqlite3.Connection, submission: Submission) -> bool:
        """Whether the key has room in the quarantine for what this request would put there."""
        key = submission.api_key
        n = sum(isinstance(item, SetAside) for item in submission.items)
        if key is None or n == 0:
            return True
        if self._set_aside.get(key, MOST_SET_ASIDE) + n > MOST_SET_ASIDE:
            count = "SELECT count(*) FROM quarantine WHERE api_key = ? AND state = 'waiting'"
            self._set_aside[key] = connection.execute(count, (key,)).fetchone()[0]
        if self._set_aside[key] + n > MOST_SET_ASIDE:
            submission.error = busy("quarantine_full")
            return False
        return True


def _rows_written(connection: sqlite3.Connection, submission: Submission) -> bool:
    """Whether the rows of its own room could be written; without any there is nothing to do."""
    submission.following, submission.error = (), None
    if submission.also is None:
        return True
    connection.execute("SAVEPOINT one")
    try:
        submission.following = submission.also(connection) or ()
    except VivenciaError as error:
        connection.execute("ROLLBACK TO one")
        submission.error = error
    connection.execute("RELEASE one")
    return submission.error is None


def _set_conflicts_aside(submission: Submission, start: int) -> None:
    raws = submission.raws() if submission.raws else []
    for place, fate in enumerate(submission.fates):
        if fate is Fate.id_conflict:
            raw = raws[start + place] if raws else b""
            submission.fates[place] = SetAside(raw, Fate.id_conflict.value, "id")


def _passing(error: Exception) -> bool:
    """Whether the database's state is to blame (locked, full, I/O), not what was written."""
    return isinstance(error, sqlite3.OperationalError) or type(error) is sqlite3.DatabaseError


def _now() -> int:
    return time.time_ns() // 1_000_000


def _answer(group: Iterable[Submission]) -> None:
    """Tell whoever waits: one call into each event loop for all its requests of the group."""
    waiting: dict[asyncio.AbstractEventLoop, list[Submission]] = {}
    for submission in group:
        if submission.loop is not None:
            waiting.setdefault(submission.loop, []).append(submission)
        elif submission.done is not None:
            submission.done(submission)
    for loop, submissions in waiting.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_tell, submissions)


def _tell(submissions: Iterable[Submission]) -> None:
    for submission in submissions:
        try:
            if submission.done is not None:
                submission.done(submission)
        except Exception:  # one answer that fails shall not cost the others theirs
            log.exception("an answer of the intake could not be given")
