"""A database with only what resolve.py reads and writes, for tests without Django."""

from __future__ import annotations

import json
import sqlite3

from vivencia.customers.parts import Conflict, Decision, Link
from vivencia.customers.traits import IDENTIFIED

SCHEMA = """
CREATE TABLE identities (key INTEGER PRIMARY KEY, sort INT, number INT, customer INT);
CREATE TABLE links (key INTEGER PRIMARY KEY, a INT, b INT, verified INT, rule TEXT, seq INT,
    UNIQUE (a, b, verified, rule));
CREATE INDEX links_b ON links (b);
CREATE TABLE decisions (key INTEGER PRIMARY KEY, a INT, b INT, verdict TEXT, undone_at INT,
    seen_links INT);
CREATE TABLE interactions (seq INTEGER PRIMARY KEY, identity INT, kind INT);
CREATE TABLE vault_texts (seq INTEGER PRIMARY KEY, properties TEXT);
CREATE TABLE words (code INTEGER PRIMARY KEY, field TEXT, text TEXT);
CREATE TABLE counters (name TEXT PRIMARY KEY, n INT);
CREATE TABLE traits (key INTEGER PRIMARY KEY, identity INT, name TEXT, value TEXT,
    UNIQUE (identity, name));
CREATE TABLE conflicts (key INTEGER PRIMARY KEY, anchor INT, reason TEXT, identities TEXT,
    links TEXT, customers TEXT);
"""


class Ledger:
    """Writes evidence as the rooms do, and reads back what came of it."""

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        self.connection.executescript(SCHEMA)

    def add_identity(self, key: int, sort: int, number: int) -> None:
        self.connection.execute(
            "INSERT INTO identities VALUES (?, ?, ?, ?)", (key, sort, number, number)
        )

    def add_link(self, a: int, b: int, *, verified: bool = True, rule: str = "together") -> None:
        self.connection.execute(
            "INSERT OR IGNORE INTO links (a, b, verified, rule, seq) VALUES (?, ?, ?, ?, 1)",
            (min(a, b), max(a, b), verified, rule),
        )

    def decide(self, a: int, b: int, verdict: str) -> None:
        self.connection.execute(
            "INSERT INTO decisions (a, b, verdict, seen_links)"
            " SELECT ?, ?, ?, coalesce(max(key), 0) FROM links",
            (min(a, b), max(a, b), verdict),
        )

    def identify(self, identity: int, **traits: object) -> None:
        self.connection.execute("INSERT OR IGNORE INTO words VALUES (7, 'kind', ?)", (IDENTIFIED,))
        row = self.connection.execute(
            "INSERT INTO interactions (identity, kind) VALUES (?, 7) RETURNING seq", (identity,)
        ).fetchone()
        self.connection.execute("INSERT INTO vault_texts VALUES (?, ?)", (*row, json.dumps(traits)))

    def undo(self, position: int) -> None:
        """Take back one of the decisions in force, if there is any."""
        keys = [r[0] for r in self.connection.execute("SELECT key FROM decisions")]
        if keys:
            self.connection.execute(
                "UPDATE decisions SET undone_at = 1, seen_links ="
                " (SELECT coalesce(max(key), 0) FROM links) WHERE key = ?",
                (keys[position % len(keys)],),
            )

    @property
    def identities(self) -> dict[int, tuple[int, int]]:
        rows = self.connection.execute("SELECT key, sort, number FROM identities")
        return {key: (sort, number) for key, sort, number in rows}

    @property
    def links(self) -> list[Link]:
        rows = self.connection.execute("SELECT key, a, b, verified, rule, seq FROM links")
        return [Link(*row[:3], bool(row[3]), *row[4:]) for row in rows]

    @property
    def decisions(self) -> list[Decision]:
        rows = "SELECT key, a, b, verdict FROM decisions WHERE undone_at IS NULL"
        return [Decision(*row) for row in self.connection.execute(rows)]

    @property
    def traits(self) -> dict[tuple[int, str], str]:
        rows = self.connection.execute("SELECT identity, name, value FROM traits")
        return {(identity, name): value for identity, name, value in rows}

    @property
    def customers(self) -> dict[int, int]:
        return dict(self.connection.execute("SELECT key, customer FROM identities"))

    @property
    def conflicts(self) -> list[Conflict]:
        rows = self.connection.execute("SELECT reason, identities, links, customers FROM conflicts")
        return sorted(Conflict(row[0], *(tuple(json.loads(x)) for x in row[1:])) for row in rows)
