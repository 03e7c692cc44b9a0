"""Words a question names that no interaction ever had: a slip, told before it counts as 0."""

from __future__ import annotations

import difflib

import pyarrow as pa

from vivencia.columns.analyses import Tables, analysis
from vivencia.columns.schema import ENUMS
from vivencia.columns.scope import Scope
from vivencia.lib.errors import BadQuestion

_MOST_TOLD = 20


@analysis("columns/heard")
def heard(scope: Scope) -> Tables:
    """An empty table, if every value of the filters was sent at least once.

    Raises BadQuestion for the first that was not, with the nearest that was.
    """
    for field, values in sorted(scope.filters.where.items()):
        scope.column(field)  # raises where there is no such field
        fact = scope.fact(field)
        if field in ENUMS or (fact and fact.sort != "fact.category"):
            continue  # not words: the question itself says what it can not read
        for value in values:
            if value and scope.code(field, value) == -1:
                raise _never_sent(field, value, _words(scope, f"fact:{field}" if fact else field))
    return {"heard": pa.table({})}


def _words(scope: Scope, name: str) -> list[str]:
    sql = "SELECT text FROM words WHERE field = $field AND text IS NOT NULL ORDER BY text"
    return [text for (text,) in scope.cursor.execute(sql, {"field": name}).fetchall()]


def _never_sent(field: str, value: str, words: list[str]) -> BadQuestion:
    near = difflib.get_close_matches(value, words, n=1)
    some = ", ".join(words[:_MOST_TOLD]) or "–"
    return BadQuestion(
        es=f"Ninguna interacción tiene «{value}» en {field}. "
        + (f"¿Querías decir «{near[0]}»?" if near else f"Hay: {some}."),
        en=f"No interaction has “{value}” in {field}. "
        + (f"Did you mean “{near[0]}”?" if near else f"There are: {some}."),
        reason="unknown_value",
    )
