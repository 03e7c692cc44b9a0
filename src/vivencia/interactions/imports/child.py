"""A process of its own that reads and maps a file, and sends what it made through a pipe.

The reader of the pipe writes to the log; it never waits on parsing while it holds the write
lock. The pipe is small, so a slow writer slows the reading and memory stays flat. No Django.

             ← Compare   the imports made before, which the first pass need not know
    Surveyed →           what the file is, after a first pass through it
             ← Go        what the import will be called; or the pipe is closed
    Piece, Piece … →     interactions and refusals, in order
    Finished →           (or Failed at any time)
"""

from __future__ import annotations

import dataclasses
import gc
import os
import time
from collections import Counter
from collections.abc import Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import numpy as np

from vivencia.interactions.formats import Batch, Note, Reader, no_rows, open_rows
from vivencia.interactions.imports.coding import Coded, Coder
from vivencia.interactions.imports.lineage import (
    ACCEPTED,
    NO_HASHES,
    PARTLY,
    REFUSED,
    Earlier,
    Hashes,
    Place,
    RowFile,
    among,
    content_digest,
    place,
    union,
)
from vivencia.interactions.imports.repeats import Marks
from vivencia.interactions.imports.survey import Survey, survey
from vivencia.interactions.mapping import Mapper, Mapping
from vivencia.interactions.mapping.mapped import Mapped, Refusal, Table, interactions_of, rows_at
from vivencia.interactions.mapping.values import Bad
from vivencia.interactions.record import Interaction
from vivencia.lib.errors import BadFile, VivenciaError
from vivencia.lib.memory import give_back

MOST_IN_A_PIECE = 250  # interactions: what a slow machine appends in a transaction of 50 ms
PREVIEWED = 8  # interactions a trial shows as they would become
_NICENESS = 5  # reading gives way to whoever answers people


class Job(msgspec.Struct):
    """What to read and how. `row_key` keys the hashes of rows, `secret` those of ids."""

    path: str
    mapping: dict[str, Any]
    row_key: bytes
    secret: bytes = b""


class Compare(msgspec.Struct):
    earlier: list[Earlier]


class Surveyed(msgspec.Struct, tag=True):
    """A first pass: how many rows, how the file was read, where it belongs."""

    rows: int
    columns: list[str]
    notes: list[Note]
    content: str
    place: Place


class At(msgspec.Struct, tag=True):
    """How far reading is, in bytes on disk of both passes."""

    phase: str  # "survey" or "store"
    at: int
    size: int
    rows: int


class Go(msgspec.Struct):
    source: str
    prefix: bytes
    now: int
    rows_file: str | None  # None: nothing is kept, the file is only tried


class Piece(msgspec.Struct, tag=True):
    """Part of what the file became: `n` interactions, coded for the log or, where the file is
    only tried, none but the first of them `shown`. `known` interactions, and refusals of known
    rows, came with an earlier import and are only counted."""

    rows: int  # rows read so far
    n: int = 0
    coded: bytes = b""  # packed, as many pieces wait for their transaction
    shown: list[Interaction] = msgspec.field(default_factory=list)
    refused: list[Refusal] = msgspec.field(default_factory=list)
    known: int = 0
    known_refused: dict[str, int] = msgspec.field(default_factory=dict)


class Finished(msgspec.Struct, tag=True):
    rows: int
    without_value: int  # rows that had no value in any column of scores


class Failed(msgspec.Struct, tag=True):
    error: str  # class of lib.errors, or "" for a bug of ours
    es: str
    en: str
    reason: str


T = TypeVar("T")
Message = Surveyed | At | Piece | Finished | Failed
encode = msgspec.msgpack.Encoder().encode
decode = msgspec.msgpack.Decoder(Message).decode
unpack = msgspec.msgpack.Decoder(Coded).decode


