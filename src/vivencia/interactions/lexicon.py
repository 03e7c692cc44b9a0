"""From words to codes and from values to keys, remembered between appends.

A lexicon belongs to one writer. What it learnt in a transaction that rolled back is not true:
call `forget()` then. Nothing here imports Django.
"""

from __future__ import annotations

import json
import os
import sqlite3
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import count

from msgspec.json import encode

from vivencia.interactions.database import is_file
from vivencia.interactions.inserting import insert
from vivencia.interactions.lookup import IDENTITIES, VALUES
from vivencia.interactions.record import Identity, Sort, keyed_ids

# Past this many words a field is no category any more: new values stay in the vault.
MOST_WORDS = 1_000_000
OTHER = "other"
# The counter of erasures, which writers on other connections learn of by it.
ERASURES = "customers.erased"
# Identities and journeys remembered at most; the whole memory is dropped when it is full.
_REMEMBERED = 100_000
_REMEMBERED_ROWS = 50_000


class _Digests(dict[Sort | str, Callable[[str], bytes]]):
    """What an identity of a sort, or a name of a sort, is found by."""

    def __init__(self, secret: bytes) -> None:
        super().__init__()
        self._secret = secret

    def __missing__(self, sort: Sort | str) -> Callable[[str], bytes]:
        parts = (sort,) if isinstance(sort, str) else ("identity", int(sort))
        digest = self[sort] = keyed_ids(self._secret, *parts)
        return digest


