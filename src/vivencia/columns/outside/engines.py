"""Who reads the table: DuckDB in this process, or Spark. Both are told the same SELECT."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, cast
from uuid import uuid4

import pyarrow as pa

from vivencia.columns.filters import Filters
from vivencia.columns.outside.declared import Outside
from vivencia.columns.outside.shape import SOURCE
from vivencia.columns.scope import Scope, Table, read_unclustered
from vivencia.columns.store import Store

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

    from vivencia.columns.spark.cursor import Rows

# A step's place in its journey is not counted: that would order every row before any filter.
_PLACE = "struct_pack(at := happened_at, rank := rank, key := id_lo)"
_STEPS = f"SELECT *, {_PLACE} AS position FROM interactions"


class Reader(Protocol):
    """`moment` says UTC milliseconds, `number` a whole number that stands for a text; `schema`
    has the columns of the table that are read; `show` makes `select` the interactions, and the
    steps, that scopes read; `progress` is how many parts of the question under way are done, of
    how many that are known."""

    moment: str
    number: str
    schema: pa.Schema

    def rows(self, text: str) -> list[tuple[Any, ...]]: ...
    def show(self, select: str) -> None: ...
    def scope(self, filters: Filters) -> Scope: ...
    def progress(self) -> tuple[int, int]: ...
    def close(self) -> None: ...


class RowsOnly:
    """No counts are kept of a table outside, and no order: every question goes to its rows."""

    def table_for(self, *_: object) -> Table:
        return "interactions"

    def text_of(self, query: str) -> str:
        return read_unclustered(query)


class OutsideScope(RowsOnly, Scope):
    pass


class Here:
    """DuckDB, in this process."""

    moment = "epoch_ms({})"
    number = "CAST(hash({}) >> 2 AS BIGINT)"

    def __init__(self, outside: Outside, store: Store) -> None:
        self._store = store
        self._dataset = outside.table.rows()
        self.schema = self._dataset.schema
        outside.require(self.schema.names)
        store.connection.register(SOURCE, self._dataset)

    def rows(self, text: str) -> list[tuple[Any, ...]]:
        return self._store.connection.execute(text).fetchall()

    def show(self, select: str) -> None:
        for name, text in (("interactions", select), ("steps", _STEPS)):
            self._store.connection.execute(f"DROP TABLE {name}")
            self._store.connection.execute(f"CREATE TEMP VIEW {name} AS {text}")

    def scope(self, filters: Filters) -> Scope:
        return OutsideScope(self._store.connection, filters, self._store.zone)

    def progress(self) -> tuple[int, int]:
        return max(0, int(self._store.connection.query_progress())), 100

    def close(self) -> None:
        """Nothing was opened."""


class Far:
    """Spark, on a session of its own."""

    moment = "unix_millis(CAST({} AS TIMESTAMPTZ))"
    number = "xxhash64({})"

    def __init__(self, outside: Outside, store: Store, session: SparkSession) -> None:
        self._store = store
        self._application = session
        self._session = session.newSession()
        self._group = f"{SOURCE} {uuid4()}"
        self._session.conf.set("spark.sql.session.timeZone", "UTC")
        whole = outside.table.frame(self._session)
        outside.require(whole.columns)
        read = whole.select(["`" + name.replace("`", "``") + "`" for name in outside.read])
        self.schema = read.limit(0).toArrow().schema
        read.createOrReplaceTempView(SOURCE)

    def rows(self, text: str) -> list[tuple[Any, ...]]:
        return self.sql(text).fetchall()

    def sql(self, text: str, params: dict[str, object] | None = None) -> Rows:
        """As a cursor of DuckDB's is asked."""
        from vivencia.columns.spark.cursor import Rows  # noqa: PLC0415 (needs what few have)
        from vivencia.columns.spark.dialect import to_spark  # noqa: PLC0415

        return Rows(self._session.sql(to_spark(text), args=dict(params or {})))

    def show(self, select: str) -> None:
        from vivencia.columns.spark.dialect import to_spark  # noqa: PLC0415

        words = self._store.connection.sql("SELECT * FROM words").to_arrow_table()
        self._session.createDataFrame(words).createOrReplaceTempView("words")
        for name, text in (("interactions", select), ("steps", _STEPS)):
            self._session.sql(to_spark(text)).createOrReplaceTempView(name)

    def scope(self, filters: Filters) -> Scope:
        from vivencia.columns.spark.scope import SparkScope  # noqa: PLC0415

        class OutsideSparkScope(RowsOnly, SparkScope):
            pass

        self._group = f"{SOURCE} {uuid4()}"
        self._application.sparkContext.setJobGroup(self._group, str(filters.as_dict()))
        cursor = cast("Any", self)
        return OutsideSparkScope(cursor, filters, self._store.zone, self._store.connection)

    def progress(self) -> tuple[int, int]:
        from vivencia.columns.spark.session import progress  # noqa: PLC0415

        return progress(self._application, self._group)

    def close(self) -> None:
        """The application may serve others too, and ends with this process."""
