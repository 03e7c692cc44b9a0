"""The first pass through a file: the hashes of its rows, and what its columns tell. No Django.

Nothing else of an import can be done meanwhile, so a large file is gone through by two processes,
a half each. The second is a copy of the first, which costs no start and hardly any memory.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterable
from contextlib import closing

import msgspec
import numpy as np

from vivencia.interactions.formats import Batch, Reader, Torn
from vivencia.interactions.imports.lineage import NO_HASHES, Hashes, RowHasher
from vivencia.interactions.imports.repeats import Ids, Repeats
from vivencia.interactions.mapping import Mapping
from vivencia.interactions.mapping.learn import Examples, Learnt

WORTH_TWO = 16 << 20  # bytes of a file: less is gone through in half a second

Progress = Callable[[int, int], None]  # bytes and rows so far


class Packed(msgspec.Struct):
    """What one process found, as another takes it."""

    rows: bytes
    unreadable: bytes
    examples: Examples
    ids: Ids


class Survey:
    """What is known of a file so far; `read` its parts in their order."""

    def __init__(self, mapping: Mapping, row_key: bytes, secret: bytes) -> None:
        self.learnt = Learnt(mapping)
        self.repeats = Repeats(mapping, secret)
        self._row_key = row_key
        self._rows = [NO_HASHES]
        self._unreadable = [NO_HASHES]

    def read(self, reader: Reader, batches: Iterable[Batch], progress: Progress) -> None:
        hasher = RowHasher(self._row_key, reader.columns, sparse=reader.sparse)
        n = 0
        for batch in batches:
            self.learnt.watch(reader, batch)
            self.repeats.watch(reader, batch)
            self._rows.append(hasher.rows(batch.rows))
            self._unreadable.append(hasher.unreadable([bad.raw for bad in batch.bad]))
            n += len(batch.rows) + len(batch.bad)
            progress(reader.at, n)

    @property
    def rows(self) -> Hashes:
        """Of the rows, in order."""
        self._rows = _joined(self._rows)
        return self._rows[0]

    @property
    def unreadable(self) -> Hashes:
        self._unreadable = _joined(self._unreadable)
        return self._unreadable[0]

    def packed(self) -> bytes:
        rows, unreadable = self.rows.tobytes(), self.unreadable.tobytes()
        return _pack(Packed(rows, unreadable, self.learnt.examples(), self.repeats.ids()))

    def add(self, packed: bytes) -> None:
        """Take what another process found in the part that comes next."""
        found = _unpack(packed)
        self._rows.append(np.frombuffer(found.rows, np.uint64))
        self._unreadable.append(np.frombuffer(found.unreadable, np.uint64))
        self.learnt.learn(found.examples)
        self.repeats.add(found.ids)


_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(Packed).decode


def survey(
    reader: Reader, begin: Callable[[], Survey], progress: Progress, alone: Callable[[], None]
) -> Survey:
    """All of the file. `begin` makes an empty survey; `alone` is called in the second process
    and lets go of what only the first may hold."""
    middle = reader.middle() if reader.size >= WORTH_TWO and _two_processors() else None
    if middle is not None:
        try:
            return _in_halves(reader, middle, begin, progress, alone)
        except Torn:
            pass  # a row goes through the middle
    whole = begin()
    whole.read(reader, reader, progress)
    return whole


def _in_halves(
    reader: Reader, middle: int, begin: Callable[[], Survey], progress: Progress,
    alone: Callable[[], None],
) -> Survey:  # fmt: skip
    def second() -> bytes:
        alone()
        half, first = begin(), os.getppid()
        half.read(reader, reader.part(middle, None), lambda *_: _end_without(first))
        return half.packed()

    def of_both(at: int, rows: int) -> None:
        progress(min(2 * at, reader.size), 2 * rows)

    found = begin()
    with closing(_Copy(second)) as copy:
        found.read(reader, reader.part(0, middle), of_both)
        packed = copy.result()
    if packed is None:  # it came to nothing: whatever stopped it is met here
        found.read(reader, reader.part(middle, None), progress)
    else:
        found.add(packed)
    return found


class _Copy:
    """A copy of this process that does some work and ends."""

    def __init__(self, work: Callable[[], bytes]) -> None:
        ours, theirs = os.pipe()
        self._came = os.fdopen(ours, "rb")
        try:
            self._pid = os.fork()
        except OSError:  # no room for another: `result` is None
            self._pid = -1
        if not self._pid:
            _work_and_end(work, theirs)
        os.close(theirs)

    def result(self) -> bytes | None:
        """What the work gave, once it is done; None if it failed."""
        came = self._came.read()
        return came if self._ended() and came else None

    def _ended(self) -> bool:
        pid, self._pid = self._pid, -1
        return pid > 0 and os.waitpid(pid, 0)[1] == 0

    def close(self) -> None:
        self._came.close()
        if self._pid > 0:
            os.kill(self._pid, signal.SIGKILL)
            self._ended()


def _work_and_end(work: Callable[[], bytes], to: int) -> None:
    """Never returns: nothing of what the other process has begun is to be ended twice."""
    try:
        with open(to, "wb") as file:
            file.write(work())
        os._exit(0)
    except BaseException:  # the other one meets it in its turn
        os._exit(1)


def _joined(hashes: list[Hashes]) -> list[Hashes]:
    """In one, those they came in let go of."""
    return [np.concatenate(hashes)] if len(hashes) > 1 else hashes


def _end_without(parent: int) -> None:
    if os.getppid() != parent:
        os._exit(1)


def _two_processors() -> bool:
    return sys.platform == "linux" and len(os.sched_getaffinity(0)) > 1