def main(pipe: Connection, packed: bytes) -> None:
    """What the process runs: never raises, says everything through the pipe."""
    os.nice(_NICENESS)
    gc.disable()  # millions of rows and no cycles: looking for them takes a quarter of the time
    try:
        _Work(pipe, msgspec.msgpack.decode(packed, type=Job)).run()
    except (BrokenPipeError, EOFError, KeyboardInterrupt):
        return  # whoever asked is gone
    except VivenciaError as error:
        pipe.send_bytes(encode(Failed(type(error).__name__, error.es, error.en, error.reason)))
    except MemoryError:
        pipe.send_bytes(encode(_out_of_memory()))
    finally:
        pipe.close()


class _Work:
    """The two passes through one file."""

    def __init__(self, pipe: Connection, job: Job) -> None:
        self._pipe = pipe
        self._job = job
        self._mapping = Mapping.from_dict(job.mapping)
        self._coder: Coder | None = None  # none where the file is only tried
        self._to_show = PREVIEWED
        self._said = 0.0

    def run(self) -> None:
        reader = self._open()
        seen = self._survey(reader)
        rows, unreadable = seen.rows, seen.unreadable
        columns = list(reader.columns)
        self._mapping.check(columns)
        seen.learnt.settle()
        content = content_digest(rows, unreadable)
        earlier = self._receive(Compare).earlier
        found = place(np.sort(rows), content, self._mapping.digest, earlier)
        total = len(rows) + len(unreadable)
        self._send(Surveyed(total, columns, reader.notes, content, found))
        if reader.sparse:  # whose rows have the layout of the whole file only when read again
            reader = self._open(tuple(columns))
        self._map(self._receive(Go), reader, found, seen)

    def _open(self, columns: tuple[str, ...] = ()) -> Reader:
        options = dataclasses.replace(self._mapping.options, columns=columns)
        return open_rows(self._job.path, self._mapping.format, options)

    def _survey(self, reader: Reader) -> Survey:
        job, mapping = self._job, self._mapping
        seen = survey(
            reader, lambda: Survey(mapping, job.row_key, job.secret),
            lambda at, rows: self._say_how_far("survey", at, reader.size, rows), self._pipe.close,
        )  # fmt: skip
        if not len(seen.rows) + len(seen.unreadable):
            raise no_rows(reader.path.name)
        return seen

    def _map(self, go: Go, reader: Reader, found: Place, seen: Survey) -> None:
        rows, unreadable = seen.rows, seen.unreadable
        if go.rows_file:  # if we are cut short, this tells what we were about to bring in
            RowFile(accepted=np.sort(rows)).save(Path(go.rows_file))
            self._coder = Coder()
        known = _known(found)
        repeated, contradicted = seen.repeats.found(rows)
        is_known = among(rows, known) | repeated
        unreadable_known = among(unreadable, known)
        give_back()  # what the first pass and comparing with what is known needed
        fates = np.full(len(rows), ACCEPTED, np.uint8)
        mapper = Mapper(
            self._mapping, reader.columns, seen.learnt, source=go.source, prefix=go.prefix,
            now=go.now, secret=self._job.secret,
        )  # fmt: skip
        done = done_bad = without_value = 0
        for batch in reader:
            end, end_bad = done + len(batch.rows), done_bad + len(batch.bad)
            bodies = rows[done:end].view(np.int64).tolist()
            mapped = mapper.map(batch, bodies, self._conflicts(contradicted[done:end]))
            fates[done:end], empty = _fates(mapped, batch)
            without_value += empty
            self._give(
                end + end_bad, batch, mapped,
                is_known[done:end].tolist(), unreadable_known[done_bad:end_bad].tolist(),
            )  # fmt: skip
            done, done_bad = end, end_bad
        if done != len(rows) or done_bad != len(unreadable):
            raise _changed(reader.path.name)
        if go.rows_file:
            mine = RowFile.of(rows, fates, unreadable)
            _with_below(mine, found).save(Path(go.rows_file))
        self._send(Finished(done + done_bad, without_value))

    def _conflicts(self, contradicted: Marks) -> dict[int, Bad]:
        """By place, the rows whose id an earlier row has with another content."""
        column = self._mapping.columns.get("id", "")
        return dict.fromkeys(np.flatnonzero(contradicted).tolist(), Bad("id_conflict", column))

    def _give(
        self, rows: int, batch: Batch, mapped: Mapped, known: list[bool], bad_known: list[bool]
    ) -> None:
        """Send what a batch became: new things whole, known ones as counts."""
        fresh: Sequence[int] = range(len(mapped.places))
        table = mapped.table
        if True in known:
            fresh = [n for n, place in enumerate(mapped.places) if not known[place]]
            table = rows_at(table, fresh)
        for start in range(0, len(fresh), MOST_IN_A_PIECE):
            part = {name: cells[start : start + MOST_IN_A_PIECE] for name, cells in table.items()}
            self._send(self._piece(rows, part))
        refused, counted = _new_refusals(batch, mapped, known, bad_known)
        n_known = len(mapped.places) - len(fresh)
        if refused or counted or n_known or not fresh:
            self._send(Piece(rows, refused=refused, known=n_known, known_refused=counted))

    def _piece(self, rows: int, table: Table) -> Piece:
        n = len(table["id"])
        if self._coder is not None:
            return Piece(rows, n, encode(self._coder.code(table)))
        shown = interactions_of({name: cells[: self._to_show] for name, cells in table.items()})
        self._to_show -= len(shown)
        return Piece(rows, n, shown=shown)

    def _say_how_far(self, phase: str, at: int, size: int, rows: int) -> None:
        if time.monotonic() - self._said > 0.3:
            self._said = time.monotonic()
            self._send(At(phase, at, size, rows))

    def _send(self, message: Message) -> None:
        self._pipe.send_bytes(encode(message))

    def _receive(self, kind: type[T]) -> T:
        return msgspec.msgpack.decode(self._pipe.recv_bytes(), type=kind)


