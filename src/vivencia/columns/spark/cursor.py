"""What a `Scope` asks of an engine, answered by a Spark session over a lake."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from vivencia.columns.lake.manifest import Manifest, Table
from vivencia.columns.lake.place import Place
from vivencia.columns.spark.dialect import tables_in, to_spark

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_TYPES = {
    "BIGINT": "BIGINT", "INTEGER": "INT", "SMALLINT": "SMALLINT", "DOUBLE": "DOUBLE",
    "BOOLEAN": "BOOLEAN", "VARCHAR": "STRING",
}  # fmt: skip


class Rows:
    """The rows of one statement, worked out when they are asked for."""

    def __init__(self, frame: DataFrame) -> None:
        self._frame = frame

    def to_arrow_table(self) -> pa.Table:
        return self._frame.toArrow()

    def fetchall(self) -> list[tuple[Any, ...]]:
        table = self.to_arrow_table()
        return list(zip(*(column.to_pylist() for column in table.columns), strict=True))


class SparkCursor:
    """The tables of one manifest, asked in our own SQL, as a cursor of DuckDB's is."""

    def __init__(self, session: SparkSession, place: Place, manifest: Manifest) -> None:
        """The tables become views of a session of its own, so that whoever asks a newer manifest
        does not disturb who asks this one; each when it is first asked for, as a cluster takes a
        second to look at its files."""
        self._session = session.newSession()
        self._place = place
        self._waiting = dict(manifest.tables)
        self._lock = threading.Lock()

    def sql(self, text: str, params: Mapping[str, object] | None = None) -> Rows:
        self._show(tables_in(text))
        return Rows(self._session.sql(to_spark(text), args=dict(params or {})))

    def execute(self, text: str, params: Mapping[str, object] | None = None) -> Rows:
        return self.sql(text, params)

    def register(self, name: str, table: pa.Table) -> None:
        with self._lock:
            self._waiting.pop(name, None)
        self._session.createDataFrame(table).createOrReplaceTempView(name)

    def unregister(self, name: str) -> None:
        self._session.catalog.dropTempView(name)

    def _show(self, names: Iterable[str]) -> None:
        with self._lock:
            for name in self._waiting.keys() & set(names):
                self._frame(self._waiting[name]).createOrReplaceTempView(name)
                del self._waiting[name]

    def _frame(self, table: Table) -> DataFrame:
        """The files of a table; a fact that a file lacks is empty in it."""
        schema = ", ".join(f"`{name}` {_TYPES[sort]}" for name, sort in table.columns.items())
        files = [self._place.whole_name(part.file) for part in table.parts.values()]
        return self._session.read.schema(schema).parquet(*files)
