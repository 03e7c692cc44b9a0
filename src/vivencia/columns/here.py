"""The columns for views: the server's open ways to them, else whoever owns them now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from vivencia.columns import engines
from vivencia.columns.reading import Columns, connect
from vivencia.interactions.database import open_database
from vivencia.lib.datadir import DataDir
from vivencia.people.organisation import organisation

# What a page waits for an engine before it shows how far it is instead.
PATIENCE_S = 1.0
_owned: list[Columns] = []


def own(columns: Columns | None) -> None:
    """Say by which columns this process asks (serve does), or that it no longer does (None)."""
    _owned[:] = [columns] if columns else []


def zone_of(data: DataDir) -> str:
    """The installation's time zone."""
    database = open_database(data.database, read_only=True)
    try:
        return organisation(database).time_zone
    finally:
        database.close()


@contextmanager
def asking() -> Iterator[Columns]:
    """The columns, up to date when another process or nobody owned them."""
    if _owned:
        yield _owned[0]
        return
    data = DataDir.chosen()
    columns = connect(data, zone_of(data))
    try:
        yield columns
    finally:
        columns.close()


@contextmanager
def analysing(patience_s: float | None = PATIENCE_S, table: str = "") -> Iterator[Columns]:
    """The columns for scores and journeys: as `asking`, or the engine chosen (columns/engines.py),
    or the registered `table` outside the log (columns/outside), where what takes longer than
    `patience_s` raises Underway."""
    with asking() as columns:
        if table:
            from vivencia.columns.outside.asked import Registered  # noqa: PLC0415 (few ask it)

            yield Registered(columns, table, patience_s)
        else:
            yield engines.analysing(columns, patience_s)
