"""From words to codes and from values to keys, remembered between appends.

A lexicon belongs to one writer. What it learnt in a transaction that rolled back is not true:
call `forget()` then. Nothing here imports Django.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable

from vivencia.interactions.record import Identity, keyed_id

# Past this many words a field is no category any more: new values stay in the vault.
MOST_WORDS = 1_000_000
OTHER = "other"
# Identities and journeys remembered at most; the whole memory is dropped when it is full.
_REMEMBERED = 200_000


class Lexicon:
    """Codes of words, keys of identities and of vault values."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._codes: dict[str, dict[str, int]] = {}
        self._sizes: dict[str, int] = {}
        self._identities: dict[Identity, int] = {}
        self._values: dict[tuple[str, str], int] = {}
        self._links: set[tuple[int, int, bool, str]] = set()
        self.full: set[str] = set()  # fields whose list takes no new word

    def forget(self) -> None:
        """Drop everything remembered, after a rollback."""
        self._codes.clear()
        self._sizes.clear()
        self._identities.clear()
        self._values.clear()
        self._links.clear()
        self.full.clear()

    def code(self, connection: sqlite3.Connection, field: str, text: str | None) -> int:
        """The code of `text` in `field`: 0 for no text, that of "other" past a million words."""
        if not text:
            return 0
        known = self._codes.get(field)
        if known is None:
            known = self._codes[field] = {}
        code = known.get(text)
        if code is None:
            code = self._find_or_add_word(connection, field, text)
            if field not in self.full:
                known[text] = code
        return code

    def reads_other(self, connection: sqlite3.Connection, field: str, text: str) -> bool:
        """Whether the full list of `field` turned `text` into "other"."""
        if field not in self.full or text == OTHER:
            return False
        return self.code(connection, field, text) == self.code(connection, field, OTHER)

    def _takes_no_more(self, connection: sqlite3.Connection, field: str) -> bool:
        if field not in self._sizes:
            sql = "SELECT count(*) FROM words WHERE field = ?"
            self._sizes[field] = connection.execute(sql, (field,)).fetchone()[0]
        if self._sizes[field] >= MOST_WORDS:
            self.full.add(field)
        return field in self.full

    def _find_or_add_word(self, connection: sqlite3.Connection, field: str, text: str) -> int:
        find = "SELECT code FROM words WHERE field = ? AND text = ?"
        row = connection.execute(find, (field, text)).fetchone()
        if row is None and text != OTHER and self._takes_no_more(connection, field):
            return self.code(connection, field, OTHER)
        if row is None:
            add = "INSERT INTO words (field, text) VALUES (?, ?) RETURNING code"
            row = connection.execute(add, (field, text)).fetchone()
            if field in self._sizes:
                self._sizes[field] += 1
        return int(row[0])

    def identity_keys(
        self, connection: sqlite3.Connection, wanted: Iterable[Identity]
    ) -> dict[Identity, int]:
        """The key of each identity; those never seen get one, and a random number."""
        if len(self._identities) > _REMEMBERED:
            self._identities.clear()
        known = self._identities
        for identity in wanted:
            if identity not in known:
                known[identity] = self._find_or_add_identity(connection, identity)
        return known

    def _find_or_add_identity(self, connection: sqlite3.Connection, identity: Identity) -> int:
        digest = keyed_id(self._secret, "identity", int(identity.sort), identity.value)
        find = "SELECT key FROM identities WHERE sort = ? AND digest = ?"
        row = connection.execute(find, (int(identity.sort), digest)).fetchone()
        if row is None:
            number = int.from_bytes(os.urandom(8), "little") >> 2 or 1
            add = """INSERT INTO identities (sort, digest, value, number, customer)
                     VALUES (?, ?, ?, ?, ?) RETURNING key"""
            values = (int(identity.sort), digest, identity.value, number, number)
            row = connection.execute(add, values).fetchone()
        return int(row[0])

    def is_new_link(self, link: tuple[int, int, bool, str]) -> bool:
        """Whether this writer has not yet written `link`; it counts as written from now on."""
        if len(self._links) > _REMEMBERED:
            self._links.clear()
        if link in self._links:
            return False
        self._links.add(link)
        return True

    def value_key(self, connection: sqlite3.Connection, sort: str, text: str | None) -> int:
        """The key of a journey's or an agent's name, whose text stays in the vault; 0 for none."""
        if not text:
            return 0
        key = self._values.get((sort, text))
        if key is None:
            if len(self._values) > _REMEMBERED:
                self._values.clear()
            key = self._values[sort, text] = self._find_or_add_value(connection, sort, text)
        return key

    def _find_or_add_value(self, connection: sqlite3.Connection, sort: str, text: str) -> int:
        digest = keyed_id(self._secret, sort, text)
        find = "SELECT key FROM vault_values WHERE sort = ? AND digest = ?"
        row = connection.execute(find, (sort, digest)).fetchone()
        if row is None:
            add = "INSERT INTO vault_values (sort, digest, text) VALUES (?, ?, ?) RETURNING key"
            row = connection.execute(add, (sort, digest, text)).fetchone()
        return int(row[0])
