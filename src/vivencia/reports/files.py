"""Scores taken away as a file: the same columns in CSV, JSON, Parquet and XLSX, never rounded."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from http import HTTPStatus

import pyarrow as pa
from django.http import HttpResponse
from django.http.response import HttpResponseBase

from vivencia.lib.figures import Figure
from vivencia.lib.sheets import csv_lines
from vivencia.lib.workbook import xlsx
from vivencia.people.downloads import Download, Turn, attachment
from vivencia.reports.tables import ScoresQuestion

KINDS = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_NUMBERS = {
    "value": pa.float64(), "low": pa.float64(), "high": pa.float64(), "n": pa.int64(),
    "version": pa.int64(),
}  # fmt: skip

_WEIGHTED = (
    "weighted_value", "weighted_low", "weighted_high", "effective_n", "weighted_verdict",
)  # fmt: skip
_NUMBERS |= dict.fromkeys(_WEIGHTED[:-1], pa.float64())

OUTSIDE = "table_outside_the_log"
Lines = list[dict[str, object]]


def scores_file(
    kind: str, asked: ScoresQuestion, figures: Sequence[Figure], turn: Turn, table: str = ""
) -> HttpResponseBase:
    """The groups of the page of scores as a file of one of KINDS, in the order of its table. Those
    of a `table` outside the log name it."""
    lines, name = lines_of(asked, figures), f"{asked.measure}.{kind}"
    heads = headings(asked, figures)
    if table:
        lines, name = (
            [{**line, OUTSIDE: table} for line in lines],
            f"outside-the-log-{table}-{name}",
        )
        heads = [*heads, OUTSIDE]
    if kind == "csv":
        return Download(csv_lines([heads, *(line.values() for line in lines)]), name, turn)
    try:
        content = _content(kind, name, heads, lines)
    finally:
        turn.leave()
    return HttpResponse(content, content_type=KINDS[kind], status=HTTPStatus.OK,
                        headers={"Content-Disposition": attachment(name)})  # fmt: skip


def headings(asked: ScoresQuestion, figures: Sequence[Figure]) -> list[str]:
    """The columns of a file of scores; the first is the field they are grouped by. Weighted
    scores have theirs where any is known."""
    known = any(each.weighted for each in figures)
    return [asked.by, "value", "low", "high", "n", "verdict", "definition", "version",
            *(_WEIGHTED if known else ())]  # fmt: skip


def lines_of(asked: ScoresQuestion, figures: Sequence[Figure]) -> Lines:
    """One line for each group; a hidden one says nothing but its verdict."""
    heads = headings(asked, figures)
    return [dict(zip(heads, [each.name, *_cells(each)], strict=False)) for each in figures]


def _cells(each: Figure) -> list[object]:
    cells: list[object] = [each.value, each.low, each.high, each.n, each.verdict, each.definition,
                           each.version]  # fmt: skip
    if (also := each.weighted) is not None:
        cells += [also.value, also.low, also.high, also.effective_n, also.verdict]
    return cells


def _content(kind: str, name: str, heads: list[str], lines: Lines) -> bytes:
    if kind == "json":
        return json.dumps(lines, ensure_ascii=False).encode()
    if kind == "xlsx":
        return xlsx(name.partition(".")[0], [heads, *(line.values() for line in lines)])
    import pyarrow.parquet as pq  # noqa: PLC0415  (memory that a server at rest is spared)

    schema = pa.schema([(head, _NUMBERS.get(head, pa.string())) for head in heads])
    made = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(lines, schema), made)
    return made.getvalue()
