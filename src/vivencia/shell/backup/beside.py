"""What runs beside the server, in gentler processes of their own: sealing, and the daily backup.

They share no interpreter with the doors, and give way to them (nice): on a busy day seals come
later, and no answer does.
"""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from vivencia.interactions.database import open_database
from vivencia.lib.clock import moment
from vivencia.lib.datadir import DataDir
from vivencia.shell.backup import runs

logger = logging.getLogger(__name__)

EVERY_S = 60.0
NICER = 10
_ENDING_S = 1.5  # for the process to end by itself, once it is told to


@contextlib.contextmanager
def keeping_safe(data: DataDir, zone: str) -> Iterator[None]:
    """Seal what was written every minute, and back up every day, until the server ends."""
    ended = threading.Event()

    def run() -> None:
        while not ended.wait(EVERY_S):
            try:
                run_gently(_seal(data), ended)
                if settings.BACKUP_PLACES and is_due(_last_day(data, zone), _now(zone)):
                    run_gently(_back_up(data), ended)
            except Exception:
                logger.exception("seals and backups wait a minute")

    thread = threading.Thread(target=run, name="keeping-safe", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(timeout=2)


def _seal(data: DataDir) -> list[str]:
    return [sys.executable, "-m", "vivencia.shell.backup.sealing", str(data.database)]


def _back_up(data: DataDir) -> list[str]:
    return [sys.executable, "-m", "vivencia.cli", "--data", str(data.path), "backup"]


def is_due(last: date | None, now: datetime) -> bool:
    """Whether today's backup has not been tried and its hour has come; one that fails is tried
    again tomorrow, for it says so itself."""
    return now.hour >= settings.BACKUP_HOUR and (last is None or last < now.date())


def _now(zone: str) -> datetime:
    return datetime.now(ZoneInfo(zone))


def _last_day(data: DataDir, zone: str) -> date | None:
    connection = open_database(data.database, read_only=True)
    try:
        run = runs.last(connection, "backup")
    finally:
        connection.close()
    return None if run is None else moment(run.at).astimezone(ZoneInfo(zone)).date()


def run_gently(words: Sequence[str], ended: threading.Event) -> int:
    """The exit code of a process with low priority; it is ended with the server."""
    process = subprocess.Popen(words, preexec_fn=lambda: os.nice(NICER), stdin=subprocess.DEVNULL)  # noqa: PLW1509
    try:
        while process.poll() is None:
            if ended.wait(0.2):
                process.terminate()
                return process.wait(_ENDING_S)
        return process.wait()
    finally:
        if process.poll() is None:
            process.kill()
