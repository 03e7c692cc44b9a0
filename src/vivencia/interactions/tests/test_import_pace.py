"""Other doors never wait long for an import: how much enters the log in one transaction."""

from __future__ import annotations

import sqlite3
from itertools import count
from pathlib import Path

import pytest

from vivencia.interactions.imports import actions, child
from vivencia.interactions.imports.actions import run_import
from vivencia.interactions.mapping import Mapping
from vivencia.lib.datadir import DataDir

PROMISED_S = 0.05
ROWS = 3_000


@pytest.mark.parametrize(
    ("a_row_s", "expected"), [(10e-6, 4), (35e-6, 3), (55e-6, 2), (100e-6, 1), (190e-6, 1)]
)
def test_a_transaction_is_as_long_as_others_can_wait(a_row_s: float, expected: int) -> None:
    together = 1
    for _ in range(20):
        took = together * child.MOST_IN_A_PIECE * a_row_s
        assert took < PROMISED_S
        together = actions._paced(together, took)
    assert together in (expected, expected - 1)


def test_one_that_took_too_long_is_followed_by_shorter_ones() -> None:
    assert actions._paced(4, 0.08) == 2
    assert actions._paced(2, 0.08) == 1
    assert actions._paced(1, 0.08) == 1


def rows_at_once(data: DataDir) -> list[int]:
    """How many interactions each transaction brought."""
    with sqlite3.connect(data.database) as log:
        sql = "SELECT count(*) FROM interactions GROUP BY recorded_at ORDER BY recorded_at"
        return [n for (n,) in log.execute(sql)]


def test_an_import_enters_in_short_transactions(
    installation: DataDir, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = count(1_790_000_000_000)
    monkeypatch.setattr(actions, "now_ms", lambda: next(clock))  # each has a time of its own
    monkeypatch.setattr(actions, "_LONG_S", 0.0)  # whatever it takes is too long
    file = tmp_path / "calls.csv"
    file.write_text("at\n" + "".join(f"{1_780_000_000_000 + n}\n" for n in range(ROWS)))
    mapping = Mapping.from_dict({"columns": {"happened_at": "at"}})
    assert run_import(installation, file, mapping).stored == ROWS
    assert max(rows_at_once(installation)) == child.MOST_IN_A_PIECE


def test_control_where_nothing_takes_long_more_enters_together(
    installation: DataDir, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = count(1_790_000_000_000)
    monkeypatch.setattr(actions, "now_ms", lambda: next(clock))
    monkeypatch.setattr(actions, "_LONG_S", 60.0)
    monkeypatch.setattr(actions, "_NEXT_PIECE_S", 60.0)
    file = tmp_path / "calls.csv"
    file.write_text("at\n" + "".join(f"{1_780_000_000_000 + n}\n" for n in range(ROWS)))
    mapping = Mapping.from_dict({"columns": {"happened_at": "at"}})
    assert run_import(installation, file, mapping).stored == ROWS
    assert max(rows_at_once(installation)) == actions._MOST_TOGETHER * child.MOST_IN_A_PIECE
