"""A lake brought up to the columns: only what changed is written again.

Each month of a table has a fingerprint, told by the engine in one pass: what came late, was undone
or got another customer changes it, and nothing need be remembered between two runs. So a run that
was killed anywhere is made good by the next. Files are never changed: one takes the other's place
in the manifest, and goes once nobody can be reading it.
"""

from __future__ import annotations

import hashlib
import secrets
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from vivencia.columns.lake import manifest
from vivencia.columns.lake.manifest import Manifest, Part, Table
from vivencia.columns.lake.place import Place
from vivencia.columns.scope import Scope

if TYPE_CHECKING:  # whoever only asks is spared the engine
    import duckdb

# How long a file that was replaced stays, for those who began to read before.
GRACE_MS = 3_600_000
_BATCH = 100_000  # rows in memory at once
_MONTH = "strftime(epoch_ms(happened_at), '%Y-%m')"
_WORDS = "words/"


class Kept(NamedTuple):
    """What a run did: files written, left as they were and removed; rows of the copy, and up to
    which interaction of the log it goes."""

    written: int
    left: int
    removed: int
    rows: int
    seq: int


def keep(scope: Scope, to: str, installation: str, now: int) -> Kept:
    """Bring the lake at `to` up to the columns as `scope` sees them.

    `installation` tells whose it is; `now` is UTC ms. Raises Conflict where it is another's.
    """
    place = Place(to)
    before = manifest.own(place, installation)
    state = dict(scope.cursor.execute("SELECT name, value FROM state").fetchall())
    tables = _Writing(scope.cursor, place, before).tables()
    after = Manifest(installation, now, int(state.get("watermark.seq", 0)), scope.zone, tables)
    after.old = _still_read(before, after)
    manifest.write(place, after)
    removed = _tidy(place, after)
    files = after.files()
    left = len(files & before.files())
    rows = sum(part.rows for part in tables["interactions"].parts.values())
    return Kept(len(files) - left, left, removed, rows, after.seq)


def _still_read(before: Manifest, after: Manifest) -> dict[str, int]:
    """The files that were replaced and stay a while, and since when. Words do not stay: the text
    of one may be gone because it had to."""
    replaced = before.old | dict.fromkeys(before.files() - after.files(), after.written_at)
    return {
        name: since
        for name, since in replaced.items()
        if after.written_at - since < GRACE_MS and not name.startswith(_WORDS)
    }


def _tidy(place: Place, now: Manifest) -> int:
    """Remove what belongs to no copy any more, and what a killed run left; how many files."""
    stay = {manifest.NAME, *now.files(), *now.old}
    gone = [name for name in place.names() if name not in stay]
    for name in gone:
        place.remove(name)
    return len(gone)


class _Group(NamedTuple):
    """What the columns hold of one table in one month ("" where it has no moment)."""

    month: str
    rows: int
    print: str
    first: int  # happened_at, UTC ms, of the first and the last
    last: int


class _Writing:
    """One run: the files that are missing, written beside those of before."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, place: Place, before: Manifest) -> None:
        self._cursor = cursor
        self._place = place
        self._before = before

    def tables(self) -> dict[str, Table]:
        """Every table of the columns, as it is now."""
        sql = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'main'"
        names = sorted(name for (name,) in self._cursor.execute(sql).fetchall())
        return {name: self._table(name) for name in names}

    def _table(self, name: str) -> Table:
        described = self._cursor.execute(f"DESCRIBE {name}").fetchall()
        columns = {column: sort for column, sort, *_ in described}
        known = self._before.tables.get(name, Table()).parts
        parts = {}
        for group in self._groups(name, columns):
            part = known.get(group.month)
            if part is None or part.print != group.print:
                part = self._write(name, columns, group)
            parts[group.month] = part
        return Table(columns, parts)

    def _groups(self, table: str, columns: dict[str, str]) -> list[_Group]:
        """Each month there is, with a fingerprint that a change of any row changes."""
        timed = "happened_at" in columns
        month, moment = (_MONTH, "happened_at") if timed else ("''", "0")
        found = self._cursor.execute(
            f"""SELECT {month} AS month, count(*), {_sum_of_hashes(columns)},
                    min({moment}), max({moment})
                FROM {table} GROUP BY month ORDER BY month"""
        ).fetchall()
        shape = self._shape(columns)
        return [
            _Group(month, rows, f"{shape}:{rows}:{total}", first, last)
            for month, rows, total, first, last in found
        ] or [_Group("", 0, shape, 0, 0)]

    def _shape(self, columns: dict[str, str]) -> str:
        """The columns every row has, and the engine whose hashes these are, in a few letters."""
        plain = [f"{name} {sort}" for name, sort in columns.items() if not _is_fact(name)]
        text = f"{self._engine}:{','.join(plain)}"
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    @cached_property
    def _engine(self) -> str:
        return str(self._cursor.execute("SELECT version()").fetchall()[0][0])

    def _write(self, table: str, columns: dict[str, str], group: _Group) -> Part:
        """A file of one month's rows, in the order the table keeps them."""
        listed = ", ".join(columns)
        sql = f"SELECT {listed} FROM {table}"
        if group.month:  # the bounds let the engine skip what is not of that month
            sql += f" WHERE happened_at BETWEEN {group.first} AND {group.last}"
        rows = self._cursor.sql(sql).to_arrow_reader(_BATCH)
        folder = f"{table}/{group.month}" if group.month else table
        name = f"{folder}/{secrets.token_hex(8)}.parquet"
        return Part(name, self._place.write_table(name, rows.schema, rows), group.print)


def _sum_of_hashes(columns: dict[str, str]) -> str:
    """SQL: the sum of a 64-bit hash of each row. A fact counts only where a row has it, so that
    one declared today changes no month of before."""
    plain = ", ".join(name for name in columns if not _is_fact(name))
    facts = "".join(
        f" + sum(CASE WHEN {name} IS NULL THEN 0 ELSE hash(seq, '{name}', {name}) END::HUGEINT)"
        for name in columns
        if _is_fact(name)
    )
    return f"sum(hash({plain})::HUGEINT){facts}"


def _is_fact(column: str) -> bool:
    return column.startswith("fact_")
