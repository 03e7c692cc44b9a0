"""Customers kept up to date: new evidence moves only whom it can reach. No Django here.

The answer is always that of `parts.connected_parts` over the whole log. Whatever is not tied to
new evidence by verified links or by decisions keeps its customer, so only that is read again.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import NamedTuple

import numpy as np

from vivencia.customers.parts import (
    Conflict,
    Decision,
    Link,
    Numbers,
    connected_parts,
    plain_customers,
)
from vivencia.customers.traits import take_traits
from vivencia.interactions.database import is_file, write
from vivencia.lib.postgres.leading import Task, one_at_a_time

# Rows written in one transaction, so that no other writer waits long. They lie all over the index
# of customers, so that each transaction writes most of its pages again.
AT_ONCE, ALONE = 2_000, 50_000

_REACH = """
WITH RECURSIVE reached (identity) AS (
    SELECT a FROM links WHERE key > :since AND key <= :until AND verified
    UNION SELECT b FROM links WHERE key > :since AND key <= :until AND verified
    UNION SELECT a FROM decisions WHERE seen_links >= :since
    UNION SELECT b FROM decisions WHERE seen_links >= :since
    UNION SELECT l.b FROM reached JOIN links l ON l.a = reached.identity
        WHERE l.verified AND l.key <= :until
    UNION SELECT l.a FROM reached JOIN links l ON l.b = reached.identity
        WHERE l.verified AND l.key <= :until
    UNION SELECT d.b FROM reached JOIN decisions d ON d.a = reached.identity
        WHERE d.undone_at IS NULL AND d.verdict = 'join'
    UNION SELECT d.a FROM reached JOIN decisions d ON d.b = reached.identity
        WHERE d.undone_at IS NULL AND d.verdict = 'join'
)
INSERT INTO affected SELECT identity FROM reached
"""
# PostgreSQL takes one recursive part only; SQLite would read every link at each step of this one.
_REACH_IN_POSTGRES = """
WITH RECURSIVE reached (identity) AS (
    (SELECT unnest(ARRAY[a, b]) FROM links WHERE key > :since AND key <= :until AND verified
    UNION SELECT unnest(ARRAY[a, b]) FROM decisions WHERE seen_links >= :since)
    UNION SELECT next.identity FROM reached CROSS JOIN LATERAL (
        SELECT l.b FROM links l WHERE l.a = reached.identity AND l.verified AND l.key <= :until
        UNION ALL SELECT l.a FROM links l
            WHERE l.b = reached.identity AND l.verified AND l.key <= :until
        UNION ALL SELECT d.b FROM decisions d
            WHERE d.a = reached.identity AND d.undone_at IS NULL AND d.verdict = 'join'
        UNION ALL SELECT d.a FROM decisions d
            WHERE d.b = reached.identity AND d.undone_at IS NULL AND d.verdict = 'join'
    ) AS next (identity)
)
INSERT INTO affected SELECT identity FROM reached
"""
_IDENTITIES = """SELECT i.key, i.sort, i.number, i.customer
FROM affected JOIN identities i ON i.key = affected.identity ORDER BY i.key"""
_FOLLOWED = "FROM affected JOIN links l ON l.a = affected.identity WHERE l.verified AND l.key <= ?"
_ENDS = f"SELECT l.a, l.b {_FOLLOWED}"
_LINKS = f"SELECT l.key, l.a, l.b, l.verified, l.rule, l.seq {_FOLLOWED}"
_DECISIONS = """SELECT d.key, d.a, d.b, d.verdict
FROM affected JOIN decisions d ON d.a = affected.identity
WHERE d.undone_at IS NULL AND d.b IN (SELECT identity FROM affected)"""
_CONFLICTS = """SELECT c.key, c.reason, c.identities, c.links, c.customers
FROM affected JOIN conflicts c ON c.anchor = affected.identity"""
_ADD_CONFLICT = """INSERT INTO conflicts (anchor, reason, identities, links, customers)
VALUES (?, ?, ?, ?, ?)"""


class Repointed(NamedTuple):
    """Everybody the new evidence reaches, with their customer, and how far it was read."""

    identities: Numbers  # rows of an identity's key and its customer's number
    watermark: int  # the newest link taken in: `since` of the next call
    more: bool  # newer links wait
    moved: Numbers  # of `identities`, those whose customer is another than before


def resolve(connection: sqlite3.Connection, since: int, most: int | None = None) -> Repointed:
    """Take in links newer than key `since`, the `most` oldest of them where so many would take too
    much memory, and decisions made or undone since it was current.

    `connection` is in autocommit, and then one caller at a time; or it holds the write lock, as a
    decision does, and nobody else writes. Writes `identities.customer`, `conflicts` and `traits`.
    The answer names everybody reached, moved now or not, so that a caller who crashed before
    keeping it asks again with the same `since` and misses nothing.
    """
    with one_at_a_time(connection, Task.resolving):
        found = reach(connection, since, most)
        repoint(connection, found.moved)
        return found


def reach(connection: sqlite3.Connection, since: int, most: int | None = None) -> Repointed:
    """What `resolve` finds, its `moved` not yet written: they are for `repoint`, before the answer
    is kept. Only for who resolves alone, on a file."""
    take_traits(connection)
    newest = connection.execute("SELECT coalesce(max(key), 0) FROM links").fetchone()[0]
    until = max(since, newest if most is None else min(newest, since + most))
    with _affected(connection, since, until):
        known = _numbers(connection.execute(_IDENTITIES), 4)
        customers = _customers(connection, known[:, :3], until)
    keys, before = known[:, 0], known[:, 3]
    identities = np.column_stack([keys, customers])
    return Repointed(identities, until, until < newest, identities[customers != before])


def _customers(connection: sqlite3.Connection, known: Numbers, until: int) -> Numbers:
    """The customer of each of the affected, in the order of `known` (key, sort, number)."""
    decisions = list(map(Decision._make, connection.execute(_DECISIONS)))
    named = _numbers(((one.a, one.b) for one in decisions), 2)
    ends = _numbers(connection.execute(_ENDS, (until,)), 2)
    customers, disputed = plain_customers(known, ends, named)
    weighed = {key: (sort, number) for key, sort, number in known[disputed].tolist()}
    rows = connection.execute(_LINKS, (until,)) if weighed else ()
    links = [Link._make(row) for row in rows if row[1] in weighed]
    parts = connected_parts(weighed, links, decisions)
    customers[disputed] = [parts.customer[key] for key in weighed]
    _keep_conflicts(connection, parts.conflicts)
    return customers


def _numbers(rows: Iterable[Sequence[int]], width: int) -> Numbers:
    """`rows` of so many numbers, which as Python's objects would take many times the memory."""
    return np.fromiter(chain.from_iterable(rows), np.int64).reshape(-1, width)


