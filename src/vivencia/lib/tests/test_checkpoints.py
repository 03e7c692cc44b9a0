"""The write-ahead log is taken in between transactions, and by itself again afterwards."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest

from vivencia.lib import checkpoints

pytestmark = pytest.mark.sqlite("its write-ahead log")


@pytest.fixture
def database(tmp_path: Path) -> sqlite3.Connection:
    made = sqlite3.connect(tmp_path / "some.sqlite3", isolation_level=None)
    made.execute("PRAGMA journal_mode=WAL")
    made.execute("CREATE TABLE some (n)")
    return made


def taken_in(database: sqlite3.Connection) -> bool:
    """Whether the table's file, without its log, has the rows."""
    name = database.execute("PRAGMA database_list").fetchone()[2]
    with sqlite3.connect(f"file:{name}?immutable=1", uri=True) as alone:
        try:
            return bool(alone.execute("SELECT count(*) FROM some").fetchone()[0])
        except sqlite3.OperationalError:  # not even the table
            return False


def test_it_is_taken_in_when_called_and_not_before(
    database: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    with checkpoints.seldom(database) as checkpoint:
        database.execute("INSERT INTO some VALUES (1)")
        checkpoint()
        assert not taken_in(database), "too soon after it began"
        monkeypatch.setattr(checkpoints, "EVERY_S", 0.0)
        checkpoint()
        assert taken_in(database)


def test_afterwards_it_is_as_before_also_when_the_work_failed(database: sqlite3.Connection) -> None:
    before = _by_itself(database)
    with contextlib.suppress(ZeroDivisionError), checkpoints.seldom(database):
        assert _by_itself(database) == 0
        raise ZeroDivisionError
    assert _by_itself(database) == before


def _by_itself(database: sqlite3.Connection) -> int:
    pages: int = database.execute("PRAGMA wal_autocheckpoint").fetchone()[0]
    return pages
