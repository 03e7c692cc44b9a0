"""One state of a lake as questions read it: months on the cluster, words and counts at hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from vivencia.columns.filters import Filters
from vivencia.columns.lake.manifest import Manifest
from vivencia.columns.lake.place import Place
from vivencia.columns.schema import COUNTS
from vivencia.columns.spark.cursor import SparkCursor
from vivencia.columns.spark.scope import SparkScope

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# A trip to the cluster takes a second, so what a question needs to be understood, and what
# answers it by itself, is read once into this process.
_AT_HAND = ("words", "hidden", "not_stored", "state", *COUNTS)
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "memory_limit": "256MB", "threads": 1, "enable_external_access": False,
}  # fmt: skip


class Lake:
    """A manifest, ready to be asked about from any thread."""

    def __init__(self, session: SparkSession, place: Place, found: Manifest) -> None:
        self.session = session
        self.months = SparkCursor(session, place, found)
        self._zone = found.zone
        self._small = duckdb.connect(":memory:", config=_CONFIG)
        for name in _AT_HAND:
            parts = found.tables[name].parts.values()
            self._small.register("read", pa.concat_tables(place.read_table(p.file) for p in parts))
            self._small.execute(f"CREATE TABLE {name} AS SELECT * FROM read")
            self._small.unregister("read")

    def scope(self, filters: Filters) -> SparkScope:
        """What one question may read."""
        return SparkScope(self.months, filters, self._zone, self._small.cursor())