@contextmanager
def _affected(connection: sqlite3.Connection, since: int, until: int) -> Iterator[None]:
    """The temporary table `affected`: all identities that the new evidence can reach."""
    connection.execute("CREATE TEMP TABLE IF NOT EXISTS affected (identity INTEGER PRIMARY KEY)")
    try:
        reach = _REACH if is_file(connection) else _REACH_IN_POSTGRES
        connection.execute(reach, {"since": since, "until": until})
        yield
    finally:
        connection.execute("DROP TABLE affected")


def repoint(connection: sqlite3.Connection, moved: Numbers, at_once: int = AT_ONCE) -> None:
    """Write the customers of those that moved: whole parts together as far as they fit, those met
    at the same time side by side, for rows of a page are written together. `at_once` of them are
    written in one transaction."""
    keys, customers = moved[:, 0], moved[:, 1]
    _, first, part = np.unique(customers, return_index=True, return_inverse=True)
    order = np.argsort(first[part], kind="stable")
    for start in range(0, len(keys), at_once):
        some = order[start : start + at_once]
        with write(connection):
            connection.executemany(
                "UPDATE identities SET customer = ? WHERE key = ?",
                zip(customers[some].tolist(), keys[some].tolist(), strict=True),
            )


def _keep_conflicts(connection: sqlite3.Connection, found: Sequence[Conflict]) -> None:
    """Make the list of conflicts of the affected the one just found."""
    wanted = {(c.reason, *map(json.dumps, c[1:])): min(c.identities) for c in found}
    listed = {tuple(row[1:]): row[0] for row in connection.execute(_CONFLICTS)}
    gone = [(key,) for row, key in listed.items() if row not in wanted]
    new = [(anchor, *row) for row, anchor in wanted.items() if row not in listed]
    if gone or new:
        with write(connection):
            connection.executemany("DELETE FROM conflicts WHERE key = ?", gone)
            connection.executemany(_ADD_CONFLICT, new)
