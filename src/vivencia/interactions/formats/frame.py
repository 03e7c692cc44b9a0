"""Rows of a data frame (pandas, Polars, Arrow), read like those of a file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from vivencia.interactions.formats.parquet import cells_of
from vivencia.interactions.formats.rows import ROWS_A_BATCH, Batch, Options, Reader, unique_names


class FrameReader(Reader):
    """The rows of an Arrow table; row 1 is the first."""

    def __init__(self, table: pa.Table, options: Options) -> None:
        super().__init__(Path("/dev/null"), options)
        self._table = table
        self.columns = unique_names(table.column_names)
        self.total = table.num_rows

    def __iter__(self) -> Iterator[Batch]:
        done = 0
        for piece in self._table.to_batches(max_chunksize=ROWS_A_BATCH):
            start = done + 1
            done += piece.num_rows
            cells = [cells_of(column) for column in piece.columns]
            yield Batch(list(zip(*cells, strict=True)), range(start, done + 1))
