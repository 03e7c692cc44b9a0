"""A copy of the database laid beside it before an upgrade changes it. No Django.

It is for going back, not a backup: one file, on the same disk. It holds people as they were, so
the first erasure takes it away, and time does what is left (`LONGEST_DAYS`).
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path

from vivencia.interactions.database import open_database
from vivencia.lib.clock import DAY_MS
from vivencia.lib.datadir import DataDir
from vivencia.lib.disk import sync
from vivencia.lib.errors import Broken
from vivencia.shell.backup.making import LONGEST_DAYS

FOLDER = "before-upgrade"
_SPARE = 64 << 20  # bytes that must stay free


def copy(data: DataDir) -> Path:
    """The copy, whole and synced; one from an earlier upgrade is replaced.

    Raises Broken where it does not fit.
    """
    folder = data.path / FOLDER
    target, draft = folder / data.database.name, folder / "draft"
    folder.mkdir(mode=0o700, exist_ok=True)
    _require_room(data)
    os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    source, made = open_database(data.database, read_only=True), sqlite3.connect(draft)
    try:
        source.backup(made)
    except sqlite3.Error as error:
        raise _not_copied(folder, str(error)) from None
    finally:
        made.close()
        source.close()
    sync(draft)
    draft.replace(target)
    sync(folder)
    return target


def _require_room(data: DataDir) -> None:
    needed = data.database.stat().st_size + _SPARE
    if shutil.disk_usage(data.path).free < needed:
        raise _not_copied(data.path / FOLDER, f"{needed >> 20} MB")


def _not_copied(folder: Path, why: str) -> Broken:
    return Broken(
        es=f"No se pudo apartar una copia de la base de datos en {folder} ({why}): nada ha "
        "cambiado. Haz sitio, o haz tu propia copia y di vivencia upgrade --no-copy",
        en=f"A copy of the database could not be set aside in {folder} ({why}): nothing was "
        "changed. Make room, or make a copy of your own and say vivencia upgrade --no-copy",
        reason="place",
    )


def forget(data: DataDir) -> None:
    """Take the copy away."""
    shutil.rmtree(data.path / FOLDER, ignore_errors=True)


def expire(data: DataDir, now: int) -> None:
    """Take it away once it is as old as any backup may be (`now` in UTC ms)."""
    made = data.path / FOLDER / data.database.name
    if made.exists() and now - made.stat().st_mtime * 1000 > LONGEST_DAYS * DAY_MS:
        forget(data)
