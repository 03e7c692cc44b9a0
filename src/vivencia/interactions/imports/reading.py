"""Every read of imports. No Django."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from vivencia.interactions.checks import LARGEST
from vivencia.interactions.imports.lineage import Earlier
from vivencia.interactions.imports.reasons import sentence
from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import NotFound

MOST_EXAMPLES = 200  # bad rows a page or a trial shows

# Sources of imports that stand undone. A row first stored by one import is also in every later,
# longer version of its file: it is left out only while all of those are undone.
HIDDEN_SOURCES = """SELECT one.source FROM imports one WHERE one.source <> 0 AND NOT EXISTS (
    SELECT 1 FROM imports later WHERE later.lineage = one.lineage
    AND later.ordinal >= one.ordinal AND later.state <> 'undone')"""
_SELECT = """SELECT key, uid, name, mapping, lineage, ordinal, rows, interactions, stored,
    duplicates, quarantined, state, started_at, finished_at, undone_at, by_user, progress
FROM imports"""


class ImportRow(NamedTuple):
    """One import as its table has it; times are UTC ms."""

    key: int
    uid: bytes
    name: str
    mapping: str
    lineage: bytes
    ordinal: int
    rows: int
    interactions: int
    stored: int
    duplicates: int
    quarantined: dict[str, int]
    state: str
    started_at: int
    finished_at: int | None
    undone_at: int | None
    by_user: int | None
    progress: dict[str, int]

    @property
    def short(self) -> str:
        return short(self.uid)

    @property
    def refused(self) -> int:
        return sum(self.quarantined.values())


def names(connection: sqlite3.Connection, shorts: Iterable[str]) -> dict[str, str]:
    """The files' names by what their imports are called; what is not there is left out."""
    wanted = list(shorts)
    marks = ", ".join("?" * len(wanted))
    sql = f"SELECT uid, name FROM imports WHERE lower(substr(hex(uid), 1, 12)) IN ({marks})"  # noqa: S608
    return {short(uid): name for uid, name in connection.execute(sql, wanted)}


def short(uid: bytes) -> str:
    """What an import is called where people and scripts name it."""
    return uid.hex()[:12]


def rows_file(data: DataDir, uid: bytes) -> Path:
    """Where the hashes of its rows are kept."""
    return data.uploads / f"{uid.hex()}.npz"


def listed(connection: sqlite3.Connection, limit: int = 1 << 62) -> list[ImportRow]:
    """Every import (or `limit`), the latest first."""
    rows = connection.execute(f"{_SELECT} ORDER BY started_at DESC, key DESC LIMIT ?", (limit,))
    return [_import(row) for row in rows]


def find(connection: sqlite3.Connection, name: str) -> ImportRow:
    """The import of that short id or key. Raises NotFound."""
    sql = f"{_SELECT} WHERE lower(substr(hex(uid), 1, 12)) = ?"
    row = connection.execute(sql, (name.lower().removeprefix("import:"),)).fetchone()
    if row is None:
        raise NotFound(
            es=f"No hay ninguna importación «{name}».", en=f'There is no import "{name}".'
        )
    return _import(row)


def by_key(connection: sqlite3.Connection, key: int) -> ImportRow:
    """The import of that key. Raises NotFound."""
    is_one = key <= LARGEST  # SQLite takes no larger number, not even to say that there is none
    row = connection.execute(f"{_SELECT} WHERE key = ?", (key,)).fetchone() if is_one else None
    if row is None:
        raise NotFound(es="No hay ninguna importación así.", en="There is no such import.")
    return _import(row)


def earlier(connection: sqlite3.Connection, data: DataDir) -> list[Earlier]:
    """What a new file is compared with: every import that was made, the oldest first."""
    rows = connection.execute(
        """SELECT key, uid, lineage, ordinal, mapping_digest, file_digest, state
           FROM imports WHERE state <> 'running' ORDER BY key"""
    )
    return [
        Earlier(
            key=key, name=short(uid), lineage=lineage, ordinal=ordinal, mapping=mapping,
            content=content, state=state, rows_file=str(rows_file(data, uid)),
        )
        for key, uid, lineage, ordinal, mapping, content, state in rows
    ]  # fmt: skip


def hidden_sources(connection: sqlite3.Connection) -> list[int]:
    """Sources whose interactions are left out: neither their import nor any later one of its
    chain counts."""
    return [row[0] for row in connection.execute(HIDDEN_SOURCES)]


class BadLine(NamedTuple):
    """A row of an import that was set aside."""

    number: int
    reason: str
    sentence: str
    column: str
    raw: str


def bad_rows(
    connection: sqlite3.Connection, key: int, language: str, limit: int = 1 << 62
) -> Iterator[BadLine]:
    """The rows of import `key` that wait in the quarantine, in the order of the file."""
    rows = connection.execute(
        """SELECT raw, reason, detail FROM quarantine
           WHERE import_key = ? AND state = 'waiting' ORDER BY key LIMIT ?""",
        (key, limit),
    )
    for raw, reason, detail in rows:
        where = json.loads(detail) if detail else {}
        yield BadLine(
            where.get("row", 0), reason, sentence(reason, language), where.get("column", ""),
            bytes(raw).decode("utf-8", "replace"),
        )  # fmt: skip


def _import(row: tuple[object, ...]) -> ImportRow:
    found = ImportRow(*row)  # type: ignore[arg-type]
    return found._replace(
        quarantined=json.loads(str(found.quarantined)), progress=json.loads(str(found.progress))
    )
