"""Connections to SQLite are kept for whoever comes next, but none that is not at rest."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import DatabaseError, connections

from vivencia.lib.sqlite import base
from vivencia.lib.sqlite.base import DatabaseWrapper
from vivencia.lib.sqlite.turn import next_in_line

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite("its own backend")]


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    path = tmp_path / "a.sqlite3"
    kept = base._Kept()
    monkeypatch.setattr(base, "_kept", kept)
    with sqlite3.connect(path) as made:
        made.execute("CREATE TABLE a (n)")
        made.executemany("INSERT INTO a VALUES (?)", [(n,) for n in range(9)])
    made.close()
    yield path
    kept.close()


def opened(path: Path) -> DatabaseWrapper:
    """Django's connection to this file, as a thread of its own has it."""
    options = {"init_command": "PRAGMA busy_timeout=7;PRAGMA secure_delete=ON"}
    told = {**connections["default"].settings_dict, "NAME": path, "OPTIONS": options}
    found = DatabaseWrapper(told, "other")
    found.ensure_connection()
    return found


def kept_after(path: Path, happening: Callable[[DatabaseWrapper], object]) -> bool:
    """Whether the next one gets the connection in which this happened."""
    first = opened(path)
    was = first.connection
    left = happening(first)
    first.close()
    following = opened(path)
    is_kept = following.connection is was
    following.close()
    del left
    return is_kept


def test_the_next_thread_gets_it_with_its_pragmas_set_anew(file: Path) -> None:
    def uses(first: DatabaseWrapper) -> None:
        with first.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout=20000")
            cursor.execute("SELECT count(*) FROM a")
            assert cursor.fetchall() == [(9,)]

    assert kept_after(file, uses)
    with opened(file).cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        assert cursor.fetchall() == [(7,)]


def test_two_at_once_have_each_their_own(file: Path) -> None:
    first, second = opened(file), opened(file)
    assert first.connection is not second.connection
    first.close()
    second.close()


def test_one_half_read_is_not_kept(file: Path) -> None:
    """It would show the next one the past, and hold the write-ahead log."""

    def reads(first: DatabaseWrapper) -> object:
        cursor = first.connection.cursor()
        cursor.execute("SELECT n FROM a")
        cursor.fetchone()
        return cursor

    assert not kept_after(file, reads)


def test_one_in_a_transaction_is_not_kept_and_nothing_of_it_stays(file: Path) -> None:
    def writes(first: DatabaseWrapper) -> None:
        first.connection.execute("BEGIN")
        first.connection.execute("DELETE FROM a")

    assert not kept_after(file, writes)
    with opened(file).cursor() as cursor:
        assert cursor.execute("SELECT count(*) FROM a").fetchone() == (9,)


def test_one_that_met_an_error_is_not_kept(file: Path) -> None:
    def fails(first: DatabaseWrapper) -> None:
        with pytest.raises(DatabaseError), first.cursor() as cursor:
            cursor.execute("SELECT n FROM nowhere")

    assert not kept_after(file, fails)


def replace(path: Path) -> None:
    """Put another database, with other tables, in this one's place."""
    beside = path.with_name("b.sqlite3")
    with sqlite3.connect(beside) as made:
        made.execute("CREATE TABLE b (n)")
    made.close()
    beside.replace(path)


def test_another_file_of_the_same_name_is_another(file: Path) -> None:
    first = opened(file)
    first.close()
    replace(file)
    with opened(file).cursor() as cursor:
        assert cursor.execute("SELECT count(*) FROM b").fetchone() == (0,)


def test_one_whose_file_is_replaced_while_it_is_open_is_not_taken_for_one_of_the_new(
    file: Path,
) -> None:
    assert not kept_after(file, lambda _: replace(file))
    with opened(file).cursor() as cursor:
        assert cursor.execute("SELECT count(*) FROM b").fetchone() == (0,)


def test_few_are_kept(file: Path) -> None:
    many = [opened(file) for _ in range(base._MOST + 3)]
    for one in many:
        one.close()
    assert len(base._kept._idle) == base._MOST


def stands_in_line(work: Callable[[], object], done: threading.Event) -> threading.Thread:
    """The thread of `work`, which comes to `done` only when nobody stands before it."""
    thread = threading.Thread(target=work)
    with next_in_line():
        thread.start()
        assert not done.wait(0.2)
    assert done.wait(60)
    return thread


def test_who_wants_to_write_stands_in_line_until_they_begin(file: Path) -> None:
    begun, let_go = threading.Event(), threading.Event()

    def write() -> None:
        one = opened(file)
        one.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
        begun.set()
        let_go.wait(60)
        one.rollback()
        one.set_autocommit(True)
        one.close()

    thread = stands_in_line(write, begun)
    with next_in_line(60):  # free again, though the transaction goes on
        let_go.set()
    thread.join(60)


@pytest.mark.parametrize("many", [False, True])
def test_a_statement_that_writes_on_its_own_stands_in_line_too(file: Path, many: bool) -> None:
    written = threading.Event()

    def write() -> None:
        one = opened(file)
        with one.cursor() as cursor:
            if many:
                cursor.executemany("INSERT INTO a VALUES (%s)", [(10,), (11,)])
            else:
                cursor.execute("UPDATE a SET n = %s WHERE n = %s", (10, 1))
        written.set()
        one.close()

    thread = stands_in_line(write, written)
    thread.join(60)


def test_who_reads_or_is_in_a_transaction_stands_in_no_line(file: Path) -> None:
    one = opened(file)
    one.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
    with next_in_line(), one.cursor() as cursor:
        cursor.execute("INSERT INTO a VALUES (10)")
        cursor.execute("SELECT count(*) FROM a")
        assert cursor.fetchone() == (10,)
    one.rollback()
    one.set_autocommit(True)
    with next_in_line(), one.cursor() as cursor:
        assert cursor.execute("SELECT count(*) FROM a").fetchone() == (9,)
    one.close()
