"""Order of seq is order of commit, whoever begins first and however long it takes."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from vivencia.columns.owner import try_to_own
from vivencia.interactions.append import append
from vivencia.interactions.database import open_database, wait_at_most
from vivencia.interactions.intake import writer as writers
from vivencia.interactions.intake.asgi import OWN_PATH
from vivencia.interactions.intake.writer import Submission, Writer
from vivencia.interactions.lexicon import Lexicon
from vivencia.interactions.record import Interaction
from vivencia.interactions.tests.intake_kit import Doors, new_key
from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import Busy

WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


def interactions(n: int) -> list[Interaction]:
    """Of nobody in particular, so that no customers are to be put in order."""
    return [
        Interaction(id=k.to_bytes(16, "big"), source="t", happened_at=k, body=k)
        for k in range(1, n + 1)
    ]


class Append:
    """One append in a transaction that is left open."""

    def __init__(self, data: DataDir, batch: list[Interaction]) -> None:
        self.database = open_database(data.database)
        wait_at_most(self.database, 60_000)  # however busy the machine is
        self._batch, self._data = batch, data

    def begin(self) -> None:
        self.database.execute("BEGIN IMMEDIATE")
        append(self.database, self._batch, Lexicon(self._data.derived("log")), 1)

    def commit(self) -> None:
        self.database.execute("COMMIT")
        self.database.close()


@pytest.fixture
def writer(data: DataDir) -> Iterator[Writer]:
    made = Writer(lambda: open_database(data.database), data.derived("log"))
    made.start()
    yield made
    made.stop()


def submit(writer: Writer, items: list[Interaction]) -> tuple[Submission, threading.Event]:
    done = threading.Event()
    submission = Submission(items, received_at=1, done=lambda _: done.set())
    writer.submit(submission)
    return submission, done


def until_somebody_waits(data: DataDir) -> None:
    watching = open_database(data.database)
    pause = threading.Event()
    while not watching.execute(WAITING).fetchone()[0]:
        pause.wait(0.01)
    watching.close()


def seqs(data: DataDir) -> dict[bytes, int]:
    database = open_database(data.database)
    try:
        return dict(database.execute("SELECT id, seq FROM interactions"))
    finally:
        database.close()


@pytest.mark.parametrize("first", [0, 1])
def test_the_second_waits_and_both_orders_are_projected(data: DataDir, first: int) -> None:
    one, two = interactions(20)[:10], interactions(20)[10:]
    begins, follows = (one, two) if first == 0 else (two, one)
    owner = try_to_own(data, "UTC")
    assert owner is not None
    opened, second = Append(data, begins), Append(data, follows)
    opened.begin()
    thread = threading.Thread(target=second.begin)
    thread.start()
    until_somebody_waits(data)
    assert owner.catch_up() == 0  # nothing is committed, so nothing is there
    opened.commit()
    thread.join()
    assert owner.catch_up() == 10
    second.commit()
    assert owner.catch_up() == 20
    owner.close()
    told = seqs(data)
    assert [told[each.id] for each in (*begins, *follows)] == list(range(1, 21))


def test_a_rollback_leaves_its_place_to_the_next(data: DataDir) -> None:
    opened, second = Append(data, interactions(2)[:1]), Append(data, interactions(2)[1:])
    opened.begin()
    opened.database.execute("ROLLBACK")
    second.begin()
    second.commit()
    assert list(seqs(data).values()) == [1]


def test_control_without_the_lock_two_take_the_same_seq(data: DataDir) -> None:
    opened, second = Append(data, interactions(2)[:1]), Append(data, interactions(2)[1:])
    for each in (opened, second):
        each.database.execute("BEGIN")
    append(opened.database, interactions(2)[:1], Lexicon(b"x" * 32), 1)
    failed: list[Exception] = []

    def follow() -> None:
        try:
            append(second.database, interactions(2)[1:], Lexicon(b"x" * 32), 1)
        except sqlite3.IntegrityError as error:
            failed.append(error)

    thread = threading.Thread(target=follow)
    thread.start()
    pause = threading.Event()
    watching = open_database(data.database)
    while not watching.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()[0]:
        pause.wait(0.01)
    watching.close()
    opened.commit()
    thread.join()
    assert failed
    second.database.close()


def test_past_its_patience_the_intake_says_come_back_and_heals(
    data: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writers, "_LOCK_PATIENCE_MS", 100)
    doors = Doors.__new__(Doors)
    doors.data, doors.settings, doors.key = data, {}, new_key(data)
    opened = Append(data, interactions(1))
    item = [{"id": "a", "kind": "k", "happened_at": 1}]
    with doors:
        opened.begin()
        refused = doors.send(item, OWN_PATH)
        assert refused.status == 503
        assert int(refused.headers["retry-after"]) > 0
        opened.commit()
        assert doors.send(item, OWN_PATH).statuses == ["stored"]


def test_a_stuck_transaction_is_ended_by_the_server(data: DataDir) -> None:
    stuck, second = Append(data, interactions(2)[:1]), Append(data, interactions(2)[1:])
    told = second.database.execute("SHOW idle_in_transaction_session_timeout").fetchone()
    assert told == ("20s",)
    stuck.begin()
    stuck.database.execute("SET idle_in_transaction_session_timeout = 200")
    second.begin()  # waits until the server has ended the first
    second.commit()
    with pytest.raises(sqlite3.OperationalError):
        stuck.database.execute("COMMIT")
    assert list(seqs(data)) == [interactions(2)[1].id]


def test_a_lost_connection_is_busy_and_heals(data: DataDir, writer: Writer) -> None:
    stored, done = submit(writer, interactions(3)[:1])
    assert done.wait(20)
    assert stored.error is None
    database = open_database(data.database)
    database.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    database.close()
    refused, done = submit(writer, interactions(3)[1:2])
    assert done.wait(20)
    assert isinstance(refused.error, Busy)
    stored, done = submit(writer, interactions(3)[1:2])
    assert done.wait(20)
    assert stored.error is None


def test_django_takes_the_lock_as_its_transaction_begins(data: DataDir) -> None:
    """What a room reads and then writes can not change in between."""
    program = """
import django; django.setup()
from django.db import connection, transaction
with transaction.atomic():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted")
        print(cursor.fetchone()[0])
"""
    environ = {**os.environ, "VIVENCIA_DATA": str(data.path)}
    told = subprocess.run(
        [sys.executable, "-c", program], env=environ, check=True, capture_output=True, text=True
    )
    assert told.stdout.strip() == "1"
