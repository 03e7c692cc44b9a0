"""Columns made anew while they answer, and those that turn out damaged."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from vivencia.columns import analyses
from vivencia.columns import owner as owners
from vivencia.columns import projector as projectors
from vivencia.columns.filters import Filters
from vivencia.columns.owner import Owner, start_owner
from vivencia.columns.reading import Client, connect, reach
from vivencia.columns.scope import Scope
from vivencia.columns.tests.made import interactions, write
from vivencia.columns.tests.test_columns import digest_of, told
from vivencia.journeys.reading import discover
from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import Busy

PATIENCE_S = 300  # only a hang takes as long


def test_a_rebuild_is_not_seen_until_it_is_whole(
    installation: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(installation, interactions(500))
    monkeypatch.setattr(Owner, "keep_up", lambda _: None)  # or it may copy before we rebuild
    owner = start_owner(installation)
    assert owner is not None
    before = digest_of(owner)
    write(installation, interactions(800)[500:])
    waiting, go_on = threading.Event(), threading.Event()
    settle = projectors.Projector._settle

    def hold(*arguments: Any, **named: Any) -> None:
        waiting.set()
        assert go_on.wait(PATIENCE_S)
        settle(*arguments, **named)

    monkeypatch.setattr(projectors.Projector, "_settle", hold)
    rebuilding = threading.Thread(target=owner.rebuild)
    rebuilding.start()
    assert waiting.wait(PATIENCE_S)  # all is copied and nothing settled: the worst moment to look
    asked = connect_without_waiting(installation)
    assert (digest_of(asked), discover(asked).interactions) == (before, 500)
    go_on.set()
    rebuilding.join(PATIENCE_S)
    assert discover(asked).interactions == 800
    owner.store.create()  # the control: emptied in its place, it is seen
    owner.projector.generation += 1
    assert discover(asked).interactions == 0
    asked.close()
    owner.close()


def connect_without_waiting(installation: DataDir) -> Client:
    client = reach(installation)
    assert client is not None
    return client


def test_a_question_under_way_is_answered_before_the_columns_are_exchanged(
    installation: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(installation, interactions(100))
    owner = connect(installation)
    assert isinstance(owner, Owner)
    began = threading.Event()

    def slowly(scope: Scope) -> analyses.Tables:
        began.set()
        time.sleep(0.3)
        rows = scope.cursor.execute("SELECT count(*) FROM interactions").fetchall()
        return {"counts": pa.table({"n": [rows[0][0]]})}

    monkeypatch.setitem(analyses._ANALYSES, "test/slowly", slowly)
    told: list[int] = []
    asking = threading.Thread(
        target=lambda: told.append(owner.ask("test/slowly", Filters())["counts"]["n"][0].as_py())
    )
    asking.start()
    assert began.wait(PATIENCE_S)
    owner.rebuild()
    asking.join()
    assert told == [100]
    owner.close()


BLOCK = 256 * 1024  # what DuckDB reads, and checks, at once


def damaged(installation: DataDir, whole: bytes) -> Iterator[str]:
    """The copy damaged in one block after another, then cut short; what was done to it."""
    for start in range(BLOCK // 4, len(whole), BLOCK):
        spoiled = bytearray(whole)
        spoiled[start : start + 64] = bytes(64)
        installation.columns.write_bytes(spoiled)
        yield f"damaged at {start} of {len(whole)}"
    installation.columns.write_bytes(whole[: len(whole) // 2])
    yield "cut short"


def test_a_copy_damaged_anywhere_is_noticed_and_made_anew(
    installation: DataDir, caplog: pytest.LogCaptureFixture
) -> None:
    write(installation, interactions(400))
    expected = told(installation)
    whole = installation.columns.read_bytes()
    aside = installation.columns.with_name("columns.duckdb.unreadable")
    for what in damaged(installation, whole):
        assert told(installation) == expected, what
        assert told(installation) == expected, what
    assert "the columns are damaged" in caplog.text  # not only when they were opened
    assert aside.exists()


def test_control_nobody_notices(installation: DataDir, monkeypatch: pytest.MonkeyPatch) -> None:
    write(installation, interactions(400))
    told(installation)
    monkeypatch.setattr(owners, "is_damage", lambda error: False)
    failed = 0
    for _ in damaged(installation, installation.columns.read_bytes()):
        try:
            told(installation)
        except duckdb.Error:
            failed += 1
    assert failed


def test_columns_that_take_long_to_make_anew_are_asked_again_later(
    installation: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(installation, interactions(100))
    owner = connect(installation)
    assert isinstance(owner, Owner)
    go_on = threading.Event()
    rebuild = owner.projector.rebuild
    monkeypatch.setattr(owners, "_PATIENCE_S", 0.1)
    monkeypatch.setattr(owner.projector, "rebuild", lambda: (go_on.wait(PATIENCE_S), rebuild())[1])
    broken = {"now": True}

    def fails_once(scope: Scope) -> analyses.Tables:
        if broken["now"]:
            raise duckdb.Error("Corrupt database file")
        return {}

    monkeypatch.setitem(analyses._ANALYSES, "test/fails", fails_once)
    for _ in range(2):
        with pytest.raises(Busy):
            owner.ask("test/fails", Filters())
    broken["now"] = False
    go_on.set()
    assert owner.ask("test/fails", Filters()) == {}
    owner.close()
