"""What runs beside the server: when a backup is due, and that it ends with the server."""

import sys
import threading
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings

from vivencia.interactions.database import open_database
from vivencia.lib.clock import moment, now_ms
from vivencia.lib.datadir import DataDir
from vivencia.shell.backup import beside, runs, sealing


@pytest.mark.parametrize(
    ("last", "hour", "due"),
    [
        (None, 3, True),
        (None, 2, False),
        (date(2026, 11, 21), 4, True),
        (date(2026, 11, 22), 23, False),
    ],
)
def test_a_backup_is_due_once_a_day_from_its_hour_on(
    last: date | None, hour: int, due: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "BACKUP_HOUR", 3)
    assert beside.is_due(last, datetime(2026, 11, 22, hour, tzinfo=UTC)) is due


NOW = datetime(2030, 1, 5, 4, tzinfo=UTC)


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the commands that were run."""
    names: list[str] = []

    def run(words: Sequence[str], ended: threading.Event) -> int:
        names.append(words[-1])
        return 0

    monkeypatch.setattr(beside, "run_gently", run)
    return names


def test_stored_values_are_verified_every_day(installation: DataDir, done: list[str]) -> None:
    beside.do_what_is_due(installation, NOW.replace(hour=2), {}, threading.Event())
    assert done == []  # not before its hour
    beside.do_what_is_due(installation, NOW, {}, threading.Event())
    assert done == ["verify"]  # and a backup only where one has a place


def test_a_new_installation_is_verified_from_tomorrow_on(
    installation: DataDir, done: list[str]
) -> None:
    today = moment(now_ms()).replace(hour=23)
    beside.do_what_is_due(installation, today, {}, threading.Event())
    assert done == []
    beside.do_what_is_due(installation, today + timedelta(days=1), {}, threading.Event())
    assert done == ["verify"]


def test_one_that_failed_counts_as_tried(
    installation: DataDir, done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "BACKUP_PLACES", [Path("/full")])
    today = moment(now_ms()).replace(hour=23)
    beside.do_what_is_due(installation, today, {}, threading.Event())
    assert done == ["backup"]
    connection = open_database(installation.database)
    runs.remember(connection, "backup", good=False, place="/full", en="no space")
    connection.close()
    beside.do_what_is_due(installation, today, {}, threading.Event())
    assert done == ["backup"]


def test_one_that_can_not_be_written_down_is_not_begun_every_minute(
    installation: DataDir, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(beside, "run_gently", lambda words, ended: 6)
    tried: dict[str, date] = {}
    for _ in range(3):
        beside.do_what_is_due(installation, NOW, tried, threading.Event())
    assert [record.getMessage() for record in caplog.records] == [
        "today's verify did not end well; run `vivencia verify`"
    ]


def test_the_command_it_runs_verifies_and_remembers(installation: DataDir) -> None:
    connection = open_database(installation.database)
    sealing.install(connection, migrated=True)
    connection.close()
    beside.do_what_is_due(installation, NOW, {}, threading.Event())
    connection = open_database(installation.database)
    run = runs.last(connection, "verify")
    connection.close()
    assert run is not None
    assert run.good


def test_what_runs_gently_ends_with_the_server(tmp_path: Path) -> None:
    ended = threading.Event()
    ended.set()
    words = [sys.executable, "-c", "import time; time.sleep(60)"]
    assert beside.run_gently(words, ended) < 0
    nice = "import os, sys; sys.exit(os.nice(0) < 10)"
    assert beside.run_gently([sys.executable, "-c", nice], threading.Event()) == 0
