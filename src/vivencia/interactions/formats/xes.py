"""XES event logs (IEEE 1849), streamed: one row per event. Plain traces are cut (xes_flat.py),
the rest is parsed by expat.

Columns are the events' keys as written ("concept:name"); those of the trace begin with "case:".
Nested attributes become "parent/child". Declarations of types and entities are refused, because
they can make a small file swell or read other files.
"""

from __future__ import annotations

import io
from collections.abc import Generator, Iterator
from pathlib import Path
from xml.parsers import expat

from vivencia.interactions.formats.packed import Bytes, open_bytes
from vivencia.interactions.formats.rows import (
    MOST_COLUMNS,
    ROWS_A_BATCH,
    Batch,
    Cell,
    Options,
    Reader,
)
from vivencia.interactions.formats.xes_flat import FlatTraces, hides_nothing, may_begin
from vivencia.lib.errors import BadFile

_TRACE, _TRACE_END = b"<trace>", b"</trace>"
_BLOCK = 1 << 18
_MOST_UNSEEN = 16 << 20  # bytes fed without one complete tag
_DEEPEST = 32  # attributes within attributes; each is named by all it stands in
_CASE = "case:"
_GROUPS = frozenset({"list", "container"})
_VALUES = frozenset({"string", "date", "int", "float", "boolean", "id", "list", "container"})


class XesReader(Reader):
    """Rows are events in the order of the file; Batch.ranks is the place in the trace, from 1."""

    sparse = True

    def __init__(self, path: Path, options: Options) -> None:
        super().__init__(path, options)
        self._raw: Bytes | None = None

    @property
    def at(self) -> int:
        return self._raw.packed_at if self._raw else 0

    def __iter__(self) -> Iterator[Batch]:
        stream, self._raw = open_bytes(self.path)
        events = _Events(self.columns, self.path.name)
        with stream:
            block = yield from self._plain_traces(stream, events)
            unseen, tags = 0, -1
            while block := block or stream.read(_BLOCK):
                events.feed(block)
                unseen = unseen + len(block) if events.tags == tags else 0
                tags = events.tags
                if unseen > _MOST_UNSEEN:
                    raise _not_xes(self.path.name)
                yield from events.batches(ROWS_A_BATCH)
                block = b""
            events.finish()
        yield from events.batches(1)

    def _plain_traces(
        self, stream: io.BufferedReader, events: _Events
    ) -> Generator[Batch, None, bytes]:
        """Batches of the traces that can be read without the parser, which gets only what stands
        around them; the bytes from where it must go on alone, to the end of what was read."""
        flat = FlatTraces(events.place_of)
        rest = stream.read(_BLOCK)
        start = rest.find(_TRACE)
        if start < 0 or not may_begin(rest[:start]):
            return rest
        events.feed(rest[:start])
        rest = rest[start:]
        while events.between_traces and len(rest) < _MOST_UNSEEN:
            whole = rest.rfind(_TRACE_END) + len(_TRACE_END)
            if whole >= len(_TRACE_END):
                try:
                    text = rest[:whole].decode()
                except UnicodeDecodeError:
                    break
                if not hides_nothing(rest[:whole]):
                    break
                rest = events.take(flat, text) + rest[whole:]
                yield from events.batches(ROWS_A_BATCH)
            if not (block := stream.read(_BLOCK)):
                break
            rest += block
        return rest


