"""How questions grow on a cluster of Spark beside one machine, both on the same cores.

    python -m bench.spark_growth [--rows N …]

One master and two workers on loopback, executors of 1 GB; columns filled directly, six months,
eight interactions a customer. Each question once, which warms both up, then the least of two more
(none where one took a minute of the processor). Seconds of the clock, and in brackets of the
processor, in all processes together; nothing is kept from one question to the next. Ends with 1
where an answer differs.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import pyarrow as pa

from bench.processor import Took, timed
from bench.spark import beside, lying
from vivencia.columns.analyses import Tables, find
from vivencia.columns.filters import Filters
from vivencia.columns.scope import Scope
from vivencia.columns.spark.tests.comparing import as_tuples
from vivencia.columns.store import Store

if TYPE_CHECKING:
    from vivencia.columns.spark.lakes import Lake

GOLD = Filters({"plan": ("gold",)})
DISCOVERY: dict[str, object] = {"activity": "kind", "top": 20}
ASKED: dict[str, tuple[str, Filters, dict[str, object]]] = {
    "NPS by touchpoint, of the counts": (
        "scores/counts", Filters(), {"scale": "nps", "by": ["touchpoint"], "every": None}),
    "NPS by month, filtered by a fact": (
        "scores/counts", GOLD, {"scale": "nps", "by": [], "every": "month"}),
    "what is behind it, page 1": (
        "scores/behind", GOLD, {"scale": "nps", "fate": "counted", "limit": 50, "offset": 0}),
    "journeys, filtered by a fact": ("journeys/discover", GOLD, DISCOVERY),
    "journeys, all of them": ("journeys/discover", Filters(), DISCOVERY),
    "the median of all waits, fetched": ("reports/waits", Filters(), {}),
}  # fmt: skip
# Exact quantiles by Spark itself; ours are worked out of values it sent.
QUANTILES = "SELECT channel, {} AS waits FROM steps WHERE wait IS NOT NULL GROUP BY channel"
OURS = QUANTILES.format("quantile_cont(wait, [0.5, 0.95])")
THEIRS = QUANTILES.format("percentile(wait, [0.5, 0.95])")
LONG_S = 60.0


def here(store: Store, name: str, filters: Filters, parameters: dict[str, object]) -> Tables:
    """What DuckDB answers, of the columns."""
    with store.reading() as cursor:
        return find(name)(Scope(cursor, filters, store.zone), **parameters)


def there(lake: Lake, name: str, filters: Filters, parameters: dict[str, object]) -> Tables:
    """What the cluster answers, of the lake."""
    return find(name)(lake.scope(filters), **parameters)


def least(work: Callable[[], Tables]) -> tuple[Tables, Took]:
    """What `work` gives, and the least it took once it is warm."""
    tables, took = timed(work)
    if took.processor > LONG_S:
        return tables, took
    return tables, Took(*map(min, zip(*(timed(work)[1] for _ in range(2)), strict=True)))


def plain(tables: Tables) -> dict[str, list[str]]:
    """The rows of each table, in an order in which equal answers are equal."""
    return {name: sorted(map(repr, as_tuples(table))) for name, table in tables.items()}


def thousandths(table: pa.Table) -> pa.Table:
    """Quantiles to the thousandth: between two values each engine rounds in its own way."""
    waits = [[round(value, 3) for value in row] for row in table["waits"].to_pylist()]
    return pa.table({"channel": table["channel"], "waits": waits})


def compare(said: str, ours: Callable[[], Tables], theirs: Callable[[], Tables]) -> bool:
    """Print what both took; whether they answer the same."""
    expected, took = least(ours)
    found, took_there = least(theirs)
    verdict = "equal" if plain(found) == plain(expected) else "DIFFERS"
    print(f"  {said:<36}{verdict:<9}{beside(took, took_there)}", flush=True)
    return verdict == "equal"


def grow(rows: int) -> bool:
    """Print what `rows` interactions cost on both; whether all answers are equal."""
    with lying(rows) as (store, lake):
        equal = [
            compare(said, partial(here, store, *question), partial(there, lake, *question))
            for said, question in ASKED.items()
        ]
        equal.append(compare(
            "quantiles of waits, by channel",
            lambda: {"": thousandths(store.connection.sql(OURS).to_arrow_table())},
            lambda: {"": thousandths(lake.months.sql(THEIRS).to_arrow_table())},
        ))  # fmt: skip
    return all(equal)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 10_000_000])
    equal = [grow(rows) for rows in parser.parse_args().rows]
    return int(not all(equal))


if __name__ == "__main__":
    sys.exit(main())
