"""`Scope` over a lake: the same filters, the same named queries, on Spark."""

from __future__ import annotations

from importlib.resources import files
from typing import Any, cast

from vivencia.columns.filters import Filters
from vivencia.columns.scope import Scope, read_query
from vivencia.columns.spark.cursor import SparkCursor


class SparkScope(Scope):
    """What one question may read of a lake."""

    def __init__(self, cursor: SparkCursor, filters: Filters, zone: str) -> None:
        super().__init__(cast("Any", cursor), filters, zone)

    def text_of(self, query: str) -> str:
        """The query's text: of NAME.spark.sql where Spark needs one of its own, in our dialect
        all the same."""
        room, name = query.split("/")
        own = files(f"vivencia.{room}").joinpath(f"queries/{name}.spark.sql")
        return read_query(f"{query}.spark" if own.is_file() else query)
