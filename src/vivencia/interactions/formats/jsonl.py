"""JSON Lines: one object a line, its keys the columns; what lies deeper becomes "a.b"."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec

from vivencia.interactions.formats.packed import Bytes, open_bytes
from vivencia.interactions.formats.rows import (
    MOST_COLUMNS,
    ROWS_A_BATCH,
    BadRow,
    Batch,
    Cell,
    Options,
    Reader,
)
from vivencia.lib.errors import BadFile

LONGEST_LINE = 4 << 20
DEEPEST = 32
_LARGEST = 2**63 - 1


class JsonlReader(Reader):
    """A line that is no object, too deep or not strict JSON is a bad row, never the end."""

    sparse = True

    def __init__(self, path: Path, options: Options) -> None:
        super().__init__(path, options)
        self._raw: Bytes | None = None
        self._refuse_an_array()

    def _refuse_an_array(self) -> None:
        """One array of all rows can not be read a line at a time: say how to make lines of it."""
        stream, _raw = open_bytes(self.path)
        with stream:
            if stream.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"["):
                name = self.path.name
                raise BadFile(
                    es=f"{name} es una sola lista JSON, y aquí va un objeto por línea. Conviértelo "
                    f"con: jq -c '.[]' {name} > filas.jsonl",
                    en=f"{name} is one JSON array; one object a line is read. Turn it into lines "
                    f"with: jq -c '.[]' {name} > rows.jsonl",
                    reason="json_array",
                )

    @property
    def at(self) -> int:
        return self._raw.packed_at if self._raw else 0

    def __iter__(self) -> Iterator[Batch]:
        stream, self._raw = open_bytes(self.path)
        places = {name: place for place, name in enumerate(self.columns)}
        batch = Batch([], [])
        numbers: list[int] = []
        number = 0
        with stream:
            while line := stream.readline(LONGEST_LINE):
                number += 1
                if len(line) == LONGEST_LINE:
                    batch.bad.append(BadRow(number, "line_too_long", _shown(line[:1000])))
                    while line and not line.endswith(b"\n"):
                        line = stream.readline(LONGEST_LINE)
                    continue
                row = self._row(line, number, places, batch.bad)
                if row is not None:
                    batch.rows.append(row)
                    numbers.append(number)
                if len(numbers) + len(batch.bad) >= ROWS_A_BATCH:
                    yield self._closed(batch, numbers)
                    batch, numbers = Batch([], []), []
        if numbers or batch.bad:
            yield self._closed(batch, numbers)

    def _row(
        self, line: bytes, number: int, places: dict[str, int], bad: list[BadRow]
    ) -> tuple[Cell, ...] | None:
        """The cells of a line in the layout known so far; None for an empty or a bad line."""
        line = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
        if not line.strip():
            return None
        found, reason = _decoded(line)
        if reason:
            bad.append(BadRow(number, reason, _shown(line)))
            return None
        cells: list[Cell] = [None] * len(places)
        for name, value in found.items():
            place = places.get(name)
            if place is not None:
                cells[place] = value
            elif len(places) < MOST_COLUMNS:
                places[name] = len(places)
                self.columns.append(name)
                cells.append(value)
            else:
                bad.append(BadRow(number, "too_many_columns", _shown(line)))
                return None
        return tuple(cells)

    def _closed(self, batch: Batch, numbers: list[int]) -> Batch:
        """The batch, its rows as wide as the layout has become."""
        width = len(self.columns)
        batch.rows = [
            row if len(row) == width else row + (None,) * (width - len(row)) for row in batch.rows
        ]
        batch.numbers = numbers
        return batch


def _decoded(line: bytes) -> tuple[dict[str, Cell], str]:
    """(cells by name, "") or ({}, reason)."""
    try:
        item = msgspec.json.decode(line)
    except msgspec.ValidationError:
        return {}, "number_range"
    except msgspec.DecodeError:
        return {}, "bad_json"
    except UnicodeDecodeError:
        return {}, "bad_encoding"
    except RecursionError:
        return {}, "too_deep"
    if not isinstance(item, dict):
        return {}, "not_an_object"
    cells: dict[str, Cell] = {}
    return cells, _flatten(item, "", cells, 0)


def _flatten(item: dict[str, object], prefix: str, cells: dict[str, Cell], depth: int) -> str:
    """Put what is in `item` into `cells`; a reason if it can not be kept."""
    if depth > DEEPEST:
        return "too_deep"
    for name, value in item.items():
        if isinstance(value, dict):
            if reason := _flatten(value, f"{prefix}{name}.", cells, depth + 1):
                return reason
        elif isinstance(value, list):
            try:
                cells[prefix + name] = json.dumps(value, ensure_ascii=False)
            except RecursionError:
                return "too_deep"
        elif type(value) is int and not -_LARGEST <= value <= _LARGEST:
            return "number_range"
        else:
            cells[prefix + name] = value  # type: ignore[assignment]
    return ""


def _shown(line: bytes) -> str:
    return line.rstrip(b"\r\n").decode("utf-8", "replace")
