"""Which journeys changed, for whoever keeps an answer at hand and amends it.

The columns remember it themselves, in the transaction that changes them: whoever reads them at one
moment hears of exactly the changes it can see, and so does a process that comes later.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

if TYPE_CHECKING:  # whoever only asks is spared the engine
    import duckdb

    from vivencia.columns.store import Store


class Mark(NamedTuple):
    """A place in a list of changes: what comes after it came since."""

    list: str
    place: int


class Changes:
    """The list of the journeys that changed, each where it changed last. Nothing is listed until
    somebody sets a mark. Its methods that write belong into the caller's transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def note(self, journeys: pa.Table) -> None:
        """These journeys (one column, `journey`, each once) have other steps now."""
        if not self._store.state("changes.list"):
            return
        place = int(self._store.state("changes.end") or 0) + 1
        connection = self._store.connection
        connection.register("noted", journeys)
        connection.execute("DELETE FROM changed WHERE journey IN (SELECT journey FROM noted)")
        connection.execute("INSERT INTO changed SELECT journey, ? FROM noted", [place])
        connection.unregister("noted")
        self._store.set_state("changes.end", place)

    def note_all(self) -> None:
        """Any journey may have other steps now: no mark set before tells anything any more."""
        self._store.connection.execute("DELETE FROM changed")
        self._store.set_state("changes.list", "")

    def mark(self) -> Mark:
        """Where the list ends now."""
        name = self._store.state("changes.list")
        if not name:
            name = secrets.token_hex(8)
            self._store.set_state("changes.list", name)
        return Mark(name, int(self._store.state("changes.end") or 0))

    def drop(self, mark: Mark) -> None:
        """Forget what was noted before `mark`: nobody asks for it any more."""
        if self._store.state("changes.list") != mark.list:
            return
        self._store.connection.execute("DELETE FROM changed WHERE place <= ?", [mark.place])
        self._store.set_state("changes.begin", mark.place)


def since(cursor: duckdb.DuckDBPyConnection, mark: Mark) -> NDArray[np.int64] | None:
    """The journeys that changed since `mark` as `cursor` sees the columns, each once, in order;
    None if it may be any."""
    sql = "SELECT name, value FROM state WHERE starts_with(name, 'changes.')"
    state = dict(cursor.execute(sql).fetchall())
    if state.get("changes.list") != mark.list or mark.place < int(state.get("changes.begin", 0)):
        return None
    rows = cursor.execute("SELECT journey FROM changed WHERE place > ?", [mark.place])
    return np.sort(rows.fetchnumpy()["journey"])
