"""Other doors never wait long for an import: how much enters the log in one transaction."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest

from vivencia.interactions.database import open_database
from vivencia.interactions.imports import actions, child
from vivencia.interactions.imports.actions import run_import
from vivencia.interactions.imports.pace import SERVED, Bound, paced
from vivencia.interactions.mapping import Mapping
from vivencia.lib.alone import only_server
from vivencia.lib.datadir import DataDir

PROMISED_S = 0.05
ROWS = 6_000
MAPPING = Mapping.from_dict({"columns": {"happened_at": "at"}})


@pytest.mark.parametrize(
    ("a_row_s", "expected"), [(10e-6, 4), (35e-6, 3), (55e-6, 2), (100e-6, 1), (190e-6, 1)]
)
def test_a_transaction_is_as_long_as_others_can_wait(a_row_s: float, expected: int) -> None:
    together = 1
    for _ in range(20):
        took = together * child.MOST_IN_A_PIECE * a_row_s
        assert took < PROMISED_S
        together = paced(together, took, SERVED)
    assert together in (expected, expected - 1)


def test_one_that_took_too_long_is_followed_by_shorter_ones() -> None:
    assert paced(4, 0.08, SERVED) == 2
    assert paced(2, 0.08, SERVED) == 1
    assert paced(1, 0.08, SERVED) == 1


def rows_at_once(data: DataDir) -> list[int]:
    """How many interactions each transaction brought."""
    with open_database(data.database) as log:
        sql = "SELECT count(*) FROM interactions GROUP BY recorded_at ORDER BY recorded_at"
        return [n for (n,) in log.execute(sql)]


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file whose transactions have each a time of its own, and can not be too short."""
    clock = count(1_790_000_000_000)
    monkeypatch.setattr(actions, "now_ms", lambda: next(clock))
    monkeypatch.setattr(actions, "_NEXT_PIECE_S", 60.0)
    path = tmp_path / "calls.csv"
    path.write_text("at\n" + "".join(f"{1_780_000_000_000 + n}\n" for n in range(ROWS)))
    return path


def bind(monkeypatch: pytest.MonkeyPatch, bound: Bound) -> None:
    """Let `bound` be that of an import with nobody beside it, which on PostgreSQL it never is."""
    monkeypatch.setattr(actions, "ALONE", bound)
    monkeypatch.setattr(actions, "SERVED", bound)


def test_an_import_enters_in_short_transactions(
    installation: DataDir, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bind(monkeypatch, Bound(0.0, 40))  # whatever it takes is too long
    assert run_import(installation, file, MAPPING).stored == ROWS
    assert max(rows_at_once(installation)) == child.MOST_IN_A_PIECE


def test_control_where_nothing_takes_long_more_enters_together(
    installation: DataDir, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bind(monkeypatch, Bound(60.0, 40))
    assert run_import(installation, file, MAPPING).stored == ROWS
    assert max(rows_at_once(installation)) > SERVED.most * child.MOST_IN_A_PIECE


def test_beside_a_server_no_more_than_its_doors_can_wait_for(
    installation: DataDir, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "SERVED", Bound(60.0, SERVED.most))
    with only_server(installation):
        assert run_import(installation, file, MAPPING).stored == ROWS
    assert max(rows_at_once(installation)) == SERVED.most * child.MOST_IN_A_PIECE


def test_once_a_server_is_started_transactions_are_short(
    installation: DataDir, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "ALONE", Bound(60.0, 40))
    monkeypatch.setattr(actions, "SERVED", Bound(60.0, SERVED.most))
    kept = count()
    monkeypatch.setattr(actions, "is_served", lambda _: next(kept) > 3)
    assert run_import(installation, file, MAPPING).stored == ROWS
    assert max(rows_at_once(installation)[4:]) <= SERVED.most * child.MOST_IN_A_PIECE
