"""How the installation stands: each figure read where it is kept, cheaply enough to ask often."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.db import OperationalError, connection

from vivencia.columns.filters import Filters
from vivencia.columns.here import asking
from vivencia.interactions.database import check_triggers, patience, wait_at_most
from vivencia.interactions.quarantine import reading as quarantine
from vivencia.lib.clock import now_ms
from vivencia.lib.errors import VivenciaError
from vivencia.outbox.reading import counts as outbox_counts
from vivencia.people.audit.reading import ends

MB = 1024 * 1024
LEAST_FREE = 64 * MB  # below this the next commit may not fit
PATIENCE_MS = 1_000  # a probe waits no longer for the write lock


class Lag(NamedTuple):
    """How far the columns are behind the log: interactions not copied, and since when."""

    log: int  # the newest seq of the log
    columns: int  # the seq the columns stand at
    seconds: float


class Run(NamedTuple):
    """A backup or a verification that ended. UTC ms."""

    at: int
    good: bool


class Installation(NamedTuple):
    lag: Lag | None  # None: the columns do not answer
    quarantined: int
    received: dict[str, int]  # at the doors ever, by outcome
    messages: dict[str, int]  # of the outbox, by state
    database: int  # bytes
    journal: int
    columns: int
    free: int
    backup: Run | None  # None: never
    verify: Run | None
    audit_checked_at: int | None
    audit_trouble: str


def installation() -> Installation:
    data = settings.DATA
    trail = ends()
    return Installation(
        lag=lag(),
        quarantined=sum(one.n for one in quarantine.waiting()),
        received=quarantine.counted(),
        messages=outbox_counts(),
        database=_size(data.database),
        journal=_size(Path(f"{data.database}-wal")),
        columns=_size(data.columns),
        free=shutil.disk_usage(data.path).free,
        backup=last_run("backup"),
        verify=last_run("verify"),
        audit_checked_at=trail.checked_at if trail else None,
        audit_trouble=trail.trouble if trail else "",
    )


def lag() -> Lag | None:
    """None while nobody answers for the columns."""
    try:
        with asking() as columns:
            told = columns.ask("shell/standing", Filters())["standing"].to_pylist()
    except (VivenciaError, sqlite3.Error, OSError):  # whatever keeps them from answering
        return None
    stands_at = int(told[0]["seq"]) if told else 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(seq), 0) FROM interactions")
        newest = int(cursor.fetchone()[0])
        cursor.execute(
            "SELECT recorded_at FROM interactions WHERE seq > %s ORDER BY seq LIMIT 1", [stands_at]
        )
        waiting = cursor.fetchone()
    return Lag(newest, stands_at, max(0.0, (now_ms() - waiting[0]) / 1000) if waiting else 0.0)


def not_ready() -> list[str]:
    """What keeps the installation from serving: words of a fixed list, none when it is ready."""
    try:
        connection.ensure_connection()
        check_triggers(connection.connection)
    except VivenciaError:
        return ["triggers"]
    except OperationalError:
        return ["database"]
    wrong = []
    if not _is_writable():
        wrong.append("database")
    if shutil.disk_usage(settings.DATA.path).free < LEAST_FREE:
        wrong.append("disk")
    behind = lag()
    if behind is None or behind.seconds > settings.LAG_LIMIT_S:
        wrong.append("columns")
    return wrong


def _is_writable() -> bool:
    """Whether the write lock is to be had; nothing is written."""
    raw = connection.connection
    if raw.in_transaction:  # of the caller's: the lock is ours
        return True
    before = patience(raw)
    wait_at_most(raw, PATIENCE_MS)
    try:
        raw.execute("BEGIN IMMEDIATE")
    except raw.OperationalError:
        return False
    finally:
        if raw.in_transaction:
            raw.execute("ROLLBACK")
        wait_at_most(raw, before)
    return True


def last_run(sort: str) -> Run | None:
    """When a backup or a verification last ended (shell/backup), and how."""
    if "backup_runs" not in connection.introspection.table_names():
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT at, good FROM backup_runs WHERE sort = %s ORDER BY at DESC LIMIT 1", [sort]
        )
        row = cursor.fetchone()
    return Run(row[0], bool(row[1])) if row else None


def safekeeping() -> list[str]:
    """How the last backup and verification ended, in words of a fixed list."""
    told = []
    for sort in ("backup", "verify"):
        run = last_run(sort)
        told.append(f"last {sort}: {'never' if run is None else 'good' if run.good else 'failed'}")
    return told


def memory() -> int:
    """Resident bytes of this process (proc(5)); 0 where there is no /proc."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def open_files() -> int:
    try:
        return len(os.listdir("/proc/self/fd"))  # noqa: PTH208 (a count, no paths)
    except OSError:
        return 0


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