class Lexicon:
    """Codes of words, keys of identities and of vault values."""

    def __init__(self, secret: bytes, *, remembered: int = _REMEMBERED) -> None:
        self._digest_of = _Digests(secret)
        self._remembered = remembered
        self._codes: dict[str, dict[str, int]] = {}
        self._sizes: dict[str, int] = {}
        self._rows: dict[tuple[str | None, ...], tuple[int, ...]] = {}
        self._identities: dict[Identity, int] = {}
        self._values: dict[str, dict[str, int]] = {}
        self._facts: dict[bytes, str | None] = {}
        self._companies: set[tuple[str, tuple[Identity, ...]]] = set()
        self._erasures = 0
        self.full: set[str] = set()  # fields whose list takes no new word

    def forget(self) -> None:
        """Drop everything remembered, after a rollback."""
        self._codes.clear()
        self._sizes.clear()
        self._rows.clear()
        self._identities.clear()
        self._values.clear()
        self._facts.clear()
        self._companies.clear()
        self.full.clear()

    def heed_erasures(self, connection: sqlite3.Connection) -> bool:
        """Forget people once somebody was erased since, for who comes by the same address is new;
        whether anybody was."""
        row = connection.execute(_ERASURES, (ERASURES,)).fetchone()
        erasures = row[0] if row else 0
        if erasures == self._erasures:
            return False
        self._erasures = erasures
        self._identities.clear()
        self._values.clear()
        self._companies.clear()
        return True

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

    def codes(
        self, connection: sqlite3.Connection, fields: tuple[str, ...], texts: tuple[str | None, ...]
    ) -> tuple[int, ...]:
        """The codes of one interaction's words, remembered as a whole: few differ in practice."""
        known = self._rows.get(texts)
        if known is None:
            pairs = zip(fields, texts, strict=True)
            known = tuple(self.code(connection, field, text) for field, text in pairs)
            if len(self._rows) > _REMEMBERED_ROWS:
                self._rows.clear()
            if not self.full:
                self._rows[texts] = known
        return known

    def facts(
        self, connection: sqlite3.Connection, facts: dict[str, str | float | bool]
    ) -> str | None:
        """Declared facts as JSON of codes and numbers: {"code of the name": code or number}.

        The name's own word list tells its sort: fact.category, fact.number or fact.yesno.
        """
        told = encode(facts)  # unlike the dictionary's items it tells 1 from true
        if told in self._facts:
            return self._facts[told]
        coded: dict[int, float] = {}
        for name, value in facts.items():
            if isinstance(value, bool):
                coded[self.code(connection, "fact.yesno", name)] = int(value)
            elif isinstance(value, str):
                if value:
                    code = self.code(connection, f"fact:{name}", value)
                    coded[self.code(connection, "fact.category", name)] = code
            else:
                coded[self.code(connection, "fact.number", name)] = value
        packed = json.dumps(coded, separators=(",", ":")) if coded else None
        if len(self._facts) > _REMEMBERED_ROWS:
            self._facts.clear()
        if not self.full:
            self._facts[told] = packed
        return packed

    @property
    def people(self) -> Mapping[Identity, int]:
        """The keys of the identities learnt before."""
        return self._identities

    def learn_identities(self, connection: sqlite3.Connection, wanted: Iterable[Identity]) -> None:
        """Know the key of each identity; those never seen get one, and a random number."""
        if len(self._identities) > self._remembered:
            self._identities.clear()
        known = self._identities
        missing = list({one: None for one in wanted if one not in known})
        known.update(zip(missing, self.keys_of(connection, missing), strict=True))

    def keys_of(self, connection: sqlite3.Connection, identities: Sequence[Identity]) -> list[int]:
        """The key of each identity, without remembering any; those never seen get one."""
        digests = [self._digest_of[one.sort](one.value) for one in identities]
        wanted: dict[int, dict[bytes, str]] = {}
        for digest, one in zip(digests, identities, strict=True):
            wanted.setdefault(int(one.sort), {})[digest] = one.value
        keys: dict[bytes, int] = {}
        for sort, values in wanted.items():
            keys.update(IDENTITIES.found(connection, sort, list(values)))
            new = [digest for digest in values if digest not in keys]
            if new:
                keys.update(zip(new, count(next_keys(connection, "identities", len(new)))))
                rows = zip(new, _random_numbers(len(new)), strict=True)
                told = [(keys[one], sort, one, values[one], n, n) for one, n in rows]
                insert(connection, "identities", _IDENTITY, told)
        return [keys[digest] for digest in digests]

    def is_new_company(self, rule: str, identities: tuple[Identity, ...]) -> bool:
        """Whether this writer has not yet linked these `identities` by `rule`; they count as
        linked from now on."""
        if len(self._companies) > self._remembered:
            self._companies.clear()
        known = len(self._companies)
        self._companies.add((rule, identities))
        return len(self._companies) > known

    def names(self, sort: str) -> Mapping[str, int]:
        """The keys of the names learnt before, of journeys or of agents."""
        return self._values[sort]

    def learn_values(
        self, connection: sqlite3.Connection, sort: str, texts: Iterable[str | None]
    ) -> None:
        """Know the key of each text, which stays in the vault; those never seen get one."""
        known = self._values.setdefault(sort, {})
        if len(known) > self._remembered:
            known.clear()
        wanted = {text for text in texts if text and text not in known}
        if not wanted:
            return
        digest_of = self._digest_of[sort]
        missing = {text: digest_of(text) for text in sorted(wanted)}
        keys = dict(VALUES.found(connection, sort, list(missing.values())))
        new = {digest: text for text, digest in missing.items() if digest not in keys}
        if new:
            first = next_keys(connection, "vault_values", len(new))
            keys.update(zip(new, count(first), strict=False))
            rows = [(keys[digest], sort, digest, text) for digest, text in new.items()]
            insert(connection, "vault_values", _VALUE, rows)
        known.update((text, keys[digest]) for text, digest in missing.items())


_ERASURES = "SELECT n FROM counters WHERE name = ?"
_IDENTITY = ("key", "sort", "digest", "value", "number", "customer")
_VALUE = ("key", "sort", "digest", "text")
_TAKE_KEYS = """SELECT setval(pg_get_serial_sequence(?, 'key'),
    nextval(pg_get_serial_sequence(?, 'key')) + ? - 1)"""


def next_keys(connection: sqlite3.Connection, table: str, n: int) -> int:
    """The first of `n` keys that were never given in `table`: the write lock is held, so they are
    ours."""
    if not is_file(connection):  # a sequence keeps what it gave
        last = connection.execute(_TAKE_KEYS, (table, table, n)).fetchone()[0]
        return int(last) - n + 1
    find = "SELECT seq FROM sqlite_sequence WHERE name = ?"
    row = connection.execute(find, (table,)).fetchone()
    return (row[0] if row else 0) + 1


def _random_numbers(n: int) -> list[int]:
    """Of new identities, each its customer's as long as it is alone: above 0, below 2**62."""
    return [number >> 2 or 1 for number in struct.unpack(f"<{n}Q", os.urandom(8 * n))]
