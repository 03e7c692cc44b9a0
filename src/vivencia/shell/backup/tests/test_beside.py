"""What runs beside the server: when a backup is due, and that it ends with the server."""

import sys
import threading
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings

from vivencia.interactions.database import open_database
from vivencia.lib.clock import moment, now_ms
from vivencia.lib.datadir import DataDir
from vivencia.shell.backup import beside, runs


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


def test_one_that_failed_counts_as_tried(installation: DataDir) -> None:
    assert beside._last_day(installation, "UTC") is None
    connection = open_database(installation.database)
    runs.remember(connection, "backup", good=False, place="/full", en="no space")
    connection.close()
    assert beside._last_day(installation, "UTC") == moment(now_ms()).date()


def test_what_runs_gently_ends_with_the_server(tmp_path: Path) -> None:
    ended = threading.Event()
    ended.set()
    words = [sys.executable, "-c", "import time; time.sleep(60)"]
    assert beside.run_gently(words, ended) < 0
    nice = "import os, sys; sys.exit(os.nice(0) < 10)"
    assert beside.run_gently([sys.executable, "-c", nice], threading.Event()) == 0
