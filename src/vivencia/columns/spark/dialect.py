"""Our SQL, which is DuckDB's, said as Spark says it.

sqlglot translates; what it says wrongly without a warning is forbidden in the files of queries/
(`meaning_changes`), and the little it leaves undone is done here.
"""

from __future__ import annotations

import re
from functools import lru_cache

import sqlglot
from sqlglot import exp

# Forms that Spark takes and answers otherwise, or that sqlglot turns into such: ordered lists lose
# their order, quantiles become approximate, and Spark counts whole units where DuckDB counts the
# boundaries crossed. The rest it refuses, which is seen at once.
FORBIDDEN = {
    "an ordered list": re.compile(
        r"\b(?:list|array_agg|group_concat|string_agg)\s*\([^()]*\border\s+by\b", re.IGNORECASE
    ),
    "a quantile": re.compile(
        r"\b(?:percentile_cont|percentile_disc|quantile\w*|approx_\w+|median)\s*\(", re.IGNORECASE
    ),
    "a difference of dates": re.compile(
        r"\bdate_?(?:diff|sub)\s*\(|\bepoch_\w+\s*\(", re.IGNORECASE
    ),
    "a join to the latest": re.compile(r"\basof\b", re.IGNORECASE),
}


def meaning_changes(text: str) -> list[str]:
    """Which forms of `text`, the SQL of a file of queries/, mean something else on Spark."""
    code = re.sub(r"--.*", "", text)
    return [name for name, form in FORBIDDEN.items() if form.search(code)]


@lru_cache(maxsize=512)
def to_spark(text: str) -> str:
    """`text` in Spark's words; its $parameters are :parameters. Raises ParseError for what is no
    statement of DuckDB's, UnsupportedError for what Spark has no words for."""
    tree = sqlglot.parse_one(text, read="duckdb").transform(_said_otherwise)
    _journeys_together(tree)
    return tree.sql(dialect="spark", unsupported_level=sqlglot.ErrorLevel.RAISE)


@lru_cache(maxsize=512)
def tables_in(text: str) -> frozenset[str]:
    """The names that `text`, in our dialect, reads from: tables, and its own WITH among them."""
    tree = sqlglot.parse_one(text, read="duckdb")
    return frozenset(table.name for table in tree.find_all(exp.Table))


def _said_otherwise(node: exp.Expression) -> exp.Expression:
    """What sqlglot leaves as it is: whole numbers past 64 bits are decimals without a point."""
    if isinstance(node, exp.DataType) and node.this == exp.DataType.Type.INT128:
        return exp.DataType.build("DECIMAL(38, 0)", dialect="spark")
    return node


def _journeys_together(tree: exp.Expression) -> None:
    """All rows in the order of their journeys become each journey's rows together and in order:
    nobody minds which journey comes first, and to range all rows Spark reads everything twice."""
    order = tree.args.get("order")
    if order is None or tree.args.get("limit"):
        return
    first = order.expressions[0]
    if first.name != "journey":
        return
    tree.set("distribute", exp.Distribute(expressions=[first.this.copy()]))
    tree.set("sort", exp.Sort(expressions=order.expressions))
    tree.set("order", None)
