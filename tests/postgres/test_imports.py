"""An import that is stopped while the database is at work for it says so."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from vivencia.interactions.database import open_database
from vivencia.interactions.imports import actions
from vivencia.interactions.imports.actions import run_import
from vivencia.interactions.imports.job import Stopped
from vivencia.interactions.mapping import Mapping
from vivencia.lib.datadir import DataDir

FILE = Mapping.from_dict({"columns": {"happened_at": "at"}})


class Careless(BaseException):
    """The control: what a signal might raise instead."""


@pytest.fixture
def raised(request: pytest.FixtureRequest) -> Iterator[type[BaseException]]:
    """What a signal raises in half a second, whatever goes on then."""
    sort: type[BaseException] = request.param

    def hit(*_: object) -> None:
        raise sort

    before = signal.signal(signal.SIGALRM, hit)
    yield sort
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


def stopped_at_work(data: DataDir, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The state of an import that was hit while a statement of its transaction ran."""

    def at_work(run: actions._Run, *_: object) -> None:
        run._connection.execute("BEGIN IMMEDIATE")
        signal.setitimer(signal.ITIMER_REAL, 0.5)
        run._connection.execute("SELECT pg_sleep(60)")

    monkeypatch.setattr(actions._Run, "_keep", at_work)
    file = folder / "calls.csv"
    file.write_text("at\n1780000000000\n")
    with pytest.raises(Stopped):
        run_import(data, file, FILE)
    with closing(open_database(data.database)) as log:
        ((state,),) = log.execute("SELECT state FROM imports").fetchall()
    return str(state)


@pytest.mark.parametrize("raised", [Stopped], indirect=True)
def test_one_stopped_within_a_statement_is_told_as_interrupted(
    raised: type[BaseException], data: DataDir, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert stopped_at_work(data, tmp_path, monkeypatch) == "failed"


@pytest.mark.parametrize("raised", [Careless], indirect=True)
def test_control_another_exception_leaves_it_as_if_it_ran(
    raised: type[BaseException], data: DataDir, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(psycopg.OperationalError, match="in progress"):
        stopped_at_work(data, tmp_path, monkeypatch)
