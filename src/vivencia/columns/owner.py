"""The one owner of the columns: it holds the file, keeps it up to date and answers the others.

Whoever holds the lock on owner.lock owns the columns: the running server, else the command that
asks. The kernel drops the lock when the process ends, however it ends.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import socket
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import duckdb
import pyarrow as pa

from vivencia.columns import analyses, pace, wire
from vivencia.columns.filters import Filters
from vivencia.columns.projector import Projector
from vivencia.columns.standing import AtHand
from vivencia.columns.store import Store, is_damage, remove_log
from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import Busy, VivenciaError
from vivencia.lib.memory import give_back

if TYPE_CHECKING:
    from vivencia.columns.outside.asked import Outsides
    from vivencia.columns.spark.engines import Engines

logger = logging.getLogger(__name__)
T = TypeVar("T")

_PATIENCE_S = 5.0  # for damaged columns to be made anew
_MEND_AGAIN_S = 60.0  # no sooner: what fails them may be the disk
_LETS_GO_EVERY_S = 10.0
_REMEMBERED_ANSWERS = 128
_LARGEST_REMEMBERED = 4 << 20


class Owner:
    """The columns of one installation, open in this process."""

    def __init__(self, data: DataDir, lock: int, zone: str) -> None:
        self._lock = lock
        self._data = data
        self.store = _opened(data, zone)
        self.projector = Projector(self.store, data.database)
        self.at_hand = AtHand(self.store, self.projector)
        self._answers: OrderedDict[str, dict[str, pa.Table]] = OrderedDict()
        self._answers_lock = threading.Lock()
        self._answers_at = -1
        self._bulk = False
        self._followed_at = float("-inf")  # when the last catch-up began
        self._stop = threading.Event()
        self._listener: socket.socket | None = None
        self._threads: list[threading.Thread] = []
        self._clients: set[socket.socket] = set()
        self._mending: threading.Thread | None = None
        self._mending_lock = threading.Lock()
        self._far: Engines | None = None
        self._outsides: Outsides | None = None
        self._engines_lock = threading.Lock()
        self._mend_from = float("-inf")

    def ask(self, name: str, filters: Filters, **parameters: Any) -> dict[str, pa.Table]:
        """The tables of one analysis over the columns as they stand."""
        return self._mended(lambda: self._ask(name, filters, parameters))

    def catch_up(self) -> int:
        """Copy what the log has learnt; the seq the columns now stand at."""
        self._followed_at = time.monotonic()
        return self._mended(self.projector.catch_up)

    def keep_up(self) -> None:
        """Copy what the log has learnt, or let more of it gather while much comes in."""
        waiting = self._mended(self.projector.waiting)
        if pace.is_due(waiting, time.monotonic() - self._followed_at):
            self.catch_up()

    def rebuild(self) -> int:
        """Copy the whole log again, beside the columns that answer meanwhile."""
        return self.projector.rebuild()

    def _ask(self, name: str, filters: Filters, parameters: dict[str, Any]) -> dict[str, pa.Table]:
        key = analyses.cache_key(name, filters.as_dict(), parameters)
        stands_at = self.projector.generation
        remembered = self._remembered(key, stands_at)
        if remembered is not None:
            return remembered
        tables = self.at_hand.answer(name, filters, parameters)
        if tables is None:
            tables = analyses.answer(self.store, name, filters, parameters)
        self._remember(key, stands_at, tables)
        return tables

    def _mended(self, work: Callable[[], T]) -> T:
        """What `work` gives. Where the file fails it, the columns are made anew from the log and
        it is done again; Busy if that takes longer than anybody waits."""
        try:
            return work()
        except duckdb.Error as error:
            if not is_damage(error):
                raise
            mending = self._mending_for(error)
        mending.join(_PATIENCE_S)
        try:
            if not mending.is_alive():
                return work()
        except duckdb.Error:
            logger.exception("the columns made anew can not be read either")
        raise Busy(
            es="Las cifras se están rehaciendo desde el registro, donde no falta nada. Vuelve a "
            "intentarlo en un minuto.",
            en="The figures are being made anew from the log, where nothing is missing. Try again "
            "in a minute.",
            reason="rebuilding",
        )

    def _mending_for(self, error: duckdb.Error) -> threading.Thread:
        """The mending under way or just ended, else one that begins."""
        with self._mending_lock:
            if self._mending is None or time.monotonic() >= self._mend_from:
                logger.error("the columns are damaged, and made anew: %s", error)
                self._mending = threading.Thread(target=self._mend, daemon=True)
                self._mending.start()
            return self._mending

    def _mend(self) -> None:
        """Keep the damaged file aside for whoever wants to look, and make another."""
        aside = self._data.columns.with_name(f"{self._data.columns.name}.unreadable")
        try:
            aside.unlink(missing_ok=True)
            aside.hardlink_to(self._data.columns)
            self.projector.rebuild()
        except Exception:
            logger.exception("the columns could not be made anew")
        self._mend_from = time.monotonic() + _MEND_AGAIN_S

    def serve(self, *, bulk: bool = False) -> None:
        """Answer other processes and, as the server does, keep catching up by itself; beside a
        writer of very many rows (`bulk`) only as `Projector.follow()` does."""
        self._bulk = bulk
        self._listen()
        for work in (self._accept, self._keep_up, *(() if bulk else (self._keep_ready,))):
            thread = threading.Thread(target=work, name=f"columns{work.__name__}", daemon=True)
            thread.start()
            self._threads.append(thread)

    def close(self) -> None:
        """Let go: the next one who asks may own the columns."""
        self._stop.set()
        if self._listener is not None:
            self._data.owner_socket.unlink(missing_ok=True)
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
        for client in list(self._clients):
            with contextlib.suppress(OSError):  # it has gone by itself meanwhile
                client.shutdown(socket.SHUT_RDWR)
        if self._far is not None:
            self._far.close()
        for thread in self._threads:
            thread.join(timeout=10)
        self.projector.close()
        self.store.close()
        os.close(self._lock)

    def _remembered(self, key: str, stands_at: int) -> dict[str, pa.Table] | None:
        with self._answers_lock:
            if self._answers_at != stands_at:
                self._answers.clear()
                self._answers_at = stands_at
            found = self._answers.get(key)
            if found is not None:
                self._answers.move_to_end(key)
            return found

    def _remember(self, key: str, stands_at: int, tables: dict[str, pa.Table]) -> None:
        if sum(table.nbytes for table in tables.values()) > _LARGEST_REMEMBERED:
            return
        with self._answers_lock:
            if self._answers_at == stands_at == self.projector.generation:
                self._answers[key] = tables
                while len(self._answers) > _REMEMBERED_ANSWERS:
                    self._answers.popitem(last=False)

    def _listen(self) -> None:
        path = self._data.owner_socket
        path.unlink(missing_ok=True)
        address, folder = wire.short_address(path)
        listener = socket.socket(socket.AF_UNIX)
        before = os.umask(0o177)
        try:
            listener.bind(address)
        finally:
            os.umask(before)
            os.close(folder)
        listener.listen(64)
        self._listener = listener

    def _accept(self) -> None:
        assert self._listener is not None
        while not self._stop.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        self._clients.add(connection)
        with connection:
            try:
                while not self._stop.is_set():
                    self._answer_one(connection, wire.receive_question(connection))
            except (ValueError, OSError):  # the other side went away, or spoke nonsense
                pass
            self._clients.discard(connection)

    def _answer_one(self, connection: socket.socket, question: dict[str, Any]) -> None:
        try:
            wire.send_answer(connection, self.put(question))
        except VivenciaError as error:
            wire.send_error(connection, error)
        except Exception as error:
            wire.send_error(
                connection,
                VivenciaError(
                    es=f"El análisis ha fallado: {error}", en=f"The analysis failed: {error}"
                ),
            )

    def put(self, question: dict[str, Any]) -> dict[str, pa.Table]:
        """The answer to a question in the form it travels in."""
        match question["do"]:
            case "ask":
                filters = Filters.from_dict(question["filters"])
                return self.ask(question["name"], filters, **question["parameters"])
            case "engine":
                return self._engines().put(question)
            case "outside":
                return self._tables_outside().put(question, self.store.zone)
            case "rebuild":
                return {"stands_at": pa.table({"seq": [self.rebuild()]})}
            case _:
                return {"stands_at": pa.table({"seq": [self.catch_up()]})}

    def _engines(self) -> Engines:
        """The way to another engine, opened by the first who asks for it."""
        with self._engines_lock:
            if self._far is None:
                from vivencia.columns.spark.engines import Engines  # noqa: PLC0415 (few need it)

                self._far = Engines()
            return self._far

    def _tables_outside(self) -> Outsides:
        """The way to tables outside the log, likewise."""
        with self._engines_lock:
            if self._outsides is None:
                from vivencia.columns.outside.asked import Outsides  # noqa: PLC0415

                self._outsides = Outsides()
            return self._outsides

    def _keep_up(self) -> None:
        lets_go_at = 0.0
        while not self._stop.wait(pace.TICK_S):
            try:
                self._mended(self.projector.follow) if self._bulk else self.keep_up()
                if time.monotonic() >= lets_go_at:
                    lets_go_at = time.monotonic() + _LETS_GO_EVERY_S
                    with self.projector.at_rest():
                        self.store.let_go()
                    give_back()
            except Exception:  # whatever it is: tried again at the next tick
                logger.exception("the columns could not follow the log; trying again")

    def _keep_ready(self) -> None:
        self.at_hand.keep_ready(self._stop)


def _opened(data: DataDir, zone: str) -> Store:
    """The copy, or an empty one where its file can not be read: all of it is in the log."""
    try:
        return Store(data.columns, zone)
    except duckdb.Error:
        aside = data.columns.with_name(f"{data.columns.name}.unreadable")
        logger.exception("the columns can not be read; set aside as %s and made anew", aside.name)
        data.columns.replace(aside)
        remove_log(data.columns)
        return Store(data.columns, zone)


def try_to_own(data: DataDir, zone: str) -> Owner | None:
    """The owner in this process, or None while another process is."""
    lock = os.open(data.owner_lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    os.ftruncate(lock, 0)
    os.write(lock, str(os.getpid()).encode())
    try:
        return Owner(data, lock, zone)
    except BaseException:
        os.close(lock)  # who could not open the columns does not own them
        raise


def start_owner(data: DataDir, zone: str = "UTC") -> Owner | None:
    """The server's owner, listening and keeping up; None while another process owns them."""
    owner = try_to_own(data, zone)
    if owner is not None:
        owner.projector.try_to_catch_up()  # what can not be copied must not keep the doors shut
        owner.serve()
    return owner
