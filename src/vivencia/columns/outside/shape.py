"""The table as `interactions` of the columns: one SELECT, in DuckDB's words."""

from __future__ import annotations

from collections.abc import Mapping as Named
from typing import Protocol

import pyarrow as pa

from vivencia.columns import calendar
from vivencia.columns.outside.declared import Outside
from vivencia.columns.schema import COLUMNS, DAY, ENUMS, WORDS
from vivencia.interactions.record import SCALES
from vivencia.lib.errors import BadMapping


class Said(Protocol):
    """How an engine says, of what stands in {}: a time's UTC milliseconds, and a whole number for
    a text."""

    moment: str
    number: str


SOURCE = "outside"  # the name of the table in each engine
_NULL = ("about_hi", "about_lo", "duration", "wait", "score", "amount")
_SORTS = {"category": "fact.category", "number": "fact.number", "yesno": "fact.yesno"}


def fact_sorts(outside: Outside, schema: pa.Schema) -> dict[str, str]:
    """Fact to its sort, as declared or as its column has it. Raises BadMapping for a column of
    another; anything can be a category."""
    found = {}
    for name, fact in outside.mapping.facts.items():
        there = _sort(schema.field(fact.column).type)
        if fact.sort not in (None, "category", there):
            raise _not_of(fact.column, str(fact.sort), str(fact.sort))
        found[name] = _SORTS[fact.sort or there]
    return found


def lists(outside: Outside, sorts: Named[str, str]) -> dict[str, str]:
    """Word list to the column its words stand in."""
    found = {
        name: outside.mapping.columns[name] for name in WORDS if name in outside.mapping.columns
    }
    facts = outside.mapping.facts
    return found | {
        f"fact:{name}": facts[name].column
        for name, sort in sorts.items()
        if sort == "fact.category"
    }


def distinct(column: str) -> str:
    """SQL: the texts of a column."""
    text = _text(column)
    return f"SELECT DISTINCT {text} AS text FROM {SOURCE} AS t WHERE {text} <> ''"


def shared_keys(column: str) -> str:
    """SQL: a key that is of no row, or of more than one; nothing where there is none."""
    key = _text(column)
    return (
        f"SELECT {key} AS key FROM {SOURCE} AS t GROUP BY {key} "
        f"HAVING {key} IS NULL OR count(*) > 1 LIMIT 1"
    )


def addresses(column: str) -> str:
    """SQL: a row whose key is an e-mail address, if any."""
    return f"SELECT 1 FROM {SOURCE} AS t WHERE {_text(column)} LIKE '%_@_%.__%' LIMIT 1"


def untimed(outside: Outside) -> str:
    """SQL: how many rows have no moment, and so are in no figure."""
    column = _quoted(outside.mapping.columns["happened_at"])
    return f"SELECT count(*) FROM {SOURCE} AS t WHERE {column} IS NULL"


def select(
    outside: Outside,
    schema: pa.Schema,
    codes: Named[tuple[str, str], int],
    sorts: Named[str, str],
    zone: str,
    reader: Said,
) -> str:
    """SQL: every column of `interactions`, from those the mapping names; the table's own key in
    `seq`, and in `id_lo`, by which equal moments are told apart.

    `codes` are those of constants and facts, (list, text) to number. A row of nobody is a journey
    of its own.
    """
    key = _text(outside.key)
    values = {
        name: f"CAST({'NULL' if name in _NULL else '0'} AS {sort})"
        for name, sort in COLUMNS.items()
    }
    values |= _words(outside, codes) | _enums(outside)
    values |= {"seq": key, "id_lo": key, "score": _score(outside, schema)}
    values["happened_at"] = _moment(outside, schema, reader.moment)
    if "rank" in outside.mapping.columns:
        values["rank"] = f"CAST({_of_numbers(outside.mapping.columns['rank'], schema)} AS INTEGER)"
    if outside.whose:
        whose = f"coalesce('of ' || {_text(outside.whose)}, 'row ' || {key})"
        values["journey"] = reader.number.format(whose)
    values["recorded_at"] = values["happened_at"]
    joins = []
    for n, (name, column) in enumerate(lists(outside, sorts).items()):
        joins.append(
            f"LEFT JOIN words AS w{n} ON w{n}.field = {_literal(name)} "
            f"AND w{n}.text = {_text(column)}"
        )
        if name in WORDS:
            values[name] = f"coalesce(w{n}.code, 0)"
        else:
            fact = name.removeprefix("fact:")
            values[f"fact_{codes['fact.category', fact]}"] = f"w{n}.code"
    for name, sort in sorts.items():
        if sort != "fact.category":
            as_type = "DOUBLE" if sort == "fact.number" else "BOOLEAN"
            column = _quoted(outside.mapping.facts[name].column)
            values[f"fact_{codes[sort, name]}"] = f"CAST({column} AS {as_type})"
    listed = ", ".join(f"{value} AS {name}" for name, value in values.items())
    inside = f"SELECT {listed} FROM {SOURCE} AS t {' '.join(joins)}"
    day = calendar.local_day_sql(zone)
    return f"SELECT *, {day} AS {DAY} FROM ({inside}) AS told WHERE happened_at IS NOT NULL"


