"""That a link is spent: one row that the second to come meets. No Django."""

from __future__ import annotations

import hashlib
import sqlite3

_INSERT = "INSERT OR IGNORE INTO surveys_spent (key, link_id, at) VALUES (?, ?, ?)"


def spend(connection: sqlite3.Connection, link: int, at: int, person: str = "") -> bool:
    """Spend the link, for one person where it is open to several; False when it was spent."""
    return connection.execute(_INSERT, (spent_key(link, person), link, at)).rowcount == 1


def is_spent(connection: sqlite3.Connection, link: int) -> bool:
    sql = "SELECT 1 FROM surveys_spent WHERE key = ?"
    return connection.execute(sql, (spent_key(link),)).fetchone() is not None


def spent_key(link: int, person: str = "") -> int:
    """63 bits for one link and one person: order of spending leaves no trace in them."""
    digest = hashlib.blake2b(f"{link}:{person}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1
