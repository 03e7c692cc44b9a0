"""The rows of an import that were set aside, as a CSV to mend and bring in again.

Its first columns say which row and why; the rest are the file's own, so that the mended file can
be imported with the same mapping. Cells that a spreadsheet would run are made inert.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from vivencia.interactions.database import open_database
from vivencia.interactions.imports import reading
from vivencia.interactions.imports.actions import ImportResult
from vivencia.lib.datadir import DataDir
from vivencia.lib.sheets import csv_lines

_HEADERS = {"es": ("fila", "motivo", "columna"), "en": ("row", "reason", "column")}
_RAW = {"es": "fila tal cual", "en": "row as it came"}


def lines(bad: Iterable[reading.BadLine], columns: list[str], language: str) -> Iterator[str]:
    """The file, line by line. A row that could be taken apart fills the file's own columns; one
    that could not stands whole in the last."""
    return csv_lines(_rows(bad, columns, language))


def _rows(
    bad: Iterable[reading.BadLine], columns: list[str], language: str
) -> Iterator[Sequence[object]]:
    tongue = "es" if language.startswith("es") else "en"
    yield [*_HEADERS[tongue], *columns, _RAW[tongue]]
    for one in bad:
        cells = _cells(one.raw)
        told = [one.number, one.sentence, one.column]
        if cells is None:
            yield [*told, *[""] * len(columns), one.raw]
        else:
            yield [*told, *(cells.get(name) for name in columns), ""]


def write_for(data: DataDir, result: ImportResult, language: str) -> Path | None:
    """Write the error file of an import and return where; None if it has no bad rows."""
    if not result.key or not result.quarantined:
        return None
    connection = open_database(data.database)
    try:
        if next(reading.bad_rows(connection, result.key, language, 1), None) is None:
            return None  # the same rows were set aside by an earlier import
        path = data.errors / f"{result.name}.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            path.chmod(0o600)
            file.writelines(of_import(connection, result.key, language))
        sql = "UPDATE imports SET error_file = ? WHERE key = ?"
        connection.execute(sql, (path.name, result.key))
    finally:
        connection.close()
    return path


def of_import(connection: object, key: int, language: str) -> Iterator[str]:
    """The error file of import `key`, line by line."""
    bad = list(reading.bad_rows(connection, key, language))  # type: ignore[arg-type]
    columns: dict[str, None] = {}
    for one in bad:
        columns |= dict.fromkeys(_cells(one.raw) or ())
    return lines(bad, list(columns), language)


def _cells(raw: str) -> dict[str, object] | None:
    """The row by column names, if it could be taken apart."""
    if not raw.startswith("{"):
        return None
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None
