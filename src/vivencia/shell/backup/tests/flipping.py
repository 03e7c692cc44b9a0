"""An installation with something in every sort of table, and bits of its file to be flipped."""

from __future__ import annotations

import os
import random
import sqlite3
import time
from pathlib import Path

from vivencia.columns.tests.made import interactions, write
from vivencia.interactions.database import open_database
from vivencia.lib.datadir import DataDir
from vivencia.shell.backup import sealing
from vivencia.shell.backup.blocks import OURS, UNREADABLE, tables

SEED = int(os.environ.get("VIVENCIA_TEST_SEED", time.time_ns() % 1_000_000))


def chance() -> random.Random:
    print(f"VIVENCIA_TEST_SEED={SEED}")
    return random.Random(SEED)


def fill(data: DataDir, n: int) -> None:
    """`n` interactions, and rows where staff, answers and messages are; all of it sealed."""
    write(data, interactions(n))
    connection = open_database(data.database)
    sealing.install(connection, migrated=True)
    connection.execute("PRAGMA foreign_keys = OFF")  # what links belong to is not needed here
    connection.execute("BEGIN")
    for k in range(200):
        said = (f"{k} ".encode() * 20).decode()
        connection.execute(
            "INSERT INTO quarantine (raw, reason, detail, door, received_at, state)"
            " VALUES (?, 'bad_time', ?, 'interactions', ?, 'waiting')",
            (said.encode(), said, 1_790_000_000_000 + k),
        )
        connection.execute("INSERT INTO counters (name, n) VALUES (?, ?)", (f"some.{k}", k))
        connection.execute(
            "INSERT INTO surveys_spent (key, link_id, at) VALUES (?, ?, ?)",
            (random.Random(k).getrandbits(63), k, k),
        )
    connection.execute("UPDATE quarantine SET state = 'mended' WHERE key % 3 = 0")
    connection.execute("DELETE FROM counters WHERE n % 7 = 0")
    connection.execute("COMMIT")
    sealing.seal(connection)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def content(database: Path) -> dict[str, object]:
    """Every value of every table, or the error of reading it: what `verify` is judged by."""
    uri = f"{database.resolve().as_uri()}?mode=ro&immutable=1"
    connection = sqlite3.connect(uri, uri=True)
    try:
        names = [table.name for table in tables(connection)] + list(OURS)
        schema = connection.execute("SELECT sql FROM sqlite_master ORDER BY name").fetchall()
        return {"schema": schema} | {name: _rows(connection, name) for name in names}
    except UNREADABLE as error:
        return {"error": str(error)}
    finally:
        connection.close()


def _rows(connection: sqlite3.Connection, name: str) -> object:
    try:
        # NOT INDEXED: what the table says, whatever an index on it says.
        found = connection.execute(f'SELECT * FROM "{name}" NOT INDEXED').fetchall()
        return sorted(map(repr, found))
    except UNREADABLE as error:
        return str(error)


def flip(path: Path, bit: int) -> None:
    """Turn one bit of a file over; once more, and it is as it was."""
    with path.open("r+b") as file:
        file.seek(bit // 8)
        byte = file.read(1)[0]
        file.seek(bit // 8)
        file.write(bytes([byte ^ 1 << bit % 8]))
