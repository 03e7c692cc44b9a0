"""A whole installation of many interactions, drawn once: the log, its customers, its columns.

    python -m bench.installation [--size 10000000]

A million customers live ten interactions each over a year, scattered over the whole log, so that
no book lies together on the disk; four hundred journeys are the usual ones and one step in ten
leaves them. One interaction in five is an answer. The log is drawn by SQL, since sending it would
take the morning; everything derived is made from it by the program's own projector.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from bench.peers import DATA

PER_CUSTOMER = 10
START = 1_764_547_200_000  # 2025-12-01
DAY = 86_400_000
DAYS = 350
WORDS = {"source": 1, "kind": 30, "channel": 8, "touchpoint": 24, "device": 3, "place": 40}
SCALES = {"nps": (0, 11), "csat5": (1, 5), "ces7": (1, 7)}  # scale -> lowest note, notes
PLANS = 3
# Each in another round scatters the customers anew; primes, so that none is left out.
SCATTER = (
    15485863, 32452843, 49979687, 67867967, 86028121, 104395301, 122949823, 141650939, 160481183,
    179424673,
)  # fmt: skip

BUILD = """
CREATE TEMP TABLE n (i INTEGER PRIMARY KEY);
INSERT INTO n WITH RECURSIVE c (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < {size})
    SELECT i FROM c;
INSERT INTO identities (key, sort, digest, value, number, customer)
    SELECT i, 1 + (i > {customers}), randomblob(16),
        CASE WHEN i > {customers} THEN 'person' || (i - {customers}) || '@example.org'
            ELSE 'A-' || i END,
        i, (i - 1) % {customers} + 1
    FROM n WHERE i <= 2 * {customers};
INSERT INTO links (a, b, verified, rule, seq)
    SELECT i, i + {customers}, 1, 'identify', i FROM n WHERE i <= {customers};
INSERT INTO traits (identity, name, value)
    SELECT i, 'name', 'Person Number ' || i FROM n WHERE i <= {customers};
CREATE TEMP TABLE scatter (round INTEGER PRIMARY KEY, prime INTEGER);
INSERT INTO scatter VALUES {scatter};
INSERT INTO interactions (seq, id, body, source, identity, happened_at, recorded_at, rank, flags,
        kind, touchpoint, channel, device, place, brand, department, stage, initiated_by, agent,
        journey, outcome, duration, wait, scale, score, currency, item, facts)
    SELECT i, CAST(printf('%016d', i) AS BLOB), i, {source},
        customer + {customers} * (chance & 1), {start} + i * {gap}, {start} + i * {gap}, 0, 0,
        {kind} + CASE WHEN chance / 2 % 10 THEN (usual * 17 + round * (3 + usual % 5)) % 30
            ELSE chance / 20 % 30 END,
        {touchpoint} + chance / 600 % 24, {channel} + chance / 14400 % 8, {device} + i % 3,
        {place} + usual % 40, 0, 0, 1 + chance / 600 % 24 / 4, i % 3, 0, 0, i % 4,
        CASE WHEN i % 3 THEN NULL ELSE chance / 7 % 900000 END,
        CASE WHEN i % 6 THEN NULL ELSE chance / 11 % 60000 END,
        {scale}, {score}, 0, 0, {facts}
    FROM (SELECT i, round, abs(random() / 2) AS chance, customer, customer * 7919 % 400 AS usual
        FROM (SELECT i, round, (i % {customers}) * prime % {customers} + 1 AS customer
            FROM n, scatter WHERE scatter.round = (i - 1) / {customers}));
INSERT INTO vault_texts (seq, text) SELECT i, 'What the customer said in interaction ' || i
    FROM n WHERE i % 20 = 0;
