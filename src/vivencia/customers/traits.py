"""What organisations tell of their customers (name, plan …), kept in the vault. No Django here.

Whoever sends `customer.identified`, over HTTP or in a file of customers, sends traits among its
properties. They are folded in log order, so that the later word on a trait is the one that
stays; how far is kept in the database itself (`counters`), in the transaction that folds.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping

from vivencia.interactions.database import write

IDENTIFIED = "customer.identified"
DESCRIBED = "customer.described"  # the same, from a file of customers: nobody lived it
_MARK = "customers.traits"
_MOST = 100  # traits of one interaction
_LONGEST = 1_000  # characters of one value
_AT_ONCE = 20_000  # rows of the log looked through in one transaction

_NAMES = ("name", "nombre", "full_name", "fullname", "full name", "nombre completo")
_FIRST = ("first_name", "firstname", "first name", "given_name")
_LAST = ("last_name", "lastname", "last name", "surname", "apellidos", "apellido")

_TELLING = (IDENTIFIED, DESCRIBED)
_KINDS = "SELECT code FROM words WHERE field = 'kind' AND text IN (?, ?)"
_TOLD = f"""SELECT l.seq, l.identity, v.properties
FROM interactions l JOIN vault_texts v ON v.seq = l.seq
WHERE l.seq > ? AND l.seq <= ? AND l.identity <> 0 AND v.properties IS NOT NULL
    AND l.kind IN ({_KINDS})
ORDER BY l.seq"""  # noqa: S608 - ours
_KEEP = """INSERT INTO traits (identity, name, value) VALUES (?, ?, ?)
ON CONFLICT (identity, name) DO UPDATE SET value = excluded.value"""
_MOVE_MARK = """INSERT INTO counters (name, n) VALUES (?, ?)
ON CONFLICT (name) DO UPDATE SET n = excluded.n"""


def take_traits(connection: sqlite3.Connection) -> int:
    """Fold the traits of what the log learnt since the last call; how many were kept.

    `connection` is in autocommit; one caller at a time.
    """
    kept = 0
    row = connection.execute("SELECT n FROM counters WHERE name = ?", (_MARK,)).fetchone()
    mark = row[0] if row else 0
    newest = connection.execute("SELECT coalesce(max(seq), 0) FROM interactions").fetchone()[0]
    told = connection.execute(_KINDS, _TELLING).fetchone() is not None
    if not told and newest - mark >= _AT_ONCE:  # none of these rows has such a kind
        with write(connection):
            connection.execute(_MOVE_MARK, (_MARK, newest))
    while told and mark < newest:
        until = min(mark + _AT_ONCE, newest)
        # With nothing to keep a small step costs no write: the same rows are looked at again.
        if _told(connection, mark, until) or until - mark == _AT_ONCE:
            with write(connection):  # and read again: somebody may have been erased just now
                rows = _told(connection, mark, until)
                connection.executemany(_KEEP, rows)
                connection.execute(_MOVE_MARK, (_MARK, until))
                kept += len(rows)
        mark = until
    return kept


def _told(connection: sqlite3.Connection, since: int, until: int) -> list[tuple[int, str, str]]:
    """(identity, name, value) of every trait the log learnt between two places, in its order."""
    found = connection.execute(_TOLD, (since, until, *_TELLING))
    return [
        (identity, name, value)
        for _, identity, properties in found
        for name, value in clean(json.loads(properties)).items()
    ]


def clean(traits: Mapping[str, object]) -> dict[str, str]:
    """Traits as the vault keeps them: short texts by name; lists and objects are left out."""
    kept = {}
    for name, value in list(traits.items())[:_MOST]:
        text = str(value).strip() if isinstance(value, str | int | float) else ""
        if text:
            kept[name.strip()[:100]] = text[:_LONGEST]
    return kept


def name_among(traits: Mapping[str, str]) -> str:
    """The customer's name, if the traits hold one; empty otherwise."""
    by_name = {name.lower(): value for name, value in traits.items()}
    for name in _NAMES:
        if value := by_name.get(name):
            return value
    first = next((by_name[name] for name in _FIRST if by_name.get(name)), "")
    last = next((by_name[name] for name in _LAST if by_name.get(name)), "")
    return f"{first} {last}".strip()
