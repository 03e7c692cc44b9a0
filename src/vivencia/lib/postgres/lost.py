"""Whether a connection is still there: a server elsewhere may be restarted, a file may not."""

from __future__ import annotations

import sqlite3


def is_lost(connection: sqlite3.Connection | None) -> bool:
    """Whether another one must be opened."""
    return connection is None or bool(getattr(connection, "closed", False))
