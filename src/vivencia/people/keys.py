"""API keys: how they are made, what is kept of them, and how one is checked.

`viv_` + 8 characters that name it + `_` + 43 that are the secret (256 bits). The database
holds the 8 and a keyed hash (HMAC-SHA256) of the whole: who steals it has no key. The fixed
beginning lets secret scanners find a key that was published by mistake.

No Django here: the bare intake checks keys too.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
import secrets
import sqlite3
import threading
import time
from collections.abc import Callable
from typing import NamedTuple

from vivencia.lib.postgres.lost import is_lost

KEY = re.compile(r"viv_([A-Za-z0-9]{8})_[A-Za-z0-9_-]{43}")
PREFIX_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"
REMEMBERED_S = 1.0
MOST_REMEMBERED = 10_000


class KeyInfo(NamedTuple):
    """A key that was found good. `verified`: identities it sends count as verified."""

    id: int
    name: str
    scopes: frozenset[str]
    verified: bool


class NewKey(NamedTuple):
    text: str  # shown once, never kept
    prefix: str


def make_key() -> NewKey:
    prefix = "".join(secrets.choice(PREFIX_ALPHABET) for _ in range(8))
    return NewKey(f"viv_{prefix}_{secrets.token_urlsafe(32)}", prefix)


def mac_of(secret: bytes, key: str) -> str:
    """64 hexadecimal digits: what is kept of a key."""
    return hmac.digest(secret, key.encode(), "sha256").hex()


def check_key(connection: sqlite3.Connection, secret: bytes, key: str) -> KeyInfo | None:
    """The key's name and rights as the database has them now, or None."""
    found = KEY.fullmatch(key)
    if found is None:
        return None
    row = connection.execute(
        "SELECT id, name, mac, scopes, verified FROM people_apikey"
        " WHERE prefix = ? AND revoked_at IS NULL",
        (found[1],),
    ).fetchone()
    # Compared even when nothing was found, so that a prefix can not be felt for by time.
    if not hmac.compare_digest(mac_of(secret, key), row[2] if row else "0" * 64):
        return None
    return KeyInfo(row[0], row[1], frozenset(row[3].split()), bool(row[4]))


class KeyRing:
    """Checks keys against the database, remembering answers for at most one second.

    So a revoked key is refused a second later at the latest, in every process. Safe from any
    thread; `open_connection` is called once for each thread that asks.
    """

    def __init__(self, open_connection: Callable[[], sqlite3.Connection], secret: bytes) -> None:
        self._open = open_connection
        self._secret = secret
        self._local = threading.local()
        self._known: dict[str, tuple[float, KeyInfo | None]] = {}

    def check(self, key: str) -> KeyInfo | None:
        """The key's name and rights, or None: unknown, revoked or not a key at all."""
        if not KEY.fullmatch(key):
            return None
        mac = mac_of(self._secret, key)
        now = time.monotonic()
        remembered = self._known.get(mac)
        if remembered is not None and now - remembered[0] < REMEMBERED_S:
            return remembered[1]
        info = check_key(self._connection(), self._secret, key)
        if len(self._known) >= MOST_REMEMBERED:  # a flood of invented keys
            self._known.clear()
        self._known[mac] = (now, info)
        return info

    def forget(self) -> None:
        """Ask the database again at the next check."""
        self._known.clear()

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None or is_lost(connection):
            connection = self._local.connection = self._open()
        return connection


def key_in_header(authorization: str) -> str | None:
    """The key of an Authorization header: Bearer, or the user name of Basic (Segment's way)."""

    scheme, _, value = authorization.strip().partition(" ")
    if scheme.lower() == "bearer":
        return value.strip() or None
    if scheme.lower() != "basic":
        return None
    try:
        decoded = base64.b64decode(value.strip(), validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        return None
    return decoded.partition(":")[0] or None
