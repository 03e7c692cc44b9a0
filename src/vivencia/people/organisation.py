"""What the organisation is called, where its clock stands and which language it speaks.

No Django here: scores and the command line need the zone too.
"""

from __future__ import annotations

import sqlite3
from typing import NamedTuple
from zoneinfo import ZoneInfo


class Organisation(NamedTuple):
    name: str = ""
    time_zone: str = "UTC"
    language: str = "es"
    demo: bool = False
    second_factor: frozenset[str] = frozenset()  # roles that must have one

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


def organisation(connection: sqlite3.Connection) -> Organisation:
    """What the settings page says; the defaults (UTC, Spanish) before anybody has been there."""
    return chosen(connection) or Organisation()


def chosen(connection: sqlite3.Connection) -> Organisation | None:
    """What somebody chose on the settings page; None before anybody has been there."""
    try:
        row = connection.execute(
            "SELECT name, time_zone, language, demo, second_factor"
            " FROM people_organisation WHERE id = 1"
        ).fetchone()
    except sqlite3.OperationalError:  # a database that has only a log
        return None
    if row is None:
        return None
    return Organisation(row[0], row[1], row[2], bool(row[3]), frozenset(row[4].split()))
