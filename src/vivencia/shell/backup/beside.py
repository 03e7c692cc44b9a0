"""What runs beside the server, in gentler processes of their own: sealing, and each day a backup
and a verification.

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
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import partial
from zoneinfo import ZoneInfo

from django.conf import settings

from vivencia.interactions.database import open_database
from vivencia.lib.clock import moment
from vivencia.lib.datadir import DataDir
from vivencia.lib.postgres.leading import Leader, Task
from vivencia.lib.threads import in_threads
from vivencia.shell.backup import runs

logger = logging.getLogger(__name__)

EVERY_S = 60.0
NICER = 10
_ENDING_S = 1.5  # for the process to end by itself, once it is told to


def keeping_safe(data: DataDir, zone: str) -> contextlib.AbstractContextManager[None]:
    """Seal what was written every minute; back up and verify every day, until the server ends.
    Of several servers on one database, one does."""
    return in_threads({"keeping-safe": partial(_keep_safe, data, zone)}, patience_s=2)


def _keep_safe(data: DataDir, zone: str, ended: threading.Event) -> None:
    tried: dict[str, date] = {}
    leader = Leader(Task.keeping_safe, lambda: open_database(data.database))
    with contextlib.closing(leader):
        while not ended.wait(EVERY_S):
            try:
                if leader.leads():
                    run_gently(_seal(data), ended)
                    do_what_is_due(data, datetime.now(ZoneInfo(zone)), tried, ended)
            except Exception:
                logger.exception("seals, backups and verifications wait a minute")


def do_what_is_due(
    data: DataDir, now: datetime, tried: dict[str, date], ended: threading.Event
) -> None:
    """Today's backup, where it has a place, and today's verification, once their hour has come.

    `tried` holds the day each was begun last by this process: one that can not even write down
    that it failed is not begun again every minute.
    """
    for sort in ("backup", "verify") if settings.BACKUP_PLACES else ("verify",):
        last = max(filter(None, [tried.get(sort), _last_day(data, sort, now)]), default=None)
        if is_due(last, now):
            tried[sort] = now.date()
            if run_gently(_command(data, sort), ended) > 0:
                logger.error("today's %s did not end well; run `vivencia %s`", sort, sort)


def is_due(last: date | None, now: datetime) -> bool:
    """Whether it has not been tried today and its hour has come; one that fails is tried again
    tomorrow, for it says so itself."""
    return now.hour >= settings.BACKUP_HOUR and (last is None or last < now.date())


def _last_day(data: DataDir, sort: str, now: datetime) -> date | None:
    """The day of the last one. The first verification is due the day after an installation was
    made: there is nothing yet that time could have changed."""
    connection = open_database(data.database, read_only=True)
    try:
        run = runs.last(connection, sort)
        made = connection.execute("SELECT min(applied) FROM django_migrations").fetchone()[0]
    finally:
        connection.close()
    if run is not None:
        return moment(run.at).astimezone(now.tzinfo).date()
    if sort == "backup":
        return None
    if isinstance(made, str):  # SQLite's
        made = datetime.fromisoformat(made).replace(tzinfo=UTC)
    return made.astimezone(now.tzinfo).date()


def _seal(data: DataDir) -> list[str]:
    return [sys.executable, "-m", "vivencia.shell.backup.sealing", str(data.database)]


def _command(data: DataDir, name: str) -> list[str]:
    return [sys.executable, "-m", "vivencia.cli", "--data", str(data.path), name]


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
