"""Answers that print well, draw themselves in a notebook and become data frames."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from html import escape
from typing import Any

import pyarrow as pa

from vivencia.journeys.report import Discovery
from vivencia.lib.errors import BadInput
from vivencia.lib.text_table import text_table
from vivencia.scores.report import Report


@contextmanager
def _installed(library: str) -> Iterator[None]:
    """Says in words that `library`, which nothing else here needs, has to be installed."""
    try:
        yield
    except ModuleNotFoundError as missing:
        raise BadInput(
            es=f"Para eso hace falta {library}: pip install {library}",
            en=f"That needs {library}: pip install {library}",
        ) from missing


class Frame:
    """Rows of equal columns. `heads` are their names."""

    def __init__(self, table: pa.Table) -> None:
        self._table = table

    @property
    def heads(self) -> list[str]:
        return list(self._table.column_names)

    def __len__(self) -> int:
        return int(self._table.num_rows)

    def to_arrow(self) -> pa.Table:
        """A pyarrow.Table."""
        return self._table

    def to_pandas(self) -> Any:
        """A pandas.DataFrame. Raises BadInput where pandas is not installed."""
        with _installed("pandas"):
            return self._table.to_pandas()

    def to_polars(self) -> Any:
        """A polars.DataFrame. Raises BadInput where Polars is not installed."""
        with _installed("polars"):
            import polars  # noqa: PLC0415

            return polars.from_arrow(self._table)

    def to_dicts(self) -> list[dict[str, Any]]:
        return self._table.to_pylist()  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        rows = [[_told(value) for value in row.values()] for row in self.to_dicts()]
        return text_table(self.heads, rows)

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{escape(name)}</th>" for name in self.heads)
        body = "".join(
            "<tr>" + "".join(f"<td>{escape(_told(value))}</td>" for value in row.values()) + "</tr>"
            for row in self.to_dicts()
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


class Scores(Frame):
    """Scores of one definition: a row for each group and period.

    Columns: the fields asked for, period (first day, if asked), value, n, low, high (empty where
    hidden) and verdict; with margins also weighted, weighted_low, weighted_high and effective_n.
    `report` has the account: received, counted, excluded.
    """

    def __init__(self, report: Report) -> None:
        self.report = report
        super().__init__(_score_table(report))

    @property
    def value(self) -> float | None:
        """The value where there is one row; ValueError where there are more."""
        (row,) = self.report.rows
        return row.score.value

    def __repr__(self) -> str:
        meaning, report = self.report.definition, self.report
        account = (
            "fewer than 5 answers: hidden"
            if report.received is None
            else f"{report.counted} of {report.received} received count"
        )
        return f"{super().__repr__()}\n{meaning.name} v{meaning.version} · {account}"


class Journeys:
    """Journeys as they are lived; everything is worked out at the first question."""

    def __init__(self, discover: Callable[[int], Discovery]) -> None:
        self._discover = discover
        self._found: Discovery | None = None

    @property
    def discovery(self) -> Discovery:
        """All that was found, with the twenty most frequent variants."""
        if self._found is None:
            self._found = self._discover(20)
        return self._found

    def graph(self) -> Frame:
        """What directly follows what: from, to, count, and mean_s, median_s, p90_s (seconds)."""
        rows = [list(edge.values()) for edge in self.discovery.as_dict()["edges"]]
        heads = ["from", "to", "count", "mean_s", "median_s", "p90_s"]
        return Frame(_table(heads, rows))

    def variants(self, top: int = 20) -> Frame:
        """The ways journeys go, the most frequent first: steps (a list) and count; 0 = all."""
        found = self.discovery if top == 20 else self._discover(top)
        return Frame(
            _table(["steps", "count"], [[list(one.steps), one.count] for one in found.variants])
        )

    def starts(self) -> Frame:
        """How many journeys begin with each activity."""
        return Frame(_table(["activity", "count"], self.discovery.starts.items()))

    def ends(self) -> Frame:
        """How many journeys end with each activity."""
        return Frame(_table(["activity", "count"], self.discovery.ends.items()))

    def plot(self, most_edges: int = 30) -> Any:
        """A map of the journeys that draws itself in a notebook; `.svg` is its text."""
        from vivencia.journeys.drawing import draw  # noqa: PLC0415

        return draw(self.discovery, most_edges=most_edges)

    def __repr__(self) -> str:
        found = self.discovery
        return (
            f"{found.journeys:,} journeys, {found.interactions:,} interactions, "
            f"{found.variant_count:,} variants\n{self.graph()!r}"
        )

    def _repr_html_(self) -> str:
        return self.graph()._repr_html_()


def _score_table(report: Report) -> pa.Table:
    fields = list(report.rows[0].by) if report.rows else []
    periods = any(row.period for row in report.rows)
    columns: dict[str, Any] = {name: [row.by[name] for row in report.rows] for name in fields}
    if periods:
        columns["period"] = pa.array([row.period for row in report.rows], pa.date32())
    scores = [row.score for row in report.rows]
    columns["value"] = pa.array([score.value for score in scores], pa.float64())
    columns["n"] = pa.array([score.n for score in scores], pa.int64())
    columns["low"] = pa.array([score.low for score in scores], pa.float64())
    columns["high"] = pa.array([score.high for score in scores], pa.float64())
    columns["verdict"] = pa.array([str(score.verdict) for score in scores], pa.string())
    return pa.table({**columns, **_weighted(report)})


def _weighted(report: Report) -> dict[str, Any]:
    """The columns of weighted scores; none where no margin was met."""
    found = [row.weighted for row in report.rows]
    if not any(found):
        return {}
    scores = [one.score if one else None for one in found]
    return {
        "weighted": pa.array([score and score.value for score in scores], pa.float64()),
        "weighted_low": pa.array([score and score.low for score in scores], pa.float64()),
        "weighted_high": pa.array([score and score.high for score in scores], pa.float64()),
        "effective_n": pa.array([one and one.effective_n for one in found], pa.float64()),
    }


def _table(heads: Sequence[str], rows: Any) -> pa.Table:
    columns: list[Any] = list(zip(*rows, strict=True)) or [() for _ in heads]
    return pa.table({name: list(values) for name, values in zip(heads, columns, strict=True)})


def _told(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:,.1f}"
    if isinstance(value, list):
        return " › ".join(map(str, value))
    return str(value)
