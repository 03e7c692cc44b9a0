"""Answers kept at hand: made once of everything, and amended by the journeys that changed since.

    @standing("journeys/discover", again=taken_up)
    def keep(scope: Scope) -> Kept | None: ...

What a page asks first of millions of steps would take seconds after every change. A room that can
amend such an answer registers how it is made, in its reading.py; the owner makes it in the
background, hands each question the journeys that changed, and makes it anew when they are many.
It lies in a file beside the columns as well, so that whoever owns them next need not make it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from vivencia.columns import mapped
from vivencia.columns.analyses import Tables, find
from vivencia.columns.changes import Mark, since
from vivencia.columns.filters import Filters
from vivencia.columns.scope import Scope

if TYPE_CHECKING:  # whoever only asks is spared the engine
    from vivencia.columns.projector import Projector
    from vivencia.columns.store import Store

logger = logging.getLogger(__name__)

NAME = "journeys/discover"  # the one analysis that is worth it
FILE = "journeys.arrow"
FORMAT = "1"  # of the file: raised when anything in it has another meaning
FEWEST = 200_000  # steps; of fewer, all of them are read sooner than anybody notices
WORN = 0.001  # the share of journeys that changed, past which it is made anew
USELESS = 20 * WORN  # past which nothing is told of it
TICK_S = 0.5
REST = 30  # it is made anew no oftener than this many times as long as making it took
# What every filtered question about journeys reads, beside what it filters by.
_READ = ("journey", "kind", "happened_at", "channel")


class Kept(Protocol):
    """One answer at hand."""

    journeys: int

    def tells(self, parameters: dict[str, Any]) -> bool:
        """Whether it can answer the analysis with these parameters."""

    def tables(self, scope: Scope, changed: NDArray[np.int64], **parameters: Any) -> Tables | None:
        """The answer as `scope` sees the columns, in which the journeys `changed` are others now;
        None where it can not be told of what is at hand."""

    def arrays(self) -> mapped.Arrays:
        """All it holds but words, as a file keeps it."""


Make = Callable[[Scope], Kept | None]
Again = Callable[[Scope, mapped.Arrays], Kept | None]


class _Maker(NamedTuple):
    make: Make
    again: Again


_MAKERS: dict[str, _Maker] = {}


def standing(name: str, again: Again) -> Callable[[Make], Make]:
    """Register how the answer of the analysis `name` without filters is made to be kept, and how
    it is taken up `again` from its arrays."""

    def register(make: Make) -> Make:
        _MAKERS[name] = _Maker(make, again)
        return make

    return register


class _Made(NamedTuple):
    kept: Kept
    mark: Mark  # of the changes it knows


class AtHand:
    """The answer an owner keeps at hand."""

    def __init__(self, store: Store, projector: Projector) -> None:
        self._store = store
        self._projector = projector
        self._file = store.path and store.path.with_name(FILE)
        self._made: _Made | None = None
        self._in_file: Mark | None = None
        self._spoilt: Kept | None = None
        self._looked_at = -1
        self._rest_until = float("-inf")
        self._is_read = False  # the steps, since this owner began
        try:
            self._take_up()
        except Exception:  # whatever it is: it is made anew
            logger.exception("the answer kept beside the columns can not be taken up")

    def answer(self, name: str, filters: Filters, parameters: dict[str, Any]) -> Tables | None:
        """The tables of an analysis, if they can be told of what is at hand."""
        made = self._made
        if made is None or name != NAME or filters != Filters() or not made.kept.tells(parameters):
            return None
        with self._store.reading() as cursor:
            changed = since(cursor, made.mark)
            if changed is None or _share(made.kept, changed) > USELESS:
                return None
            scope = Scope(cursor, filters, self._store.zone)
            tables = made.kept.tables(scope, changed, **parameters)
        if tables is None:
            self._spoilt = made.kept
        return tables

    def keep_ready(self, stop: threading.Event) -> None:
        """Make it, and make it anew whenever it is worn, until told to stop."""
        while not stop.wait(TICK_S):
            try:
                if not self._is_read:
                    self._read_ahead()
                if time.monotonic() >= self._rest_until and self._is_due():
                    self.renew()
            except Exception:  # whatever it is: questions are answered of the columns themselves
                logger.exception("no answer could be kept at hand; trying again")
                self._rest_until, self._looked_at = time.monotonic() + 60, -1

    def renew(self) -> None:
        """Make it of the columns as they stand, and again the file where that is worn."""
        began = time.monotonic()
        find(NAME)  # its room says how
        with ExitStack() as reading:
            with self._projector.at_rest():  # so that the mark is of what is read
                self._looked_at = self._projector.generation
                if self._store.rows("steps") < FEWEST:
                    self._made = None
                    return
                with self._store.whole():
                    mark = self._projector.changes.mark()
                cursor = reading.enter_context(self._store.reading())
                cursor.execute("SELECT 1 FROM steps LIMIT 1")  # it sees nothing later than this
            kept = _MAKERS[NAME].make(Scope(cursor, Filters(), self._store.zone))
        self._made = _Made(kept, mark) if kept is not None else None
        self._file_and_forget()
        self._rest_until = time.monotonic() + REST * (time.monotonic() - began)

    def _read_ahead(self) -> None:
        """Bring from the disk what a filtered question reads: the first who asks one would wait
        for it, as what lies in the file of an owner before is told without a look at the steps."""
        self._is_read = True
        if self._made is not None:
            sums = ", ".join(f"bit_xor({column})" for column in _READ)
            with self._store.reading() as cursor:
                cursor.execute(f"SELECT {sums} FROM steps").fetchall()

    def _take_up(self) -> None:
        """What an owner before left beside these columns."""
        found = mapped.load(self._file) if self._file else None
        if found is None:
            return
        stamp, arrays = found
        mark = Mark(stamp["list"], int(stamp["place"]))
        with self._store.reading() as cursor:
            if stamp["format"] != FORMAT or since(cursor, mark) is None:
                return
            find(NAME)
            kept = _MAKERS[NAME].again(Scope(cursor, Filters(), self._store.zone), arrays)
        if kept is not None:
            self._made, self._in_file = _Made(kept, mark), mark

    def _file_and_forget(self) -> None:
        """Write what is at hand beside the columns, unless what lies there will still do; let go
        of the changes that neither needs."""
        made = self._made
        if made is not None and self._file is not None and self._is_file_worn(made.kept):
            stamp = {"format": FORMAT, "list": made.mark.list, "place": str(made.mark.place)}
            mapped.save(self._file, stamp, made.kept.arrays())
            self._in_file = made.mark
        with self._projector.at_rest(), self._store.whole():
            if made is None:
                self._projector.changes.note_all()
            else:
                self._projector.changes.drop(self._in_file or made.mark)

    def _is_due(self) -> bool:
        stands_at, made = self._projector.generation, self._made
        if made is not None and made.kept is self._spoilt:
            return True
        if stands_at == self._looked_at:
            return False
        self._looked_at = stands_at
        return made is None or self._has_changed(made.kept, made.mark, WORN)

    def _is_file_worn(self, kept: Kept) -> bool:
        return self._in_file is None or self._has_changed(kept, self._in_file, USELESS / 2)

    def _has_changed(self, kept: Kept, mark: Mark, share: float) -> bool:
        """Whether more than this share of the journeys changed since `mark`."""
        with self._store.reading() as cursor:
            changed = since(cursor, mark)
        return changed is None or _share(kept, changed) > share


def _share(kept: Kept, changed: NDArray[np.int64]) -> float:
    return len(changed) / kept.journeys
