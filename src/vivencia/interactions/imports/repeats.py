"""Rows of one file that carry the same id: a repeat is a duplicate, another content a conflict.

The whole file is looked through first, so that which row counts, the earliest, depends on the
file alone.
"""

from __future__ import annotations

import msgspec
import numpy as np
import numpy.typing as npt

from vivencia.interactions.formats import Batch, Reader
from vivencia.interactions.imports.lineage import Hashes
from vivencia.interactions.mapping.apply import with_yes_no
from vivencia.interactions.mapping.ids import SentIds
from vivencia.interactions.mapping.terms import Mapping
from vivencia.interactions.mapping.values import Bad

Marks = npt.NDArray[np.bool_]


class Ids(msgspec.Struct):
    """The ids of `n` rows: 16 bytes each, and the places of those that have one."""

    n: int
    packed: bytes
    rows: bytes


class Repeats:
    """`watch()` every batch, then ask `found()`. Without a column of ids nothing repeats."""

    def __init__(self, mapping: Mapping, secret: bytes) -> None:
        column = mapping.columns.get("id")
        self._ids = SentIds(column, secret) if column else None
        self._packed: list[bytes] = []
        self._rows: list[npt.NDArray[np.int64]] = []  # those that have an id
        self._n = 0

    def watch(self, reader: Reader, batch: Batch) -> None:
        start, self._n = self._n, self._n + len(batch.rows)
        if self._ids is None or self._ids.column not in reader.columns:
            return
        cells = batch.column(reader.columns.index(self._ids.column))
        sent = self._ids.read(with_yes_no(cells, texts=batch.texts))
        told = [at for at, one in enumerate(sent) if one is not None and type(one) is not Bad]
        self._packed.append(b"".join([sent[at][0] for at in told]))  # type: ignore[index,misc]
        self._rows.append(start + np.array(told, np.int64))

    def ids(self) -> Ids:
        """What was seen, as another takes it that saw what comes before."""
        rows = np.concatenate([np.empty(0, np.int64), *self._rows])
        return Ids(self._n, b"".join(self._packed), rows.tobytes())

    def add(self, after: Ids) -> None:
        self._packed.append(after.packed)
        self._rows.append(self._n + np.frombuffer(after.rows, np.int64))
        self._n += after.n

    def found(self, bodies: Hashes) -> tuple[Marks, Marks]:
        """(rows that repeat an earlier one, rows that contradict it), by place; `bodies` are the
        hashes of all rows."""
        same, other = np.zeros(self._n, np.bool_), np.zeros(self._n, np.bool_)
        if self._rows:
            rows = np.concatenate(self._rows)
            halves = np.frombuffer(b"".join(self._packed), np.uint64).reshape(-1, 2)
            self._packed.clear()
            self._rows.clear()
            order = np.lexsort((halves[:, 1], halves[:, 0]))  # stable: the earliest row first
            ordered, rows = halves[order], rows[order]
            leads = np.ones(len(rows), np.bool_)
            leads[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
            first = np.maximum.accumulate(np.where(leads, np.arange(len(rows)), 0))
            agrees = bodies[rows] == bodies[rows[first]]
            same[rows[~leads & agrees]] = True
            other[rows[~leads & ~agrees]] = True
        return same, other
