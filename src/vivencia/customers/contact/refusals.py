"""The do-not-write list: a "no" that holds for an address nobody here knows any more.

When a person is erased, their e-mail and telephone leave a keyed hash for each "no" they said,
and nothing else. Should the address come in again, its new customer is joined to nothing, and
the "no" still holds until they say otherwise. No Django here.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable

from vivencia.customers.contact.consents import WITHDRAWN, Word
from vivencia.interactions.record import Sort, keyed_id
from vivencia.lib.datadir import DataDir

REACHABLE = (Sort.email, Sort.phone)
_ANY = "SELECT 1 FROM contact_do_not_write LIMIT 1"
_ADDRESSES = """SELECT key, sort, value FROM identities
WHERE key IN (SELECT value FROM json_each(?)) AND sort IN (2, 3) AND value IS NOT NULL"""
_FIND = "SELECT at, key, purpose, channel FROM contact_do_not_write WHERE digest = ?"


def refusals(connection: sqlite3.Connection, keys: Iterable[int]) -> list[tuple[int, Word]]:
    """(identity key, its "no") of those among `keys` whose address is on the list."""
    if connection.execute(_ANY).fetchone() is None:
        return []
    addresses = connection.execute(_ADDRESSES, (json.dumps(list(keys)),)).fetchall()
    return [
        (identity, Word(at, key, purpose, channel, WITHDRAWN))
        for identity, sort, value in addresses
        for at, key, purpose, channel in connection.execute(_FIND, (digest(sort, value),))
    ]


def digest(sort: int, value: str) -> bytes:
    """16 bytes under a key of their own: they can not be met with the identities' hashes."""
    return keyed_id(DataDir.chosen().derived("do-not-write"), int(sort), value)