"""
INDEX = "interactions_of_identity"


def installation(size: int = 10_000_000) -> Path:
    """The data directory of `size` interactions, drawn now if it was not yet."""
    return _drawn(f"installation-{size}", size, ("ready", "log", "columns"))


def log_alone(size: int) -> Path:
    """The same without the columns: for what reads the log and nothing else."""
    return _drawn(f"log-{size}", size, ("ready", "log"))


def _drawn(name: str, size: int, steps: tuple[str, ...]) -> Path:
    home = DATA / name
    if not (home / "drawn").exists():
        print(f"Drawing {name} (once)…", file=sys.stderr)
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True, exist_ok=True)
        taken = {}
        for step in steps:
            began = time.perf_counter()
            words = ["-m", "bench.installation", "--step", step, "--size", str(size)]
            command = [sys.executable, *words, "--home", name]
            subprocess.run(command, check=True, cwd=DATA.parent.parent)
            taken[step] = round(time.perf_counter() - began)
        print(f"  seconds: {taken}", file=sys.stderr)
        (home / "drawn").touch()
    return home


def make_ready(home: Path, size: int) -> None:
    """The tables, empty, and somebody who may see everything."""
    from vivencia.cli.ready import ready
    from vivencia.lib.datadir import DataDir

    ready(DataDir(home))


def draw_log(home: Path, size: int) -> None:
    """The log, as fast as SQLite can: nobody else looks at it."""
    from vivencia.shell.backup.sealing import install

    with sqlite3.connect(_database(home), isolation_level=None) as connection:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-1000000"):
            connection.execute(f"PRAGMA {pragma}")
        find = "SELECT sql FROM sqlite_master WHERE name = ?"
        put_aside = {name: connection.execute(find, (name,)).fetchone()[0]
                     for name in ("interactions_no_replace", INDEX)}  # fmt: skip
        connection.execute("DROP TRIGGER interactions_no_replace")
        connection.execute(f"DROP INDEX {INDEX}")
        values = _values(connection, size)
        for statement in BUILD.format(**values).split(";\n")[:-1]:
            connection.execute(statement)
        for sql in put_aside.values():
            connection.execute(sql)
        connection.execute("ANALYZE")
        connection.execute("PRAGMA journal_mode=WAL")
        install(connection, migrated=True)  # part of what was sealed was made anew


def _values(connection: sqlite3.Connection, size: int) -> dict[str, object]:
    """What fills the braces of BUILD; the words are written on the way."""
    first = {}
    for field, count in WORDS.items():
        first[field] = _learn(connection, field, [f"{field} {n}" for n in range(count)])
    scale = _learn(connection, "scale", list(SCALES))
    plan = _learn(connection, "fact.category", ["plan"])
    plans = _learn(connection, "fact:plan", [f"plan {n}" for n in range(PLANS)])
    which = "CASE WHEN i % 5 THEN NULL ELSE i / 5 % 3 END"
    notes = " ".join(
        f"WHEN {n} THEN 1000 * ({lowest} + chance / 77 % {many})"
        for n, (lowest, many) in enumerate(SCALES.values())
    )
    return {
        **first,
        "size": size,
        "customers": size // PER_CUSTOMER,
        "start": START,
        "gap": DAYS * DAY // size,
        "scatter": ", ".join(f"({n}, {prime})" for n, prime in enumerate(SCATTER)),
        "scale": f"coalesce({scale} + {which}, 0)",
        "score": f"CASE {which} {notes} END",
        "facts": f"""'{{"{plan}": ' || ({plans} + usual % {PLANS}) || '}}'""",
    }


def _learn(connection: sqlite3.Connection, field: str, texts: list[str]) -> int:
    """The code of the first of `texts`; the others follow it."""
    newest = connection.execute("SELECT coalesce(max(code), 0) FROM words").fetchone()[0]
    rows = [(newest + 1 + n, field, text) for n, text in enumerate(texts)]
    connection.executemany("INSERT INTO words (code, field, text) VALUES (?, ?, ?)", rows)
    return int(newest + 1)


def copy_columns(home: Path, size: int) -> None:
    """Everything derived, by the projector that the server runs."""
    from vivencia.columns.reading import connect
    from vivencia.lib.datadir import DataDir

    columns = connect(DataDir(home))
    columns.close()


def _database(home: Path) -> Path:
    return next(home.rglob("vivencia.sqlite3"))


STEPS = {"ready": make_ready, "log": draw_log, "columns": copy_columns}

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=10_000_000)
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    parser.add_argument("--home", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.step:
        os.umask(0o077)
        STEPS[chosen.step](DATA / chosen.home, chosen.size)
    else:
        print(installation(chosen.size))
