"""The writer: groups, its own rooms' rows, a locked or full disk, overload, a clean stop."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
import time
from collections.abc import Iterator

import pytest

from vivencia.interactions.append import Fate
from vivencia.interactions.database import open_database
from vivencia.interactions.intake import writer as writers
from vivencia.interactions.intake.door import SetAside
from vivencia.interactions.intake.writer import Also, Submission, Writer
from vivencia.interactions.record import Interaction
from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import Busy, Conflict
from vivencia.lib.pace import Pace
from vivencia.lib.sqlite.turn import next_in_line

PATIENCE_S = 300  # only a hang takes as long


@pytest.fixture
def writer(installation: DataDir) -> Iterator[Writer]:
    made = Writer(lambda: open_database(installation.database), b"s" * 32)
    yield made
    if made._thread.is_alive():
        made.stop()


def interactions(start: int, n: int) -> list[Interaction]:
    return [
        Interaction(id=k.to_bytes(16, "big"), source="t", happened_at=k, body=k)
        for k in range(start, start + n)
    ]


def submit(
    writer: Writer, items: list[Interaction | SetAside], also: Also | None = None, **more: object
) -> tuple[Submission, threading.Event]:
    done = threading.Event()
    submission = Submission(
        items, received_at=1, also=also, done=lambda _: done.set(), **more  # type: ignore[arg-type]
    )  # fmt: skip
    writer.submit(submission)
    return submission, done


def count(installation: DataDir, table: str = "interactions") -> int:
    found = open_database(installation.database).execute(f"SELECT count(*) FROM {table}")
    return found.fetchone()[0]


def test_use_of_a_key_is_noted_once_a_minute(writer: Writer, installation: DataDir) -> None:
    database = open_database(installation.database)
    database.execute(
        "INSERT INTO people_apikey (id, name, prefix, mac, scopes, verified, created_at)"
        " VALUES (7, 'shop', 'abcdEFGH', '', 'intake', false, 0)"
    )
    used = "SELECT last_used_at FROM people_apikey"
    writer.start()
    assert submit(writer, interactions(1, 1), api_key=7)[1].wait(PATIENCE_S)
    first = database.execute(used).fetchone()[0]
    assert abs(time.time() * 1000 - first) < 5_000
    time.sleep(0.005)
    assert submit(writer, interactions(2, 1), api_key=7)[1].wait(PATIENCE_S)
    assert database.execute(used).fetchone()[0] == first
    writer._use_noted[7] -= 60_001
    assert submit(writer, interactions(3, 1), api_key=7)[1].wait(PATIENCE_S)
    assert database.execute(used).fetchone()[0] > first


def test_waiting_requests_share_a_commit(writer: Writer, installation: DataDir) -> None:
    commits: list[int] = []
    whole = writer._commit
    writer._commit = lambda group, start=0: (commits.append(len(group)), whole(group, start))[1]
    waits = [submit(writer, interactions(n * 10, 10)) for n in range(15)]
    writer.start()
    for submission, done in waits:
        assert done.wait(PATIENCE_S)
        assert submission.fates == [Fate.stored] * 10
    assert commits == [15]
    assert count(installation) == 150
    assert writer.waiting == 0


def test_a_room_of_its_own_commits_with_the_group_or_is_refused_alone(
    writer: Writer, installation: DataDir
) -> None:
    open_database(installation.database).execute("CREATE TABLE votes (n INTEGER UNIQUE)")

    def vote(connection: sqlite3.Connection) -> None:
        try:
            connection.execute("INSERT INTO votes VALUES (1)")
        except sqlite3.IntegrityError:
            raise Conflict(es="Ya votó.", en="Voted already.") from None

    first, _ = submit(writer, interactions(1, 1), vote)
    second, _ = submit(writer, interactions(2, 1), vote)
    third, done = submit(writer, interactions(3, 1))
    writer.start()
    assert done.wait(PATIENCE_S)
    assert (first.error, first.fates, third.fates) == (None, [Fate.stored], [Fate.stored])
    assert isinstance(second.error, Conflict)
    assert (count(installation), count(installation, "votes")) == (2, 1)


def test_what_follows_from_a_rooms_rows_is_in_the_log_with_them(
    writer: Writer, installation: DataDir
) -> None:
    open_database(installation.database).execute("CREATE TABLE answers (n INTEGER)")

    def answer(connection: sqlite3.Connection) -> list[Interaction]:
        connection.execute("INSERT INTO answers VALUES (1)")
        return interactions(7, 2)

    def refuse(connection: sqlite3.Connection) -> list[Interaction]:
        answer(connection)
        raise Conflict(es="Ya respondió.", en="Answered already.")

    taken, _ = submit(writer, [], answer)
    refused, _ = submit(writer, interactions(1, 1), refuse)
    plain, done = submit(writer, interactions(2, 1))
    writer.start()
    assert done.wait(PATIENCE_S)
    assert (taken.error, taken.fates, plain.fates) == (None, [], [Fate.stored])
    assert isinstance(refused.error, Conflict)
    assert (count(installation), count(installation, "answers")) == (3, 1)


def test_a_large_batch_is_committed_in_parts(
    writer: Writer, installation: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "_pace", Pace(1.0, least=64))
    items: list[Interaction | SetAside] = [*interactions(1, 150), *interactions(1, 2)]
    items.insert(70, SetAside(b"{}", "bad_time"))
    submission, done = submit(writer, items)
    writer.start()
    assert done.wait(PATIENCE_S)
    assert submission.fates.count(Fate.stored) == 150
    assert submission.fates[-2:] == [Fate.duplicate] * 2
    assert submission.fates[70] == SetAside(b"{}", "bad_time")
    assert (count(installation), count(installation, "quarantine")) == (150, 1)


def test_what_no_check_foresaw_harms_its_own_request_alone(
    writer: Writer, installation: DataDir
) -> None:
    poison = interactions(9, 1)
    poison[0].score = 2**70  # SQLite takes no such integer
    good, _ = submit(writer, interactions(1, 3))
    bad, done = submit(writer, list(poison), raws=lambda: [b'{"as":"it came"}'])
    writer.start()
    assert done.wait(PATIENCE_S)
    assert good.fates == [Fate.stored] * 3
    assert bad.fates == [SetAside(b'{"as":"it came"}', "unstorable")]
    assert (count(installation), count(installation, "quarantine")) == (3, 1)


def test_a_locked_database_is_busy_and_heals(
    writer: Writer, installation: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writers, "_LOCK_PATIENCE_MS", 50)
    other = open_database(installation.database)
    other.execute("BEGIN IMMEDIATE")
    writer.start()
    refused, done = submit(writer, interactions(1, 1))
    assert done.wait(PATIENCE_S)
    assert isinstance(refused.error, Busy)
    other.execute("ROLLBACK")
    stored, done = submit(writer, interactions(1, 1))
    assert done.wait(PATIENCE_S)
    assert stored.fates == [Fate.stored]


@pytest.mark.sqlite("it opens what it can not write for reading")
def test_a_file_that_could_not_be_opened_for_writing_once_heals(installation: DataDir) -> None:
    at_first = iter([True])
    writer = Writer(
        lambda: open_database(installation.database, read_only=next(at_first, False)), b"s" * 32
    )
    writer.start()
    refused, done = submit(writer, interactions(1, 1))
    assert done.wait(PATIENCE_S)
    assert isinstance(refused.error, Busy)
    stored, done = submit(writer, interactions(1, 1))
    assert done.wait(PATIENCE_S)
    assert stored.fates == [Fate.stored]
    writer.stop()


@pytest.mark.sqlite("its pragma fills the disk")
def test_a_full_disk_is_busy_and_heals(installation: DataDir) -> None:
    with contextlib.closing(open_database(installation.database)) as database:
        pages = database.execute("PRAGMA page_count").fetchone()[0]
    room = [pages, 1_073_741_823]  # SQLite's own "disk is full", and then no more

    def opened() -> sqlite3.Connection:
        connection = open_database(installation.database)
        connection.execute(f"PRAGMA max_page_count={room[0]}")
        return connection

    writer = Writer(opened, b"s" * 32)
    writer.start()
    refused, done = submit(writer, [*interactions(10, 2000)])
    assert done.wait(PATIENCE_S)
    assert isinstance(refused.error, Busy)
    del room[0]
    stored, done = submit(writer, [*interactions(10, 2000)])
    assert done.wait(PATIENCE_S)
    assert stored.error is None
    assert set(stored.fates) <= {Fate.stored, Fate.duplicate}
    assert count(installation) == 2000
    writer.stop()


def test_too_much_waiting_is_refused_at_once(installation: DataDir) -> None:
    writer = Writer(lambda: open_database(installation.database), b"s" * 32, most_waiting=100)
    submit(writer, interactions(1, 90))
    assert writer.has_room()  # so the next is read, and what was read is taken
    submit(writer, interactions(100, 20))
    assert not writer.has_room()
    with pytest.raises(Busy) as refused:
        submit(writer, interactions(200, 1))
    assert refused.value.reason == "overloaded"
    writer.start()
    writer.stop()
    assert count(installation) == 110


def test_a_page_that_wants_to_write_comes_before_the_next_group(
    writer: Writer, installation: DataDir
) -> None:
    writer.start()
    with next_in_line():
        _, done = submit(writer, interactions(1, 10))
        assert not done.wait(0.2)
        assert count(installation) == 0
    assert done.wait(PATIENCE_S)
    assert count(installation) == 10


def test_stopping_commits_what_was_taken_and_takes_no_more(
    writer: Writer, installation: DataDir
) -> None:
    waits = [submit(writer, interactions(n * 100, 100)) for n in range(30)]
    writer.start()
    assert writer.stop()
    assert all(done.is_set() and not one.error for one, done in waits)
    assert count(installation) == 3000
    with pytest.raises(Busy) as refused:
        submit(writer, interactions(1, 1))
    assert refused.value.reason == "draining"


def test_one_keys_quarantine_has_a_limit_and_is_told(
    writer: Writer, installation: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writers, "MOST_SET_ASIDE", 5)
    writer.start()
    bad: list[Interaction | SetAside] = [SetAside(b"x", "bad_time")] * 4
    kept, done = submit(writer, bad, api_key=1)
    assert done.wait(PATIENCE_S)
    refused, done = submit(writer, bad, api_key=1)
    assert done.wait(PATIENCE_S)
    other, done = submit(writer, bad, api_key=2)
    assert done.wait(PATIENCE_S)
    assert (kept.error, other.error) == (None, None)
    assert isinstance(refused.error, Busy)
    assert refused.error.reason == "quarantine_full"
    open_database(installation.database).execute("UPDATE quarantine SET state = 'replayed'")
    again, done = submit(writer, bad, api_key=1)
    assert done.wait(PATIENCE_S)
    assert again.error is None


def test_a_transaction_stays_short(writer: Writer, installation: DataDir) -> None:
    """Django waits for the write lock no longer than a group lasts, and a group is as large as
    its pace allows (lib/tests/test_pace.py), and what begins in that room; see bench/intake.py."""
    groups: list[tuple[int, int]] = []
    whole = writer._commit

    def noted(group: list[Submission], start: int = 0) -> None:
        groups.append((sum(len(one.items) for one in group), writer._pace.room))
        whole(group, start)

    writer._commit = noted
    waits = [submit(writer, interactions(n * 500, 500)) for n in range(20)]
    writer.start()
    assert all(done.wait(PATIENCE_S) for _, done in waits)
    assert sum(size for size, _ in groups) == 10_000
    assert all(size < room + 500 for size, room in groups)
