"""Which engine answers for scores and journeys: the columns' own, or Spark over a lake.

Whoever asks for them passes the columns through `analysing`: with VIVENCIA_ENGINE set the same
questions go on, by way of the owner of the columns, to the cluster, over the copy that
VIVENCIA_LAKE names. Home, book and lists ask the columns themselves.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, cast
from zoneinfo import ZoneInfo

from vivencia.columns.filters import Filters
from vivencia.lib import formats
from vivencia.lib.clock import moment
from vivencia.lib.errors import Broken, Underway

if TYPE_CHECKING:  # the settings read which engine is chosen, and spare every command Arrow
    import pyarrow as pa

    from vivencia.columns.reading import Columns

ENGINE, LAKE = "VIVENCIA_ENGINE", "VIVENCIA_LAKE"
_ADDRESS = re.compile(r"spark://[A-Za-z0-9.-]+:\d{1,5}")


class Engine(NamedTuple):
    """A cluster (spark://host:port) and the lake it reads (an absolute folder, or s3://…)."""

    address: str
    lake: str


class AsOf(NamedTuple):
    """Up to when the figures of an engine go: when its lake was written (UTC ms), and up to which
    interaction of the log."""

    written_at: int
    seq: int

    def as_dict(self) -> dict[str, object]:
        """As the command line and the API tell it."""
        when = moment(self.written_at).isoformat(timespec="milliseconds")
        return {"engine": "spark", "written_at": when, "seq": self.seq}

    def said(self, zone: str, language: str) -> str:
        """As a person reads it, in the time of `zone`."""
        here = moment(self.written_at).astimezone(ZoneInfo(zone))
        when, row = formats.full_moment(here, language), formats.number(self.seq, language)
        if formats.tongue(language) == "es":
            return (
                f"Calculado por Spark sobre la copia escrita el {when}, que llega hasta la "
                f"interacción n.º {row} del registro."
            )
        return (
            f"Worked out by Spark over the copy written on {when}, which goes up to interaction "
            f"no. {row} of the log."
        )


class Source(NamedTuple):
    """A table outside the log that figures are of: its registered name, the column that is its own
    key of a row, and the scale of its scores."""

    name: str
    key: str
    scale: str

    def as_dict(self) -> dict[str, object]:
        """As the API tells it."""
        return {"outside_the_log": True, "table": self.name, "key": self.key}

    def said(self, language: str) -> str:
        """As a person reads it."""
        if formats.tongue(language) == "es":
            return f"Fuera del registro: de la tabla «{self.name}», leída donde está."
        return f"Outside the log: from the table “{self.name}”, read where it lies."


class Owned(Protocol):
    """Columns whose owner can be told to pass a question on."""

    def put(self, question: dict[str, Any]) -> dict[str, pa.Table]: ...


def chosen(environ: Mapping[str, str] = os.environ) -> Engine | None:
    """The engine the environment names; None where it names none. Raises Broken for what can not
    be one."""
    address, lake = environ.get(ENGINE, "").strip(), environ.get(LAKE, "").strip()
    if not address:
        return None
    if not _ADDRESS.fullmatch(address):
        raise Broken(
            es=f"{ENGINE} es spark://máquina:puerto, o se deja vacía; no «{address}».",
            en=f'{ENGINE} is spark://host:port, or left empty; not "{address}".',
        )
    if not lake.startswith(("/", "s3://")):
        raise Broken(
            es=f"{LAKE} dice dónde está la copia que lee Spark (vivencia lake --to): una ruta "
            f"absoluta o s3://cubo/prefijo, no «{lake}».",
            en=f"{LAKE} says where the copy lies that Spark reads (vivencia lake --to): an "
            f'absolute path or s3://bucket/prefix, not "{lake}".',
        )
    return Engine(address, lake)


def analysing(columns: Columns, patience_s: float | None = None) -> Columns:
    """The columns as scores and journeys ask them: `columns` itself, or the engine chosen.

    An answer that takes the engine longer than `patience_s` raises Underway, is worked out all
    the same and kept: asked again it is there. None waits however long.
    """
    engine = chosen()
    return columns if engine is None else Far(columns, engine, patience_s)


def as_of(columns: Columns) -> AsOf | None:
    """Up to when the figures of `columns` go; None where they are of this moment."""
    return columns.as_of if isinstance(columns, Far) else None


def source(columns: Columns) -> Source | None:
    """The table outside the log that `columns` are; None where they are the log's."""
    found: Source | None = getattr(columns, "source", None)
    return found


def said(columns: Columns, zone: str, language: str) -> str:
    """`AsOf.said`, or `Source.said`; empty where the figures are the log's of this moment."""
    at, outside = as_of(columns), source(columns)
    if outside is not None:
        return outside.said(language)
    return "" if at is None else at.said(zone, language)


def dated(report: dict[str, Any], columns: Columns) -> dict[str, Any]:
    """A report as the command line and the API give it, with `as_of` or `source` where it has
    one."""
    at, outside = as_of(columns), source(columns)
    if outside is not None:
        return {**report, "source": outside.as_dict()}
    return report if at is None else {**report, "as_of": at.as_dict()}


class Far:
    """The columns of an installation, answered by an engine over one state of its lake."""

    def __init__(self, columns: Columns, engine: Engine, patience_s: float | None) -> None:
        """Raises NotFound where no lake was ever written."""
        self._columns = columns
        self._engine = engine
        self._patience_s = patience_s
        row = self._put("stands")["stands"].to_pylist()[0]
        self.as_of = AsOf(row["written_at"], row["seq"])

    def ask(self, name: str, filters: Filters, **parameters: Any) -> dict[str, pa.Table]:
        """The tables of one analysis, worked out by the engine. Raises Underway."""
        tables = self._put(
            "ask", written_at=self.as_of.written_at, name=name, filters=filters.as_dict(),
            parameters=parameters, patience_s=self._patience_s,
        )  # fmt: skip
        if "underway" in tables:
            raise Underway(**tables["underway"].to_pylist()[0])
        return tables

    def catch_up(self) -> int:
        """The lake is brought up to the log by `vivencia lake`, not by who asks."""
        return self.as_of.seq

    def rebuild(self) -> int:
        return self._columns.rebuild()

    def close(self) -> None:
        self._columns.close()

    def _put(self, what: str, **asked: Any) -> dict[str, pa.Table]:
        owned = cast("Owned", self._columns)
        return owned.put({"do": "engine", "engine": list(self._engine), "what": what, **asked})
