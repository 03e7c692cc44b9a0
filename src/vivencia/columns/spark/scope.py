"""`Scope` over a lake: the same filters, the same named queries, on Spark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pyarrow as pa

from vivencia.columns.filters import Filters
from vivencia.columns.schema import COUNTS
from vivencia.columns.scope import Scope, Table, read_unclustered
from vivencia.columns.spark.cursor import SparkCursor

if TYPE_CHECKING:
    import duckdb


class SparkScope(Scope):
    """What one question may read of a lake."""

    def __init__(
        self,
        cursor: SparkCursor,
        filters: Filters,
        zone: str,
        small: duckdb.DuckDBPyConnection | None = None,
    ) -> None:
        """`small` holds the words and the counts of the same lake, where the cluster need not be
        asked for what is at hand."""
        super().__init__(cast("Any", small or cursor), filters, zone)
        self._spark = cursor

    def rows(self, table: Table, text: str, bound: dict[str, object]) -> pa.Table:
        """Counts of what is at hand, everything else of Spark."""
        if table in COUNTS:
            return super().rows(table, text, bound)
        return self._spark.sql(text, bound).to_arrow_table()

    def text_of(self, query: str) -> str:
        """The query's text: no table of Spark's keeps an order."""
        return read_unclustered(query)
