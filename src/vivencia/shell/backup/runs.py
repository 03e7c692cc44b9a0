"""What backups, restores and verifications were made, and how they ended. No Django."""

from __future__ import annotations

import sqlite3

import msgspec

from vivencia.lib.clock import now_ms

_KEEP = "INSERT INTO backup_runs (sort, at, place, good, told) VALUES (?, ?, ?, ?, ?)"
_LAST = """SELECT sort, at, place, good, told FROM backup_runs
WHERE sort = ? ORDER BY key DESC LIMIT 1"""


class Run(msgspec.Struct, frozen=True):
    """One that ended. `at` is UTC milliseconds; `told` are its figures."""

    sort: str  # backup | restore | verify
    at: int
    place: str
    good: bool
    told: dict[str, object]


def remember(
    connection: sqlite3.Connection, sort: str, *, good: bool, place: str = "", **told: object
) -> None:
    """Keep what ended just now."""
    text = msgspec.json.encode(told).decode()
    connection.execute(_KEEP, (sort, now_ms(), place, good, text))


def last(connection: sqlite3.Connection, sort: str) -> Run | None:
    """The last one of a sort."""
    found = connection.execute(_LAST, (sort,)).fetchone()
    if found is None:
        return None
    sort, at, place, good, told = found
    return Run(sort, at, place, bool(good), msgspec.json.decode(told))
