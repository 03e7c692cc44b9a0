"""The write-ahead log begins anew, though somebody reads at every moment."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from vivencia.interactions import journal
from vivencia.interactions.database import open_file

pytestmark = pytest.mark.sqlite("its write-ahead log")
READ = "SELECT count(*) FROM t"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "a.db"
    with closing(open_file(path)) as connection:
        connection.execute("CREATE TABLE t (a BLOB)")
    return path


@pytest.fixture
def writer(database: Path) -> Iterator[sqlite3.Connection]:
    with closing(open_file(database)) as connection:
        connection.execute("PRAGMA wal_autocheckpoint=0")
        yield connection


@pytest.fixture(autouse=True)
def _soon_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "LARGE", 1 << 20)


def write(connection: sqlite3.Connection, megabytes: int) -> None:
    for _ in range(megabytes):
        connection.execute("INSERT INTO t VALUES (zeroblob(1 << 20))")


def in_use(connection: sqlite3.Connection) -> int:
    """Pages of the log, from its beginning to what was written last."""
    pages: int = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()[1]
    return pages


def may_write(path: Path) -> bool:
    """Whether the lock of writers is free now."""
    with closing(open_file(path)) as connection:
        connection.execute("PRAGMA busy_timeout=0")
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        connection.execute("ROLLBACK")
        return True


def _until(true: Callable[[], bool]) -> None:
    give_up = time.monotonic() + 120
    while not true():
        assert time.monotonic() < give_up
        time.sleep(0.01)


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(open_file(path, read_only=True)) as connection:
        connection.execute("BEGIN")
        connection.execute(READ)
        yield connection


def test_it_begins_anew_while_one_reader_follows_the_other(
    database: Path, writer: sqlite3.Connection
) -> None:
    with closing(open_file(database)) as keeper, ExitStack() as readers:
        keeper.execute("PRAGMA busy_timeout=20000")
        write(writer, 2)
        first = readers.enter_context(ExitStack())
        first.enter_context(reading(database))
        assert in_use(writer) > 256  # all of it taken in, and the first still reads from it
        found: list[bool] = []
        waiting = threading.Thread(target=lambda: found.append(journal.begin_anew(keeper)))
        waiting.start()
        _until(lambda: not may_write(database))
        readers.enter_context(reading(database))
        first.close()
        waiting.join()
        assert found == [True]
        write(writer, 1)
        assert in_use(writer) < 2 * 256 + 32


def test_control_by_itself_it_grows(database: Path, writer: sqlite3.Connection) -> None:
    with ExitStack() as before:
        for megabytes in range(1, 6):
            write(writer, 1)
            following = ExitStack()
            following.enter_context(reading(database))
            before.close()  # somebody reads at every moment
            before.enter_context(following)
            assert in_use(writer) > megabytes * 256


def test_who_reads_for_long_holds_no_writer_up(database: Path, writer: sqlite3.Connection) -> None:
    with closing(open_file(database)) as keeper, reading(database):
        keeper.execute("PRAGMA busy_timeout=60000")
        write(writer, 3)
        began = time.monotonic()
        assert not journal.begin_anew(keeper)
        assert time.monotonic() - began < 30
        write(writer, 1)
    assert journal.begin_anew(writer)


def test_beside_a_server_it_is_looked_after(
    database: Path, writer: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, begin_anew = list[bool](), journal.begin_anew
    monkeypatch.setattr(journal, "begin_anew", lambda one: begun.append(begin_anew(one)))
    with journal.kept_small(database):
        with reading(database):
            write(writer, 3)
            _until(lambda: False in begun)
        _until(lambda: True in begun)
