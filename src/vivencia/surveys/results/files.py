"""A survey's answers as files: CSV and XLSX to be opened, Parquet and SPSS to be counted.

Names and values are what the definition says; SPSS also carries their words in one language. No
cell of CSV is run by a spreadsheet; the others hold no formulas.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any

import pyarrow as pa

from vivencia.lib.errors import BadQuestion
from vivencia.lib.sheets import csv_lines
from vivencia.lib.workbook import xlsx
from vivencia.surveys.definition.answers import options_of
from vivencia.surveys.definition.piping import in_language
from vivencia.surveys.definition.schema import Element, Type
from vivencia.surveys.results.lines import Line, Sheet

MOST_LINES = 500_000  # of a file that is made in memory; CSV has no end
_PART = 20_000


def as_csv(sheet: Sheet, lines: Iterable[Line]) -> Iterator[str]:
    """Lines of CSV: the headings, then each answer; yes and no are 1 and 0."""
    rows = ([_plain(line[name]) for name in sheet.headings] for line in lines)
    return csv_lines(chain([sheet.headings], rows))


def as_xlsx(sheet: Sheet, lines: Iterable[Line]) -> bytes:
    """A workbook of one sheet: numbers are numbers, and words stay words."""
    rows = ([line[name] for name in sheet.headings] for line in _bounded(lines))
    return xlsx(sheet.survey, chain([sheet.headings], rows))


def as_parquet(sheet: Sheet, lines: Iterable[Line]) -> bytes:
    """The same columns with their types: scores and places are numbers, yes and no booleans."""
    import pyarrow.parquet as pq  # noqa: PLC0415  (memory that a server at rest is spared)

    schema, rows = _schema(sheet), _bounded(lines)
    schema = schema.with_metadata({"selection": sheet.selection})
    made = pa.BufferOutputStream()
    with pq.ParquetWriter(made, schema) as writer:
        while part := list(islice(rows, _PART)):
            writer.write_table(pa.Table.from_pylist(part, schema))
    content: bytes = made.getvalue().to_pybytes()
    return content


def as_sav(sheet: Sheet, lines: Iterable[Line], language: str) -> bytes:
    """SPSS: choices are numbers in their order with the words people read, as are yes and no."""
    import polars as pl  # noqa: PLC0415  (half a second that no other page should wait)
    import pyreadstat  # noqa: PLC0415

    codes = _codes(sheet)
    names = {name: _variable(n, name) for n, name in enumerate(sheet.headings)}
    schema = {names[one.name]: _spss_type(one, codes) for one in _schema(sheet)}
    rows = [{names[k]: _coded(k, v, codes) for k, v in line.items()} for line in _bounded(lines)]
    table = pl.DataFrame(rows, schema=schema)
    labels: dict[str, str | None] = {
        names[k]: text[:120] for k, text in _labels(sheet, language).items()
    }
    values: dict[str, dict[int | float, str]] = {
        names[name]: {number: _word(sheet, name, value, language)[:120]
                      for value, number in numbers.items()}
        for name, numbers in codes.items()
    }  # fmt: skip
    values |= {
        names[one.name]: {1: {"es": "sí", "en": "yes"}.get(language, "yes"), 0: "no"}
        for one in _schema(sheet) if one.type == pa.bool_()
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.sav"
        pyreadstat.write_sav(table, path, file_label=_label(sheet), column_labels=labels,
                             variable_value_labels=values)  # fmt: skip
        return path.read_bytes()


def _plain(value: object) -> object:
    if isinstance(value, bool):
        return int(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _bounded(lines: Iterable[Line]) -> Iterator[Line]:
    for n, line in enumerate(lines):
        if n == MOST_LINES:
            raise BadQuestion(
                es="Son más de 500 000 respuestas: descárgalas en CSV, que no tiene límite.",
                en="They are over 500,000 answers: take them as CSV, which has no limit.",
                reason="too_many_lines",
            )
        yield line


def _schema(sheet: Sheet) -> pa.Schema:
    types = {name: pa.float64() for name in sheet.scores}
    types |= {"complete": pa.bool_(), "customer": pa.int64()}
    for element, name in _facts(sheet):
        sorts = {Type.choices: pa.bool_(), Type.consent: pa.bool_(), Type.ranking: pa.float64()}
        types[name] = sorts.get(element.type, pa.string())
    return pa.schema([(name, types.get(name, pa.string())) for name in sheet.headings])


def _facts(sheet: Sheet) -> Iterator[tuple[Element, str]]:
    """Each fact's heading with the question it is of, as that was asked last."""
    for one in sheet.questions:
        for fact in one.facts(sheet.survey):
            yield one.element, fact.removeprefix(f"{sheet.survey}.")


def _codes(sheet: Sheet) -> dict[str, dict[str, int]]:
    """The number of each choice of each category, from 1 in the order shown."""
    return {
        name: {option: n for n, option in enumerate(options_of(element), 1)}
        for element, name in _facts(sheet)
        if element.type in (Type.choice, Type.matrix)
    }


def _coded(name: str, value: Any, codes: dict[str, dict[str, int]]) -> Any:
    if name in codes:
        return codes[name].get(value)
    return float(value) if isinstance(value, bool) else value


def _spss_type(field: pa.Field, codes: dict[str, dict[str, int]]) -> Any:
    import polars as pl  # noqa: PLC0415

    if field.name in codes or field.type in (pa.bool_(), pa.float64(), pa.int64()):
        return pl.Float64
    return pl.String


def _variable(place: int, name: str) -> str:
    """A name SPSS takes: letters, digits, points and underscores, not over 64 bytes, and none
    twice."""
    return name if len(name) <= 60 else f"{name[:54]}_{place}"


def _label(sheet: Sheet) -> str:
    """What an SPSS file is of, in the 64 bytes it has for that."""
    said = f"{sheet.survey}: {sheet.selection}" if sheet.selection else sheet.survey
    return said.encode()[:64].decode(errors="ignore")


def _labels(sheet: Sheet, language: str) -> dict[str, str]:
    found = {}
    for one in sheet.questions:
        title = in_language(one.element.title, language)
        for name in (one.element.id, f"{one.element.id}.words"):
            found[name] = title
        for fact in one.facts(sheet.survey):
            name = fact.removeprefix(f"{sheet.survey}.")
            part = name.partition(".")[2]
            found[name] = f"{title}: {_text(one.element, part, language)}" if part else title
    return {name: text for name, text in found.items() if text and name in sheet.headings}


def _word(sheet: Sheet, name: str, value: str, language: str) -> str:
    element = next(one for one, fact in _facts(sheet) if fact == name)
    return _text(element, value, language)


def _text(element: Element, key: str, language: str) -> str:
    found = next((one.text for one in (*element.rows, *element.choices) if one.id == key), {})
    return in_language(found, language) or key
