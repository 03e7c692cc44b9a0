"""Columns that follow a writer of very many rows say the same as those copied at once."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from vivencia.columns import arriving, following
from vivencia.columns import projector as projectors
from vivencia.columns.following import Following
from vivencia.columns.limits import COPYING_MB
from vivencia.columns.owner import Owner, try_to_own
from vivencia.columns.tests.made import interactions, write
from vivencia.columns.tests.test_columns import told
from vivencia.lib.datadir import DataDir

PART = 500


@pytest.fixture
def at_once(blank_installation: Path, tmp_path: Path) -> DataDir:
    path = tmp_path / "at_once"
    shutil.copytree(blank_installation, path)
    data = DataDir(path)
    write(data, interactions(6 * PART))
    return data


@pytest.fixture
def owner(installation: DataDir, monkeypatch: pytest.MonkeyPatch) -> Owner:
    monkeypatch.setattr(arriving, "PART", 25)
    monkeypatch.setattr(arriving, "BATCH", 100)
    monkeypatch.setattr(arriving, "GROUP", 300)
    owner = try_to_own(installation, "Europe/Madrid")
    assert owner is not None
    return owner


@pytest.mark.sqlite("it holds two installations at once; one process has one DATABASE_URL")
def test_following_and_catching_up_say_the_same(
    installation: DataDir, at_once: DataDir, owner: Owner
) -> None:
    made = interactions(6 * PART)
    write(installation, made[:PART])
    owner.catch_up()
    for start in range(PART, len(made), PART):
        write(installation, made[start : start + PART])
        owner.projector.follow()
        assert owner.store.state("steps") == "behind"
    owner.catch_up()
    owner.close()
    assert told(installation) == told(at_once)


@pytest.mark.sqlite("its page cache")
def test_following_bounds_both_memories(owner: Owner) -> None:
    log = owner.projector._open()
    assert log.execute("PRAGMA cache_size").fetchone() == (-projectors._SMALL_CACHE_KB,)
    for most, meant in (((COPYING_MB,), "61.0 MiB"), ((), "122.0 MiB")):  # 64 and 128 MB
        owner.store.keep_small(*most)
        limit = owner.store.connection.execute("SELECT current_setting('memory_limit')").fetchone()
        assert limit == (meant,)
    owner.close()


def test_only_whole_groups_are_copied_while_more_is_to_come(
    installation: DataDir, owner: Owner
) -> None:
    made = interactions(800)
    for start, after, stands_at in ((0, 299, 0), (299, 700, 600), (700, 800, 600)):
        write(installation, made[start:after])
        owner.projector.follow()
        assert owner.store.watermark() == stands_at
    assert owner.catch_up() == 800
    owner.close()


@pytest.mark.sqlite("it holds two installations at once; one process has one DATABASE_URL")
def test_following_cut_short_is_finished_by_the_next_owner(
    installation: DataDir, at_once: DataDir, owner: Owner
) -> None:
    made = interactions(6 * PART)
    write(installation, made[: 5 * PART])
    owner.projector.follow()
    owner.close()  # as if killed: its journeys were never put in order
    write(installation, made[5 * PART :])
    assert told(installation) == told(at_once)


@pytest.mark.sqlite("on PostgreSQL who moves is written before, under a lock")
def test_who_moves_is_in_the_log_before_the_columns_say_so(
    installation: DataDir, at_once: DataDir, owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    write(installation, interactions(6 * PART))
    owner.projector.follow()
    with monkeypatch.context() as broken:
        broken.setattr(projectors, "repoint", full)
        with pytest.raises(sqlite3.OperationalError, match="disk is full"):
            owner.catch_up()
    assert (owner.store.watermark("links"), owner.store.state("steps")) == (0, "behind")
    owner.catch_up()
    owner.close()
    assert told(installation) == told(at_once)


@pytest.mark.sqlite("it holds two installations at once; one process has one DATABASE_URL")
def test_a_process_follows_until_the_command_has_finished(
    installation: DataDir, at_once: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "WORTH_IT", 1)
    made = interactions(6 * PART)
    with Following(installation, "Europe/Madrid") as columns:
        columns.expect(0)
        assert not columns.finish()  # nobody was worth a process
    with Following(installation, "Europe/Madrid") as columns:
        columns.expect(len(made))
        columns.expect(len(made))
        write(installation, made)
        assert columns.finish()
    owner = try_to_own(installation, "Europe/Madrid")
    assert owner is not None
    assert owner.store.watermark() == len(made)
    assert owner.store.state("steps") == "done"
    owner.close()
    assert told(installation) == told(at_once)


def test_where_another_owns_the_columns_it_is_asked(
    installation: DataDir, owner: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "WORTH_IT", 1)
    with Following(installation) as columns:
        columns.expect(1)
        assert not columns.finish()
    owner.close()


def test_beside_a_server_little_waits_in_memory_before_and_after_a_rebuild(owner: Owner) -> None:
    def most_waiting() -> str:
        sql = "SELECT current_setting('wal_autocheckpoint')"
        return str(owner.store.connection.execute(sql).fetchall()[0][0])

    assert most_waiting() != "4.0 MiB"
    owner.store.keep_level()
    assert most_waiting() == "4.0 MiB"
    owner.rebuild()
    assert most_waiting() == "4.0 MiB"
    owner.close()
