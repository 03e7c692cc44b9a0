"""Answers kept at hand: made once of everything, and amended by the journeys that changed since.

    @standing("journeys/discover")
    def keep(scope: Scope) -> Kept | None: ...

What a page asks first of millions of steps would take seconds after every change. A room that can
amend such an answer registers how it is made, in its reading.py; the owner makes it in the
background, hands each question the journeys that changed, and makes it anew when they are many.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from vivencia.columns.analyses import Tables, find
from vivencia.columns.filters import Filters
from vivencia.columns.scope import Scope

if TYPE_CHECKING:  # whoever only asks is spared the engine
    from vivencia.columns.projector import Projector
    from vivencia.columns.store import Store

logger = logging.getLogger(__name__)

NAME = "journeys/discover"  # the one analysis that is worth it
FEWEST = 200_000  # steps; of fewer, all of them are read sooner than anybody notices
WORN = 0.001  # the share of journeys that changed, past which it is made anew
USELESS = 20 * WORN  # past which nothing is told of it
TICK_S = 0.5
REST = 30  # it is made anew no oftener than this many times as long as making it took


class Kept(Protocol):
    """One answer at hand."""

    journeys: int

    def tells(self, parameters: dict[str, Any]) -> bool:
        """Whether it can answer the analysis with these parameters."""

    def tables(
        self, scope: Scope, changed: Callable[[], NDArray[np.int64] | None], **parameters: Any
    ) -> Tables | None:
        """The answer as `scope` sees the columns, `changed()` being asked once it sees them; None
        where it can not be told of what is at hand."""


_MAKERS: dict[str, Callable[[Scope], Kept | None]] = {}


def standing(
    name: str,
) -> Callable[[Callable[[Scope], Kept | None]], Callable[[Scope], Kept | None]]:
    """Register how the answer of the analysis `name` without filters is made to be kept."""

    def register(make: Callable[[Scope], Kept | None]) -> Callable[[Scope], Kept | None]:
        _MAKERS[name] = make
        return make

    return register


@dataclass(frozen=True, slots=True)
class _Made:
    kept: Kept
    mark: int  # of the changes it knows


class AtHand:
    """The answer an owner keeps at hand."""

    def __init__(self, store: Store, projector: Projector) -> None:
        self._store = store
        self._projector = projector
        self._made: _Made | None = None
        self._spoilt: Kept | None = None
        self._looked_at = -1
        self._rest_until = float("-inf")

    def answer(self, name: str, filters: Filters, parameters: dict[str, Any]) -> Tables | None:
        """The tables of an analysis, if they can be told of what is at hand."""
        made = self._made
        if made is None or name != NAME or filters != Filters() or not made.kept.tells(parameters):
            return None

        def changed() -> NDArray[np.int64] | None:
            found = self._projector.changes.since(made.mark)
            return None if found is None or _share(made, found) > USELESS else found

        with self._store.reading() as cursor:
            scope = Scope(cursor, filters, self._store.zone)
            tables = made.kept.tables(scope, changed, **parameters)
        if tables is None:
            self._spoilt = made.kept
        return tables

    def keep_ready(self, stop: threading.Event) -> None:
        """Make it, and make it anew whenever it is worn, until told to stop."""
        while not stop.wait(TICK_S):
            try:
                if time.monotonic() >= self._rest_until and self._is_due():
                    self.renew()
            except Exception:  # whatever it is: questions are answered of the columns themselves
                logger.exception("no answer could be kept at hand; trying again")
                self._rest_until = time.monotonic() + 60

    def renew(self) -> None:
        """Make it of the columns as they stand."""
        began = time.monotonic()
        find(NAME)  # its room says how
        with ExitStack() as reading:
            with self._projector.at_rest():  # whatever is noted before is in what is read
                mark = self._projector.changes.mark()
                cursor = reading.enter_context(self._store.reading())
                steps = cursor.execute("SELECT count(*) FROM steps").fetchall()[0][0]
            scope = Scope(cursor, Filters(), self._store.zone)
            kept = _MAKERS[NAME](scope) if steps >= FEWEST else None
        self._made = _Made(kept, mark) if kept is not None else None
        self._looked_at = mark
        self._projector.changes.drop(mark)
        self._rest_until = time.monotonic() + REST * (time.monotonic() - began)

    def _is_due(self) -> bool:
        made = self._made
        if made is None:
            return self._projector.changes.mark() != self._looked_at
        if made.kept is self._spoilt:
            return True
        found = self._projector.changes.since(made.mark)
        return found is None or _share(made, found) > WORN


def _share(made: _Made, changed: NDArray[np.int64]) -> float:
    """Which part of all journeys changed."""
    return len(changed) / made.kept.journeys
