"""A backup as the command and the daily job make it: whole, remembered, old ones gone."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from vivencia.interactions.database import open_database
from vivencia.lib.clock import now_ms
from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import VivenciaError
from vivencia.shell.backup import making, manifest, runs, sealing


def back_up(data: DataDir, place: Path, days: int) -> Path:
    """The folder of a new backup under `place`; those of more than `days` days are gone, also
    when this one fails: nobody who was erased may stay in them."""
    connection = open_database(data.database)
    try:
        sealing.seal(connection)  # of what was written in the last minute, or without a server
        return _remembered(connection, data, place)
    finally:
        connection.close()
        making.expire(place, days, now_ms())


def _remembered(connection: sqlite3.Connection, data: DataDir, place: Path) -> Path:
    try:
        made = making.make(data, place)
    except VivenciaError as error:
        runs.remember(connection, "backup", good=False, place=str(place), es=error.es, en=error.en)
        raise
    known = manifest.read(made)
    runs.remember(
        connection, "backup", good=True, place=str(place), name=made.name,
        interactions=known.interactions, bytes=sum(file.size for file in known.files.values()),
    )  # fmt: skip
    return made
