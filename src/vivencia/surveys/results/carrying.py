"""Which values the answers to a survey carry, for the menus that narrow them. No Django: the owner
runs it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from vivencia.columns.analyses import Tables, analysis
from vivencia.columns.filters import Filters
from vivencia.columns.reading import Columns
from vivencia.columns.schema import ENUMS
from vivencia.columns.scope import Scope
from vivencia.surveys.results import packing
from vivencia.surveys.results.asked import (
    COMPLETE,
    ENTRY,
    VERSION,
    narrowed,
    packs,
    parts_of,
    with_headline,
)

# What every form of an answer carries, its further scores too; declared facts may come to it.
CARRIED = (ENTRY, "channel", "touchpoint", "place", "brand", "department", "stage", "language",
           VERSION, COMPLETE)  # fmt: skip
YES_NO = {True: "yes", False: "no"}  # as a filter says them


def carried(
    columns: Columns, survey: str, headlines: Mapping[str, str], fields: Sequence[str],
    filters: Filters,
) -> dict[str, list[str | None]]:  # fmt: skip
    """The values each of `fields` has in the answers that count, None for empty; of numbers none.

    BadQuestion where the filters name a field that is not there, or a value it can not have.
    """
    rows = columns.ask(
        "surveys/carried", filters, survey=survey, headlines=dict(headlines), fields=list(fields)
    )["carried"].to_pylist()
    found: dict[str, list[str | None]] = {}
    for row in rows:
        found.setdefault(row["field"], []).append(row["value"])
    return {name: found[name] for name in fields if name in found}


@analysis("surveys/carried")
def carried_(scope: Scope, survey: str, headlines: dict[str, str], fields: list[str]) -> Tables:
    """(field, value), each once."""
    of = narrowed(scope, survey)
    if of is None:
        return {"carried": pa.table({})}
    sizes, columns = _columns(of, fields)
    parts = {**parts_of(of), "headline": with_headline(of, headlines)}
    found: dict[tuple[str, packing.Value], None] = {}
    for names in packs(sizes):
        keys = packing.keys(columns[name] for name in names)
        listed = ", ".join(f"{key.sql} AS key_{n}" for n, key in enumerate(keys))
        rows = of.run("surveys/picked", parts={**parts, "picked": listed}).drop_columns(["n"])
        for numbers in zip(*(column.to_pylist() for column in rows.columns), strict=True):
            found |= dict.fromkeys(packing.unpacked(keys, numbers).items())
    told = [(name, _text(of, name, value)) for name, value in found]
    return {"carried": pa.table({
        "field": pa.array([name for name, _ in told], pa.string()),
        "value": pa.array([text for _, text in told], pa.string()),
    })}  # fmt: skip


def _columns(
    scope: Scope, fields: Sequence[str]
) -> tuple[dict[str, int], dict[str, packing.Column]]:
    """How many values each field may have, and its column; words, stages, yes or no."""
    lists = {f"fact:{name}" if scope.fact(name) else name: name for name in fields}
    sql = ("SELECT field, count(*), max(code) FROM words WHERE field = ANY($listed) "
           "GROUP BY field")  # fmt: skip
    sizes, columns = {}, {}
    for field, n, last in scope.cursor.execute(sql, {"listed": list(lists)}).fetchall():
        name = lists[field]
        sizes[name] = n
        columns[name] = packing.Column(name, scope.column(name), (0, last))
    for name in fields:
        fact = scope.fact(name)
        if fact is not None and fact.sort == "fact.yesno":
            sizes[name], columns[name] = 2, packing.Column(name, fact.column)
        elif name in ENUMS:
            last = max(ENUMS[name])
            sizes[name], columns[name] = last, packing.Column(name, name, (0, int(last)))
    return sizes, columns


def _text(scope: Scope, name: str, value: packing.Value) -> str | None:
    if isinstance(value, bool):
        return YES_NO[value]
    (text,) = scope.texts(name, [value])
    return text if isinstance(text, str) else None
