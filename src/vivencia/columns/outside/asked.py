"""Tables outside as pages and the API ask them: by way of the owner of the columns, which reads
each once for all who ask, works out what takes long beside them, and keeps the answers."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path
from typing import Any, NamedTuple, cast

import pyarrow as pa

from vivencia.columns import analyses
from vivencia.columns.analyses import Tables
from vivencia.columns.engines import Engine, Owned, Source, chosen
from vivencia.columns.filters import Filters
from vivencia.columns.outside.declared import declared
from vivencia.columns.outside.reading import OutsideColumns
from vivencia.columns.outside.registered import file_of
from vivencia.columns.reading import Columns
from vivencia.columns.working import Working, underway
from vivencia.lib.errors import Busy, Underway

MOST_OPEN = 2  # tables, or states of one
AT_ONCE = 1  # question: one connection reads a table, and nobody closes it meanwhile


class Registered:
    """A registered table, for whoever asks scores and journeys of columns."""

    def __init__(self, columns: Columns, name: str, patience_s: float | None) -> None:
        """Raises NotFound where no such table is registered, BadMapping where its file declares
        none, Busy where it can not be read."""
        self._columns = columns
        self._patience_s = patience_s
        self._asked = {"file": str(file_of(name)), "engine": chosen()}
        row = self._put("stands")["stands"].to_pylist()[0]
        self._asked["state"] = row["state"]
        self.source = Source(name, row["key"], row["scale"])

    def ask(self, name: str, filters: Filters, **parameters: Any) -> Tables:
        """The tables of one analysis over its rows. Raises Underway."""
        tables = self._put(
            "ask", name=name, filters=filters.as_dict(), parameters=parameters,
            patience_s=self._patience_s,
        )  # fmt: skip
        if "underway" in tables:
            raise Underway(**tables["underway"].to_pylist()[0])
        return tables

    def catch_up(self) -> int:
        """It is read as it is."""
        return 0

    def rebuild(self) -> int:
        return 0

    def close(self) -> None:
        self._columns.close()

    def _put(self, what: str, **asked: Any) -> Tables:
        owned = cast("Owned", self._columns)
        return owned.put({"do": "outside", "what": what, **self._asked, **asked})


class Table(NamedTuple):
    """A table as it stood when somebody began to ask about it, and who reads it."""

    file: str
    state: str
    engine: Engine | None
    zone: str


class Outsides:
    """The tables that were asked for last, in the process that owns the columns."""

    def __init__(self) -> None:
        self._working = Working(AT_ONCE)
        self._open: OrderedDict[Table, OutsideColumns] = OrderedDict()

    def put(self, question: dict[str, Any], zone: str) -> Tables:
        """The answer to a question about a table ("stands", or "ask"), its days those of `zone`."""
        if question["what"] == "stands":
            found = declared(Path(question["file"]))
            row = {"state": found.state(), "key": found.key, "scale": found.scale}
            return {"stands": pa.Table.from_pylist([row])}
        engine = question["engine"]
        table = Table(question["file"], question["state"], engine and Engine(*engine), zone)
        name, filters, parameters = (question[each] for each in ("name", "filters", "parameters"))

        def work() -> Tables:
            columns = self._columns_of(table)
            try:
                return columns.ask(name, Filters.from_dict(filters), **parameters)
            except Busy:  # its rows may lie elsewhere since it was opened
                self._forget(table)
                raise

        key = repr(table) + analyses.cache_key(name, filters, parameters)
        try:
            return self._working.answer(key, work, question["patience_s"])
        except TimeoutError:
            begun = self._open.get(table)
            return underway(*(begun.progress() if begun else (0, 0)))

    def _columns_of(self, table: Table) -> OutsideColumns:
        """The table of that state, opened by the first who asks. Raises Busy where it is another
        by now."""
        columns = self._open.get(table)
        if columns is None:
            found = declared(Path(table.file))
            if found.state() != table.state:
                raise Busy(
                    es="Mientras tanto la tabla ha cambiado. Vuelve a pedirlo.",
                    en="The table has changed meanwhile. Ask for it again.",
                    reason="table_changed",
                )
            columns = self._open[table] = OutsideColumns(found, table.zone, table.engine)
        self._open.move_to_end(table)
        while len(self._open) > MOST_OPEN:
            self._forget(next(iter(self._open)))
        return columns

    def _forget(self, table: Table) -> None:
        self._open.pop(table).close()
