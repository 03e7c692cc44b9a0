"""One customer's book, the search in the vault and the list, at 10 million interactions.

    python -m bench.book [--size N] [--rounds N]

The database is built by SQL in a temporary directory, customers scattered over the whole log, two
identities and about ten interactions each. Measured is the whole page as Django makes it: access,
audit, queries, template. Every page of a round is another customer's.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sqlite3
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

PER_CUSTOMER = 10
PAGES = 200  # of each sort in one round

WORDS = {
    "source": 1, "kind": 30, "channel": 9, "touchpoint": 40, "device": 3, "scale": 3, "place": 20,
}  # fmt: skip
BUILD = """
INSERT INTO words (field, text) VALUES ('scale', 'nps');
CREATE TEMP TABLE n (i INTEGER PRIMARY KEY);
INSERT INTO n WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < :size)
    SELECT i FROM c;
INSERT INTO identities (key, sort, digest, value, number, customer)
    SELECT i, 1 + (i > :customers), randomblob(16),
        CASE WHEN i > :customers THEN 'person' || (i - :customers) || '@example.org'
            ELSE 'A-' || i END,
        i, (i - 1) % :customers + 1
    FROM n WHERE i <= 2 * :customers;
INSERT INTO links (a, b, verified, rule, seq)
    SELECT i, i + :customers, 1, 'identify', i FROM n WHERE i <= :customers;
INSERT INTO traits (identity, name, value)
    SELECT i, 'name', 'Person Number ' || i FROM n WHERE i <= :customers;
INSERT INTO interactions (seq, id, body, source, identity, happened_at, recorded_at, rank, flags,
        kind, touchpoint, channel, device, place, brand, department, stage, initiated_by, agent,
        journey, outcome, scale, score, currency, item)
    SELECT i, zeroblob(8) || CAST(printf('%08d', i) AS BLOB), i, 1,
        abs(random()) % (2 * :customers) + 1, 1700000000000 + i * 60000, 1700000000000, 0, 0,
        kind0 + i % 30, touchpoint0 + i % 40, channel0 + abs(random()) % 9, device0 + i % 3, 0, 0,
        0, i % 7, i % 4, 0, 0, i % 4, CASE WHEN i % 20 THEN 0 ELSE :nps END,
        CASE WHEN i % 20 THEN NULL ELSE 1000 * (abs(random()) % 11) END, 0, 0
    FROM n, (SELECT min(code) AS kind0 FROM words WHERE field = 'kind'),
        (SELECT min(code) AS touchpoint0 FROM words WHERE field = 'touchpoint'),
        (SELECT min(code) AS channel0 FROM words WHERE field = 'channel'),
        (SELECT min(code) AS device0 FROM words WHERE field = 'device');
INSERT INTO vault_texts (seq, text) SELECT i, 'What the customer said in interaction ' || i
    FROM n WHERE i % 20 = 0;
"""
INDEX = "interactions_of_identity"


def build(path: Path, size: int) -> None:
    """A log of `size` interactions, as fast as SQLite can: nobody else looks at it."""
    with sqlite3.connect(path, isolation_level=None) as connection:
        connection.execute("PRAGMA journal_mode=OFF")
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA cache_size=-1000000")
        connection.execute("DROP TRIGGER interactions_no_replace")
        find = "SELECT sql FROM sqlite_master WHERE name = ?"
        index = connection.execute(find, (INDEX,)).fetchone()[0]
        connection.execute(f"DROP INDEX {INDEX}")
        for field, count in WORDS.items():
            rows = [(field, f"{field} {n}") for n in range(count)]
            connection.executemany("INSERT INTO words (field, text) VALUES (?, ?)", rows)
        for statement in BUILD.split(";\n")[:-1]:
            nps = connection.execute("SELECT code FROM words WHERE text = 'nps'").fetchone()
            values = {"size": size, "customers": size // PER_CUSTOMER, "nps": nps[0] if nps else 0}
            used = {name: value for name, value in values.items() if f":{name}" in statement}
            connection.execute(statement, used)
        connection.execute(index)
        connection.execute("ANALYZE")
        connection.execute("PRAGMA journal_mode=WAL")


def measure(size: int, rounds: int) -> dict[str, Any]:
    """Milliseconds of each page: p50 and p95 over all rounds."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["VIVENCIA_DATA"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "vivencia.shell.settings"
        import django

        django.setup()
        from django.conf import settings
        from django.core.management import call_command
        from django.db import connections

        settings.ALLOWED_HOSTS.append("testserver")
        call_command("migrate", verbosity=0)
        connections.close_all()  # the build changes how the file is journalled
        began = time.perf_counter()
        build(settings.DATA.database, size)
        answer: dict[str, Any] = {"size": size, "built_s": round(time.perf_counter() - began, 1)}
        answer |= _pages(size // PER_CUSTOMER, rounds)
        return answer


def _pages(customers: int, rounds: int) -> dict[str, float]:
    from django.test import Client

    from vivencia.customers.reading import read_book
    from vivencia.people.models import User

    client = Client()
    client.force_login(User.objects.create(email="bench@example.org", role="manager"))
    chance = random.Random(11)

    def anybody() -> int:
        return chance.randrange(1, customers + 1)

    asked = {
        "book_read": lambda: read_book(anybody(), personal=True),
        "book_page": lambda: _open(client, f"/customers/{anybody()}/"),
        "search_page": lambda: _open(client, f"/customers/?q=person{anybody()}@example.org"),
        "prefix_page": lambda: _open(client, f"/customers/?q=Person Number {anybody() % 1000}"),
        "list_page": lambda: _open(client, "/customers/"),
        "filtered_page": lambda: _open(client, "/customers/?channel=channel 3&nps=detractor"),
    }
    figures = {}
    for name, ask in asked.items():
        took = []
        for _ in range(rounds * PAGES):
            began = time.perf_counter()
            ask()
            took.append(1000 * (time.perf_counter() - began))
        figures[f"{name}_p50_ms"] = round(statistics.median(took), 1)
        figures[f"{name}_p95_ms"] = round(statistics.quantiles(took, n=20)[-1], 1)
    return figures


def _open(client: Any, address: str) -> None:
    answer = client.get(address)
    if answer.status_code != 200 or b"class=" not in answer.content:
        raise RuntimeError(f"{address}: {answer.status_code}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=1)
    chosen = parser.parse_args()
    print(json.dumps(measure(chosen.size, chosen.rounds)))
