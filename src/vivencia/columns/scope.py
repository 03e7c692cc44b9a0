"""`scope`: the interactions (or steps, or counts) that a question's filters leave in.

Filters become SQL in this one place. Values are always bound; identifiers come from the list
of fields and from the facts the organisation declared, never from the question.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Literal, cast

import pyarrow as pa

from vivencia.columns import calendar
from vivencia.columns.calendar import Every
from vivencia.columns.filters import Filters
from vivencia.columns.schema import COUNT_KEYS, COUNTS, ENUMS, FACT_SORTS, FIELDS, MONTHLY
from vivencia.interactions.record import Flag
from vivencia.lib.errors import BadQuestion

if TYPE_CHECKING:  # whoever only asks is spared the engine
    import duckdb

Table = Literal[
    "interactions",
    "steps",
    "monthly_touchpoint",
    "daily",
    "daily_both",
    "daily_touchpoint",
    "daily_channel",
    "daily_total",
]
_OF_MONTHS: tuple[Every, ...] = ("month", "quarter", "year")
UNTIMED = int(Flag.time_flagged | Flag.time_constant)


@dataclass(frozen=True)
class Fact:
    """A declared fact as the columns hold it."""

    name: str
    column: str
    sort: str  # a key of FACT_SORTS


class Scope:
    """What one question may read, and the means to read it."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, filters: Filters, zone: str) -> None:
        self.cursor = cursor
        self.filters = filters
        self.zone = zone

    @cached_property
    def facts(self) -> dict[str, Fact]:
        """Declared facts by name."""
        listed = ", ".join(f"'{sort}'" for sort in FACT_SORTS)
        sql = f"SELECT code, field, text FROM words WHERE field IN ({listed})"
        rows = self.cursor.execute(sql).fetchall()
        return {text: Fact(text, f"fact_{code}", field) for code, field, text in sorted(rows)}

    def fact(self, field: str) -> Fact | None:
        """The declared fact of that name; no query where it is a field of every interaction."""
        return None if field in FIELDS else self.facts.get(field)

    def fields(self) -> list[str]:
        """Every field that filters and groups."""
        return [*FIELDS, *self.facts]

    def column(self, field: str) -> str:
        """The column of `field`; raises BadQuestion for a field nobody knows."""
        if field in FIELDS:
            return field
        if fact := self.fact(field):
            return fact.column
        names = ", ".join(self.fields())
        raise BadQuestion(
            es=f"No hay ningún campo «{field}». Puedes usar: {names}.",
            en=f"There is no field “{field}”. You can use: {names}.",
            reason="unknown_field",
        )

    def run(
        self,
        query: str,
        table: Table = "interactions",
        *,
        parts: dict[str, str] | None = None,
        **parameters: object,
    ) -> pa.Table:
        """The rows of the named query ("room/name" is queries/name.sql of that room).

        `parts` fill its {braces} and must be made of columns this scope gave; `parameters` are
        bound. The query reads from `scope`, which has every column of `table` and `undone`.
        """
        conditions, bound = self._conditions(table)
        text = self.text_of(query).format(**(parts or {}))
        head = f"WITH scope AS (SELECT *, {self._undone} AS undone FROM {table}{conditions})"
        joined = ", " + text[5:] if text.startswith("WITH ") else "\n" + text
        return self.rows(table, head + joined, {**bound, **parameters})

    def rows(self, table: Table, text: str, bound: dict[str, object]) -> pa.Table:
        """The rows of `text`, a question about `table` in DuckDB's words."""
        return self.cursor.sql(text, params=bound).to_arrow_table()

    def text_of(self, query: str) -> str:
        """The text of the named query, as this scope's engine is asked."""
        return read_query(query)

    def code(self, field: str, text: str) -> float:
        """The code `text` has in `field`; −1 if nobody ever sent it."""
        return self.codes(field, [text])[0]

    def codes(self, field: str, texts: Sequence[str]) -> list[float]:
        """The code of each of `texts` in `field`; −1 for what nobody ever sent."""
        return [-1 if code is None else code for code in self._codes(field, texts)]

    def table_for(self, fields: Sequence[str], every: Every | None = "day") -> Table:
        """The smallest table that answers a question of counts about `fields`, in stretches of
        `every` (None: one stretch), under these filters: one of the counts (sum n) if any will
        do, else interactions."""
        used = {*self.filters.where, *fields}
        bounds = (self.filters.start, self.filters.end)
        months = every in (None, *_OF_MONTHS) and all(map(self.begins_a_month, bounds))
        days = all(moment is None or self._begins_a_day(moment) for moment in bounds)
        will_do = [
            name
            for name, kept in COUNTS.items()
            if used <= {*COUNT_KEYS, *kept} and (months if name in MONTHLY else days)
        ]
        return cast("Table", will_do[0] if will_do else "interactions")

    def texts(self, field: str, values: Sequence[object]) -> list[str | float | bool | None]:
        """What the codes of `field` stand for; None for empty."""
        if field in ENUMS:
            return [ENUMS[field](int(v)).name if v else None for v in values]  # type: ignore[call-overload]
        if (fact := self.fact(field)) and fact.sort != "fact.category":
            return list(values)  # type: ignore[arg-type]
        wanted = sorted({int(v) for v in values if v})  # type: ignore[call-overload]
        listed = ", ".join(map(str, wanted)) or "NULL"
        sql = f"SELECT code, text FROM words WHERE code IN ({listed})"
        found = dict(self.cursor.execute(sql).fetchall())
        return [found.get(v) if v else None for v in values]

    @cached_property
    def _undone(self) -> str:
        """SQL. The sources are listed: not every engine takes a subquery beside SELECT."""
        rows = self.cursor.execute("SELECT source FROM hidden").fetchall()
        listed = ", ".join(str(int(source)) for (source,) in sorted(rows))
        return f"source IN ({listed})" if listed else "false"

    def _conditions(self, table: Table) -> tuple[str, dict[str, object]]:
        bound: dict[str, object] = {}
        conditions = []
        for n, (field, values) in enumerate(sorted(self.filters.where.items())):
            column = self.column(field)
            codes = [code for code in self._codes(field, values) if code is not None]
            names = [f"where_{n}_{place}" for place in range(len(codes))]
            bound.update(zip(names, codes, strict=True))
            listed = ", ".join(f"${name}" for name in names) or "NULL"
            test = f"{column} IN ({listed})"
            if None in values and self.fact(field):
                test = f"({test} OR {column} IS NULL)"
            conditions.append(test)
        for name, sign in (("start", ">="), ("end", "<")):
            moment = getattr(self.filters, name)
            if moment is not None:
                counted = table in COUNTS
                bound[name] = calendar.local_day(self.zone, moment) if counted else moment
                conditions.append(f"{'day' if counted else 'happened_at'} {sign} ${name}")
        return (" WHERE " + " AND ".join(conditions) if conditions else ""), bound

    def _codes(self, field: str, values: Sequence[str | None]) -> list[float | None]:
        """The codes `values` have in `field`; -1 for a text nobody ever sent."""
        if field in ENUMS:
            return [_enum(ENUMS[field], field, value) for value in values]
        fact = self.fact(field)
        if fact is not None and fact.sort != "fact.category":
            return [_number(fact, value) for value in values]
        empty = None if fact else 0
        list_name = f"fact:{field}" if fact else field
        texts = {f"text_{n}": value for n, value in enumerate(values) if value is not None}
        listed = ", ".join(f"${name}" for name in texts) or "NULL"
        sql = f"SELECT text, code FROM words WHERE field = $field AND text IN ({listed})"
        found = dict(self.cursor.execute(sql, {"field": list_name, **texts}).fetchall())
        return [empty if value is None else found.get(value, -1) for value in values]

    def begins_a_month(self, moment: int | None) -> bool:
        """Whether `moment` (UTC ms) is a local midnight of a first of the month, or no bound."""
        if moment is None:
            return True
        day = calendar.date_of(calendar.local_day(self.zone, moment))
        return day.day == 1 and self._begins_a_day(moment)

    def _begins_a_day(self, moment: int) -> bool:
        day = calendar.date_of(calendar.local_day(self.zone, moment))
        return calendar.start_of_day(self.zone, day) == moment