class _Events:
    """Collects events from expat's calls. Cells lie at the place of their column."""

    def __init__(self, columns: list[str], name: str) -> None:
        self._columns = columns
        self._name = name
        self._event_places = {
            one: place for place, one in enumerate(columns) if not one.startswith(_CASE)
        }
        self._trace_places = {
            one.removeprefix(_CASE): place
            for place, one in enumerate(columns)
            if one.startswith(_CASE)
        }
        self._parser = expat.ParserCreate()
        self._parser.ordered_attributes = True
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.EntityDeclHandler = self._refuse
        self.tags = 0  # besides attributes
        self._seen_log = self._in_log = False
        self._lines = 0  # of plain traces, which the parser has not seen
        self._skip = 0  # depth inside <global>, <classifier> and the like
        self._path: list[str] = []  # keys of the attributes now open
        self._trace: list[Cell] = []
        self._cells: list[Cell] | None = None  # of the trace or event now open
        self._places = self._trace_places
        self._in_trace = 0
        self._number = 0
        self._rows: list[list[Cell]] = []
        self._ranks: list[int] = []

    @property
    def between_traces(self) -> bool:
        """Whether the parser stands inside <log>, and in nothing within it."""
        return self._in_log and not self._skip and not self._path and self._cells is None

    def feed(self, block: bytes) -> None:
        self._parse(block, final=False)

    def take(self, flat: FlatTraces, text: str) -> bytes:
        """Collect the events of whole traces; those not plain are parsed. What must be left,
        because a trace did not end where it seemed to."""
        before, *traces = text.split("<trace>")
        if before.strip():
            self.feed(before.encode())
        else:
            self._lines += before.count("\n")
        for at, trace in enumerate(traces):
            if not self.between_traces:
                return "".join(f"<trace>{one}" for one in traces[at:]).encode()
            rows = flat.trace(trace, len(self._columns))
            if rows is None:
                self.feed(f"<trace>{trace}".encode())
            else:
                self._rows += rows
                self._ranks += range(1, len(rows) + 1)
                self._lines += trace.count("\n")
        return b""

    def place_of(self, key: str, of_trace: bool) -> int | None:
        """The column of a key, a new one if need be; None past the most there may be."""
        places = self._trace_places if of_trace else self._event_places
        place = places.get(key)
        if place is None and len(self._columns) < MOST_COLUMNS:
            place = places[key] = len(self._columns)
            self._columns.append(_CASE + key if of_trace else key)
        return place

    def finish(self) -> None:
        self._parse(b"", final=True)
        if not self._seen_log:
            raise _not_xes(self._name)

    def _parse(self, block: bytes, *, final: bool) -> None:
        passed, self._lines = b"\n" * self._lines, 0
        try:
            if passed:  # so that an error names its line
                self._parser.Parse(passed, False)
            self._parser.Parse(block, final)
        except expat.ExpatError as error:
            raise _not_xes(self._name, error.lineno) from None
        except (ValueError, LookupError):  # an encoding that expat can not read
            raise _not_xes(self._name) from None

    def batches(self, at_least: int) -> Iterator[Batch]:
        """What has been collected, in batches, once there are `at_least` rows of it."""
        while len(self._rows) >= at_least:
            rows, self._rows = self._rows[:ROWS_A_BATCH], self._rows[ROWS_A_BATCH:]
            ranks, self._ranks = self._ranks[:ROWS_A_BATCH], self._ranks[ROWS_A_BATCH:]
            width = len(self._columns)
            start = self._number + 1
            self._number += len(rows)
            yield Batch(
                [tuple(row) if len(row) == width else _wide(row, width) for row in rows],
                range(start, self._number + 1), ranks=ranks,
            )  # fmt: skip

    def _start(self, tag: str, attributes: list[str]) -> None:
        """Called for every opening tag: attributes of events first, they are nearly all."""
        if tag in _VALUES and not self._skip:
            if self._path or len(attributes) != 4 or attributes[0] != "key":
                key, value = self._nested(attributes)
            else:
                key, value = attributes[1], attributes[3]
            self._path.append(key)
            cells = self._cells
            if cells is not None and (value or tag not in _GROUPS):
                try:
                    cells[self._places[key]] = value
                except (KeyError, IndexError):
                    self._put(key, value)
        else:
            self._enter(tag)

    def _enter(self, tag: str) -> None:
        self.tags += 1
        if self._skip:
            self._skip += 1
        elif tag == "event":
            self._in_trace += 1
            self._cells, self._places = self._trace.copy(), self._event_places
        elif tag == "trace":
            self._in_trace = 0
            self._trace = self._cells = [None] * len(self._columns)
            self._places = self._trace_places
        elif tag == "log":
            self._seen_log = self._in_log = True
        elif tag != "values":
            self._skip = 1

    def _end(self, tag: str) -> None:
        if self._skip:
            self._skip -= 1
        elif tag in _VALUES:
            self._path.pop()
        elif tag == "event":
            self._rows.append(self._cells or [])
            self._ranks.append(self._in_trace)
            self._cells, self._places = self._trace, self._trace_places
        elif tag == "trace":
            self._cells = None
        elif tag == "log":
            self._in_log = False

    def _nested(self, attributes: list[str]) -> tuple[str, str]:
        """(key, value) of an attribute inside another, or written in another order."""
        if len(self._path) > _DEEPEST:
            raise _not_xes(self._name)
        named = dict(zip(attributes[::2], attributes[1::2], strict=True))
        key = named.get("key", "")
        return f"{self._path[-1]}/{key}" if self._path else key, named.get("value", "")

    def _put(self, key: str, value: str) -> None:
        """Set a cell whose column is new, or lies beyond the row as wide as it was."""
        cells, places = self._cells, self._places
        if cells is None or not key:
            return
        place = self.place_of(key, places is self._trace_places)
        if place is None:
            raise _not_xes(self._name)
        cells.extend([None] * (place + 1 - len(cells)))
        cells[place] = value

    def _refuse(self, *_: object) -> None:
        raise BadFile(
            es=f"{self._name} declara tipos o entidades XML; por seguridad no se lee.",
            en=f"{self._name} declares XML types or entities; it is not read, for safety.",
            reason="xml_entities",
        )


def _wide(row: list[Cell], width: int) -> tuple[Cell, ...]:
    return (*row, *[None] * (width - len(row)))


def _not_xes(name: str, line: int | None = None) -> BadFile:
    es = f" (línea {line})" if line else ""
    en = f" (line {line})" if line else ""
    return BadFile(
        es=f"{name} no se puede leer como XES: está cortado o no es un registro de eventos{es}.",
        en=f"{name} can not be read as XES: it is cut short or no event log{en}.",
        reason="not_xes",
    )
