"""The columns of this process, for views: the server's own, else whoever owns them now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from vivencia.columns.owner import Owner
from vivencia.columns.reading import Columns, connect
from vivencia.interactions.database import open_database
from vivencia.lib.datadir import DataDir
from vivencia.people.organisation import organisation

_owned: list[Columns] = []


def own(columns: Columns | None) -> None:
    """Say that this process owns the columns (serve does), or no longer does (None)."""
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


def wake() -> None:
    """Tell the owner in this process, if any, that something was committed."""
    for columns in _owned:
        if isinstance(columns, Owner):
            columns.wake()
