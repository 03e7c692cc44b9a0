"""The engine of the columns takes as much memory as it may and keeps no notes for ever."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from vivencia.columns import limits, store
from vivencia.columns.store import Store
from vivencia.lib.errors import Broken

FEW_MB = limits.LEAST_MB
MILLION = 10**6
# Numbers that no compression makes smaller: 96 MB of them in the file.
MUCH = "CREATE TABLE much AS SELECT hash(i) a, hash(-i) b, hash(7 * i) c FROM range(4000000) t(i)"


def held_after_reading(path: Path) -> float:
    """MB the engine holds once everything in its file was read."""
    store = Store(path)
    store.connection.execute(MUCH)
    store.connection.execute("CHECKPOINT")
    store.connection.execute("SELECT bit_xor(a), bit_xor(b), bit_xor(c) FROM much").fetchall()
    sql = "SELECT sum(memory_usage_bytes) FROM duckdb_memory()"
    held = store.connection.execute(sql).fetchall()[0][0]
    store.close()
    return float(held) / MILLION


def test_beyond_the_limit_it_lets_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(limits.MEMORY, str(FEW_MB))
    assert held_after_reading(tmp_path / "columns.duckdb") <= FEW_MB


def test_control_with_the_usual_limit_it_keeps_what_it_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(limits.MEMORY, raising=False)
    assert held_after_reading(tmp_path / "columns.duckdb") > FEW_MB


@pytest.mark.parametrize("said", ["1GB", "63", "-80", "1000001", "80.5"])
def test_what_can_not_be_a_limit_is_refused(said: str) -> None:
    with pytest.raises(Broken, match=limits.MEMORY):
        limits.memory_mb({limits.MEMORY: said})


def test_nothing_said_is_the_usual() -> None:
    assert limits.memory_mb({}) == limits.memory_mb({limits.MEMORY: ""}) == limits.USUAL_MB


@pytest.fixture
def used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """Columns that were asked often, with far fewer notes allowed than that leaves."""
    monkeypatch.setattr(store, "MOST_NOTES", 500)
    columns = Store(tmp_path / "columns.duckdb")
    for number in range(300):
        with columns.reading() as cursor:
            sql = "SELECT i, row_number() OVER (PARTITION BY i % 3 ORDER BY i) FROM range(?) t(i)"
            cursor.execute(sql, [10 + number]).fetchall()
    yield columns
    columns.close()


def notes(columns: Store) -> int:
    sql = "SELECT sum(dead_nodes) FROM duckdb_eviction_queues()"
    return int(columns.connection.execute(sql).fetchall()[0][0])


def limit(columns: Store) -> str:
    sql = "SELECT current_setting('memory_limit')"
    return str(columns.connection.execute(sql).fetchall()[0][0])


def test_notes_of_buffers_that_are_gone_are_forgotten(used: Store) -> None:
    allowed = limit(used)
    assert notes(used) > 500
    assert used.let_go()
    assert notes(used) < 100
    assert limit(used) == allowed
    assert not used.let_go()  # they are few now
    assert used.watermark() == 0  # and it answers as before


def test_nobody_who_reads_is_disturbed(used: Store) -> None:
    with used.reading():
        assert not used.let_go()
    assert notes(used) > 500


def test_what_takes_long_to_read_again_stays(used: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "SOON_READ", -1)
    assert not used.let_go()
    assert notes(used) > 500
