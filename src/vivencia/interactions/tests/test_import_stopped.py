"""An import that is stopped says so, whatever it was in the middle of."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from vivencia.interactions.database import open_database, write
from vivencia.interactions.imports import actions
from vivencia.interactions.imports.actions import run_import
from vivencia.interactions.mapping import Mapping
from vivencia.lib.datadir import DataDir


class Ended(BaseException):
    """What a signal raises."""


def test_one_stopped_within_a_transaction_is_told_as_interrupted(
    installation: DataDir, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def begun_and_ended(run: actions._Run, *_: object) -> None:
        run._connection.execute("BEGIN IMMEDIATE")
        raise Ended

    monkeypatch.setattr(actions._Run, "_keep", begun_and_ended)
    file = tmp_path / "calls.csv"
    file.write_text("at\n1780000000000\n")
    with pytest.raises(Ended):
        run_import(installation, file, Mapping.from_dict({"columns": {"happened_at": "at"}}))
    with open_database(installation.database) as log:
        assert log.execute("SELECT state FROM imports").fetchall() == [("failed",)]


@pytest.mark.sqlite("it stands in for sqlite3's connection")
def test_a_transaction_that_ends_as_it_begins_is_left_by_nobody(
    installation: DataDir,
) -> None:
    class Hit(sqlite3.Connection):
        def execute(self, sql: str, *words: object) -> sqlite3.Cursor:
            done = super().execute(sql, *words)  # type: ignore[arg-type]
            if sql == "BEGIN IMMEDIATE":
                raise Ended
            return done

    connection = sqlite3.connect(installation.database, factory=Hit, isolation_level=None)
    with pytest.raises(Ended), write(connection):
        pass
    assert not connection.in_transaction
    connection.close()
