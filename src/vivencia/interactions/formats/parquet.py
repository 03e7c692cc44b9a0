"""Parquet, read in batches. Times become ISO 8601 text, so that one rule reads all times."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from vivencia.interactions.formats.packed import is_gzip, open_bytes
from vivencia.interactions.formats.rows import (
    MOST_COLUMNS,
    ROWS_A_BATCH,
    Batch,
    Cell,
    Options,
    Reader,
    unique_names,
)
from vivencia.lib.errors import BadFile

_LARGEST_GZIPPED = 2 << 30  # Parquet is read by position, so a packed one is unpacked in memory


class ParquetReader(Reader):
    """Parquet compresses inside; a file that is gzip on top of it is unpacked first."""

    def __init__(self, path: Path, options: Options) -> None:
        super().__init__(path, options)
        try:
            self._file = pq.ParquetFile(_unpacked(path) if is_gzip(path) else path)
            self.columns = unique_names(self._file.schema_arrow.names)
        except (pa.ArrowException, OSError, ValueError):  # a name that is no text is the last
            raise _not_parquet(path.name) from None
        if len(self.columns) > MOST_COLUMNS:
            raise _not_parquet(path.name)
        self.total = self._file.metadata.num_rows
        self._done = 0

    @property
    def at(self) -> int:
        return self.size * self._done // max(self.total or 0, 1)

    def __iter__(self) -> Iterator[Batch]:
        self._done = 0
        try:
            for piece in self._file.iter_batches(batch_size=ROWS_A_BATCH, use_threads=False):
                start = self._done + 1
                self._done += piece.num_rows
                cells = [cells_of(column) for column in piece.columns]
                yield Batch(list(zip(*cells, strict=True)), range(start, self._done + 1))
        except (pa.ArrowException, OSError, ValueError, OverflowError):
            raise _not_parquet(self.path.name) from None


def cells_of(column: pa.Array) -> list[Cell]:
    """A column as text, numbers and None."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return cells_of(column.dictionary_decode())
    if pa.types.is_timestamp(kind):
        return _iso(column)
    if pa.types.is_duration(kind):
        return list(column.cast(pa.duration("ms"), safe=False).cast(pa.int64()).to_pylist())
    if pa.types.is_date(kind) or pa.types.is_time(kind) or pa.types.is_decimal(kind):
        return list(column.cast(pa.string()).to_pylist())
    values = column.to_pylist()
    if pa.types.is_floating(kind):
        return [None if value is None or value != value else value for value in values]
    if pa.types.is_nested(kind):
        return [None if value is None else json.dumps(value, default=str) for value in values]
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return [None if value is None else value.decode("utf-8", "replace") for value in values]
    return list(values)


def _iso(column: pa.Array) -> list[Cell]:
    """Timestamps to the millisecond; those of a known instant end in Z."""
    instant = column.type.tz is not None
    plain = column.cast(pa.timestamp("ms", "UTC" if instant else None), safe=False)
    return list(pc.cast(plain, pa.string()).to_pylist())


def _unpacked(path: Path) -> pa.BufferReader:
    stream, _ = open_bytes(path)
    with stream:
        content = stream.read(_LARGEST_GZIPPED)
    if len(content) == _LARGEST_GZIPPED:
        raise BadFile(
            es=f"{path.name} es demasiado grande para venir en gzip: descomprímelo antes.",
            en=f"{path.name} is too large to come as gzip: unpack it first.",
            reason="inflated_too_large",
        )
    return pa.BufferReader(content)


def _not_parquet(name: str) -> BadFile:
    return BadFile(
        es=f"{name} no se puede leer como Parquet: está dañado o es otra cosa.",
        en=f"{name} can not be read as Parquet: it is damaged, or something else.",
        reason="not_parquet",
    )