def _known(found: Place) -> Hashes:
    """Every row the imports below have seen."""
    known = NO_HASHES
    for name in found.known_from:
        below = RowFile.load(Path(name))
        known = union(known, below.known) if below else known
    return known


def _with_below(mine: RowFile, found: Place) -> RowFile:
    """The rows of this import with what those below it had seen, so that its file tells all."""
    for name in found.known_from:
        if (below := RowFile.load(Path(name))) is not None:
            mine.partly = union(mine.partly, below.partly)
            mine.refused = union(mine.refused, below.refused)
    return mine


def _new_refusals(
    batch: Batch, mapped: Mapped, known: list[bool], bad_known: list[bool]
) -> tuple[list[Refusal], dict[str, int]]:
    """(what is refused for the first time, how often known rows were refused, by reason)."""
    refused, counted = [], Counter[str]()
    was_in = dict(zip(batch.numbers, known, strict=True)) if mapped.refused else {}
    for one in mapped.refused:
        if was_in[one.number]:
            counted[one.reason] += 1
        else:
            refused.append(one)
    for bad, was_known in zip(batch.bad, bad_known, strict=True):
        if was_known:
            counted[bad.reason] += 1
        else:
            refused.append(Refusal(bad.number, bad.reason, "", bad.raw))
    return refused, dict(counted)


def _fates(mapped: Mapped, batch: Batch) -> tuple[list[int] | int, int]:
    """(what became of each row of the batch, or of all; how many gave nothing at all)."""
    if isinstance(mapped.places, range):
        return ACCEPTED, 0
    made, refused = set(mapped.places), {one.number for one in mapped.refused}
    fates, empty = [], 0
    for at, number in enumerate(batch.numbers):
        if number in refused:
            fates.append(PARTLY if at in made else REFUSED)
        else:
            fates.append(ACCEPTED)
            empty += at not in made
    return fates, empty


def _changed(name: str) -> BadFile:
    return BadFile(
        es=f"{name} cambió mientras se leía. Lo que ya entró sigue dentro; vuelve a importarlo.",
        en=f"{name} changed while it was read. What came in stays; import it again.",
        reason="file_changed",
    )


def _out_of_memory() -> Failed:
    return Failed(
        "BadFile",
        "El archivo no cabe en la memoria de esta máquina. Pártelo o pásalo a CSV.",
        "The file does not fit in this machine's memory. Split it, or turn it into CSV.",
        "memory",
    )
