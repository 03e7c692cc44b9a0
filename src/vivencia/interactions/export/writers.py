"""One writer per format: rows in, a file out."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from io import TextIOBase
from pathlib import Path
from xml.sax.saxutils import quoteattr

import numpy as np

from vivencia.interactions.export.rows import Row, Rows
from vivencia.lib.sheets import inert

Report = Callable[[int], None]
FORMATS = ("csv", "parquet", "jsonl", "xes")
_TEXT_FORMATS = ("csv", "jsonl", "xes")


def write(rows: Rows, path: Path, format: str, report: Report) -> int:  # noqa: A002
    """Write every row to `path` and return how many; the file appears whole or not at all."""
    draft = path.with_name(f".{path.name}.part")
    try:
        if format in _TEXT_FORMATS:
            with draft.open("w", encoding="utf-8", newline="") as out:
                n = {"csv": write_csv, "jsonl": write_jsonl, "xes": write_xes}[format](
                    rows, out, report
                )
        else:
            n = _write_parquet(rows, draft, report)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return n


def write_csv(rows: Rows, out: TextIOBase, report: Report) -> int:
    """CSV with a header; cells that a spreadsheet would run are made inert."""
    table = csv.writer(out)
    table.writerow([inert(name) for name in rows.columns])
    n = 0
    for page in rows.pages():
        table.writerows([[inert(row.get(name)) for name in rows.columns] for row in page])
        n += len(page)
        report(n)
    return n


def write_jsonl(rows: Rows, out: TextIOBase, report: Report) -> int:
    """One object a line; what is empty is left out."""
    n = 0
    for page in rows.pages():
        for row in page:
            filled = {name: row[name] for name in rows.columns if row.get(name) is not None}
            out.write(json.dumps(filled, ensure_ascii=False) + "\n")
        n += len(page)
        report(n)
    return n


def _write_parquet(rows: Rows, path: Path, report: Report) -> int:
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.parquet as pq  # noqa: PLC0415

    kinds = {
        "happened_at": pa.timestamp("ms", "UTC"), "recorded_at": pa.timestamp("ms", "UTC"),
        "rank": pa.int32(), "flags": pa.int16(), "customer": pa.int64(), "duration": pa.int64(),
        "wait": pa.int64(), "score": pa.float64(), "amount": pa.float64(),
    }  # fmt: skip
    for name in ("journey", "agent"):
        kinds[name] = pa.string() if "identity" in rows.columns else pa.int64()
    kinds |= rows.fact_types(pa)
    schema = pa.schema([(name, kinds.get(name, pa.string())) for name in rows.columns])
    n = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as file:
        for page in rows.pages():
            arrays = [
                _arrow(pa, [row.get(name) for row in page], schema.field(name).type)
                for name in rows.columns
            ]
            file.write_table(pa.table(arrays, schema=schema))
            n += len(page)
            report(n)
    return n


def _arrow(pa: object, values: list[object], kind: object) -> object:
    """A column; times come as ISO text."""
    array = pa.array  # type: ignore[attr-defined]
    if pa.types.is_timestamp(kind):  # type: ignore[attr-defined]
        return array(values, pa.string()).cast(kind)  # type: ignore[attr-defined]
    return array(values, kind)


_XES_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849-2016" xes.features="" xmlns="http://www.xes-standard.org/">
<extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
<extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
<extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
"""
_XES_KEYS = {"kind": "concept:name", "happened_at": "time:timestamp", "agent": "org:resource"}


def write_xes(rows: Rows, out: TextIOBase, report: Report) -> int:
    """One trace per journey, its events in the order they were lived."""
    out.write(_XES_HEAD)
    n, open_journey = 0, None
    for journey, row in _in_journeys(rows):
        if journey != open_journey:
            out.write("</trace>\n" if open_journey is not None else "")
            name = row.get("journey") or row.get("customer") or journey
            out.write(f'<trace>\n<string key="concept:name" value={_quoted(name)}/>\n')
            open_journey = journey
        out.write(_event(row, rows.columns))
        n += 1
        if n % 5000 == 0:
            report(n)
    out.write("</trace>\n</log>\n" if open_journey is not None else "</log>\n")
    return n


def _in_journeys(rows: Rows) -> Iterator[tuple[int, Row]]:
    """(journey, row) ordered by journey, time, rank and id, read a thousand at a time."""
    places = list(rows.places())
    if not places:
        return
    journeys = np.array([place[0] for place in places], np.int64)
    times = np.array([place[1] for place in places], np.int64)
    ranks = np.array([place[2] for place in places], np.int64)
    seqs = np.array([place[3] for place in places], np.int64)
    ids = np.array([place[4] for place in places], "S16")
    order = np.lexsort((ids, ranks, times, journeys))
    for start in range(0, len(order), 1000):
        part = order[start : start + 1000]
        found = rows.of(seqs[part].tolist())
        yield from zip(journeys[part].tolist(), found, strict=True)


def _event(row: Row, columns: list[str]) -> str:
    parts = ["<event>"]
    for name in columns:
        value = row.get(name)
        if value is None or name == "journey":
            continue
        key, tag = _XES_KEYS.get(name, name), _tag(name, value)
        shown = str(value).lower() if isinstance(value, bool) else value
        parts.append(f"<{tag} key={_quoted(key)} value={_quoted(shown)}/>")
    return "".join(parts) + "</event>\n"


def _tag(name: str, value: object) -> str:
    if name in ("happened_at", "recorded_at"):
        return "date"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "int"
    return "float" if isinstance(value, float) else "string"


def _quoted(value: object) -> str:
    """An attribute's value; characters that XML can not hold are left out."""
    text = "".join(c for c in str(value) if c >= " " or c in "\t\n")
    return quoteattr(text, {"\n": "&#10;"})