def _words(outside: Outside, codes: Named[tuple[str, str], int]) -> dict[str, str]:
    given = outside.mapping.constants
    return {name: str(codes[name, str(given[name])]) for name in WORDS if name in given}


def _enums(outside: Outside) -> dict[str, str]:
    """SQL: stage, initiated_by and outcome by their English names."""
    found = {}
    for name, enum in ENUMS.items():
        if name in outside.mapping.columns:
            text = f"lower({_text(outside.mapping.columns[name])})"
            cases = " ".join(f"WHEN '{each.name}' THEN {int(each)}" for each in enum)
            found[name] = f"CASE {text} {cases} ELSE 0 END"
        elif name in outside.mapping.constants:
            found[name] = str(int(enum[str(outside.mapping.constants[name]).lower()]))
    return found


def _score(outside: Outside, schema: pa.Schema) -> str:
    """SQL: whole thousandths; none where the scale has no such score, or none is named."""
    name = outside.mapping.columns.get("score")
    if name is None:
        return "CAST(NULL AS BIGINT)"
    column = _of_numbers(name, schema)
    thousandths = f"CAST(round(CAST({column} AS DOUBLE) * 1000) AS BIGINT)"
    low, high, whole = SCALES.get(outside.scale, (-(10**9), 10**9, False))
    test = f"{column} BETWEEN {low} AND {high}" + (
        f" AND {column} = round({column})" if whole else ""
    )
    return f"CASE WHEN {test} THEN {thousandths} END"


def _of_numbers(column: str, schema: pa.Schema) -> str:
    """SQL: the column. Raises BadMapping where it holds anything else, which an engine that tried
    to take it for a number would quote."""
    if _sort(schema.field(column).type) != "number":
        raise _not_of(column, "números", "numbers")
    return _quoted(column)


def _moment(outside: Outside, schema: pa.Schema, moment: str) -> str:
    """SQL: UTC milliseconds of a time (of UTC where it has no zone), of a day, or as they are."""
    name = outside.mapping.columns["happened_at"]
    sort = schema.field(name).type
    if pa.types.is_integer(sort):
        return f"CAST({_quoted(name)} AS BIGINT)"
    if not (pa.types.is_timestamp(sort) or pa.types.is_date(sort)):
        raise _not_of(name, "fechas ni milisegundos enteros", "times or whole milliseconds")
    return moment.format(_quoted(name))


def _sort(sort: pa.DataType) -> str:
    if pa.types.is_boolean(sort):
        return "yesno"
    plain = pa.types.is_integer(sort) or pa.types.is_floating(sort) or pa.types.is_decimal(sort)
    return "number" if plain else "category"


def _not_of(column: str, es: str, en: str) -> BadMapping:
    return BadMapping(
        es=f"La columna «{column}» no es de {es}.",
        en=f'The column "{column}" holds no {en}.',
        reason="wrong_sort",
    )


def _text(column: str) -> str:
    return f"CAST({_quoted(column)} AS VARCHAR)"


def _quoted(column: str) -> str:
    """The name as an identifier: it was found in the table, and may hold anything."""
    return 't."' + column.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