def _enum(enum: type[IntEnum], field: str, value: str | None) -> int:
    if value is None:
        return 0
    if value not in enum.__members__:
        names = ", ".join(name for name in enum.__members__ if name != "none")
        raise BadQuestion(
            es=f"«{value}» no es un valor de {field}. Puedes usar: {names}.",
            en=f"“{value}” is no value of {field}. You can use: {names}.",
            reason="unknown_value",
        )
    return int(enum[value])


def _number(fact: Fact, value: str | None) -> float | None:
    if value is None:
        return None
    if fact.sort == "fact.yesno":
        return value.lower() in ("yes", "sí", "true", "1")
    try:
        return float(value)
    except ValueError:
        raise BadQuestion(
            es=f"«{fact.name}» es un número; «{value}» no lo es.",
            en=f"“{fact.name}” is a number; “{value}” is not.",
            reason="not_a_number",
        ) from None


def read_unclustered(query: str) -> str:
    """The text of a named query for tables that keep no order: NAME.spark.sql, which is in our
    dialect all the same, where there is one."""
    room, name = query.split("/")
    own = files(f"vivencia.{room}").joinpath(f"queries/{name}.spark.sql")
    return read_query(f"{query}.spark" if own.is_file() else query)


@lru_cache(maxsize=256)
def read_query(query: str) -> str:
    """The text of a named query ("room/name"), without its comments."""
    room, name = query.split("/")
    text = files(f"vivencia.{room}").joinpath(f"queries/{name}.sql").read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("--")]
    return "\n".join(lines).strip()
