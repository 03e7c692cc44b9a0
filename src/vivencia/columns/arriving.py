"""Rows of the log as the columns take them: read a part at a time, and whose they are asked for
many at once."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from itertools import islice

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from vivencia.columns.projection import LOG_COLUMNS, project, with_customers

# Rows, each size a multiple of the one before.
PART = 2_048  # in Python's objects at once: these take many times what columns do
BATCH = 20_480  # enter at once: large enough for DuckDB, small enough for memory
GROUP = 122_880  # DuckDB compresses and writes so many together

_ROWS = f"""SELECT {", ".join(LOG_COLUMNS)} FROM interactions
WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?"""
_CUSTOMERS = """SELECT key, customer FROM identities
WHERE key IN (SELECT value FROM json_each(?))"""


def batches(
    database: sqlite3.Connection, since: int, until: int, fact_sorts: dict[int, str]
) -> Iterator[pa.Table]:
    """The interactions after `since` as far as `until`, in order of arrival."""
    parts = _parts(database, since, until, fact_sorts)
    while some := list(islice(parts, BATCH // PART)):
        rows = pa.concat_tables(some, promote_options="default")
        yield with_customers(rows, _customers(database, rows["identity"].to_numpy()))


def _parts(
    database: sqlite3.Connection, since: int, until: int, fact_sorts: dict[int, str]
) -> Iterator[pa.Table]:
    while rows := database.execute(_ROWS, (since, until, PART)).fetchall():
        yield project(rows, fact_sorts)
        since = rows[-1][0]


def _customers(
    database: sqlite3.Connection, identities: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """The customer of each, 0 where nobody is known. They are looked for in the order of their
    keys, each once: one by one, in the order of the rows, took three times as long."""
    wanted, which = np.unique(identities, return_inverse=True)
    found = database.execute(_CUSTOMERS, (json.dumps(wanted.tolist()),)).fetchall()
    keys, customers = np.array(found, np.int64).reshape(-1, 2).T
    every = np.zeros(len(wanted), np.int64)
    every[np.searchsorted(wanted, keys)] = customers
    return every[which]
