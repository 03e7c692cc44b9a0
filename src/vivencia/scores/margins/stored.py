"""The known shares as they stand, for whoever has no Django: the command line and the notebook."""

from __future__ import annotations

import sqlite3

from vivencia.interactions.database import open_database
from vivencia.lib.datadir import DataDir
from vivencia.scores.margins.shares import WHOLE
from vivencia.scores.weighing import Margins


def margins(data: DataDir) -> Margins:
    """Field to value to share (of 1); empty before anybody said any."""
    database = open_database(data.database, read_only=True)
    try:
        rows = database.execute("SELECT field, value, share FROM scores_knownshare").fetchall()
    except sqlite3.OperationalError:  # a database that has only a log
        return {}
    finally:
        database.close()
    found: dict[str, dict[str, float]] = {}
    for field, value, share in rows:
        found.setdefault(field, {})[value] = share / WHOLE
    return found
