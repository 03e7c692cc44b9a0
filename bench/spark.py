"""Every query of the columns on a real cluster of Spark, beside DuckDB: equal, and how long each.

    python -m bench.spark [--rows N]

One master and two workers on loopback, executors of 1 GB, over a lake of six months. Needs Java 17
and `pip install 'vivencia[spark]'`. Ends with 1 where an answer differs.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from vivencia.columns.filters import Filters
from vivencia.columns.lake import manifest
from vivencia.columns.lake.keeping import keep
from vivencia.columns.lake.place import Place
from vivencia.columns.scope import Scope
from vivencia.columns.spark.tests.cases import CASES, Case
from vivencia.columns.spark.tests.cluster import cluster
from vivencia.columns.spark.tests.comparing import rows_of
from vivencia.columns.spark.tests.filled import fill
from vivencia.columns.store import Store


def ask(scope: Scope, case: Case) -> tuple[list[tuple[object, ...]], float]:
    """The rows of one case, and the seconds they took."""
    began = time.perf_counter()
    rows = scope.run(case.query, case.table, parts=case.parts, **case.bound)
    return rows_of(rows, case.order), time.perf_counter() - began


def compare(store: Store, place: Place, address: str) -> int:
    """Print each case; how many differ."""
    from vivencia.columns.spark.cursor import SparkCursor
    from vivencia.columns.spark.scope import SparkScope
    from vivencia.columns.spark.session import opened

    began = time.perf_counter()
    session = opened(address)
    spark = SparkCursor(session, place, manifest.there(place))
    print(f"Spark {session.version} ready in {time.perf_counter() - began:.1f} s")
    differ = 0
    for case in CASES:
        with store.reading() as cursor:
            ours, took = ask(Scope(cursor, case.filters, store.zone), case)
        theirs, took_there = ask(SparkScope(spark, case.filters, store.zone), case)
        differ += ours != theirs
        verdict = "equal" if ours == theirs else "DIFFERS"
        print(f"{case.query:<32}{verdict:<9}{len(ours):>9} rows  DuckDB {took:7.3f} s  "
              f"Spark {took_there:7.2f} s", flush=True)  # fmt: skip
    session.stop()
    return differ


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        store = Store(folder / "columns.duckdb", "Europe/Madrid")
        fill(store, rows, customers=max(1, rows // 8))
        place = Place(str(folder / "lake"))
        with store.reading() as cursor:
            kept = keep(Scope(cursor, Filters(), store.zone), place.address, "bench", 1)
        print(f"{kept.rows} interactions in {kept.written} files")
        with cluster(folder) as address:
            differ = compare(store, place, address)
    print(f"{len(CASES) - differ} of {len(CASES)} equal")
    return int(differ > 0)


if __name__ == "__main__":
    sys.exit(main())
