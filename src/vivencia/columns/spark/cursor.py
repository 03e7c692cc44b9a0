"""What a `Scope` asks of an engine, answered by a Spark session over a lake."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from vivencia.columns.lake.manifest import Manifest, Table
from vivencia.columns.lake.place import Place
from vivencia.columns.spark.dialect import to_spark

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
        """The tables become views of a session of its own: whoever asks a newer manifest does not
        disturb who asks this one."""
        self._session = session.newSession()
        for name, table in manifest.tables.items():
            self._frame(place, table).createOrReplaceTempView(name)

    def sql(self, text: str, params: Mapping[str, object] | None = None) -> Rows:
        return Rows(self._session.sql(to_spark(text), args=dict(params or {})))

    def execute(self, text: str, params: Mapping[str, object] | None = None) -> Rows:
        return self.sql(text, params)

    def register(self, name: str, table: pa.Table) -> None:
        self._session.createDataFrame(table).createOrReplaceTempView(name)

    def unregister(self, name: str) -> None:
        self._session.catalog.dropTempView(name)

    def _frame(self, place: Place, table: Table) -> DataFrame:
        """The files of a table; a fact that a file lacks is empty in it."""
        schema = ", ".join(f"`{name}` {_TYPES[sort]}" for name, sort in table.columns.items())
        files: Sequence[str] = [place.whole_name(part.file) for part in table.parts.values()]
        return self._session.read.schema(schema).parquet(*files)
