"""Every query of the columns on a real cluster of Spark, beside DuckDB: equal, and how long each.

    python -m bench.spark [--rows N]

One master and two workers on loopback, executors of 1 GB, over a lake of six months. Seconds of the
clock, and in brackets of the processor, in all processes together. Needs Java 17 and `pip install
'vivencia[spark]'`. Ends with 1 where an answer differs.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bench.growth import ZONE, filled
from bench.processor import Took, timed
from vivencia.columns.filters import Filters
from vivencia.columns.lake import manifest
from vivencia.columns.lake.keeping import keep
from vivencia.columns.lake.place import Place
from vivencia.columns.scope import Scope
from vivencia.columns.spark.tests.cases import CASES, Case
from vivencia.columns.spark.tests.cluster import cluster
from vivencia.columns.spark.tests.comparing import rows_of
from vivencia.columns.store import Store

if TYPE_CHECKING:
    import pyarrow as pa

    from vivencia.columns.spark.lakes import Lake

WARMING = "SELECT kind, count(*) AS n FROM steps GROUP BY kind"  # what the cluster does once


def ask(scope: Scope, case: Case) -> tuple[list[tuple[object, ...]], Took]:
    """The rows of one case, and what it took until they were here, asked again: a question that
    an engine never had makes it compile."""

    def asked() -> pa.Table:
        return scope.run(case.query, case.table, parts=case.parts, **case.bound)

    rows = asked()
    return rows_of(rows, case.order), timed(asked)[1]


def beside(ours: Took, theirs: Took) -> str:
    """What both engines took: seconds of the clock, and of the processor in brackets."""
    times = theirs.processor / max(ours.processor, 0.01)  # the system counts in hundredths
    return (
        f"DuckDB {ours.clock:8.3f} s ({ours.processor:7.2f})  "
        f"Spark {theirs.clock:7.2f} s ({theirs.processor:7.2f})  {times:5.0f} times"
    )


def compare(store: Store, lake: Lake) -> int:
    """Print each case; how many differ."""
    from vivencia.columns.spark.scope import SparkScope

    differ = 0
    for case in CASES:
        with store.reading() as cursor:
            ours, took = ask(Scope(cursor, case.filters, store.zone), case)
        theirs, took_there = ask(SparkScope(lake.months, case.filters, store.zone), case)
        differ += ours != theirs
        verdict = "equal" if ours == theirs else "DIFFERS"
        print(f"{case.query:<27}{case.table:<14}{verdict:<8}{len(ours):>9} rows  "
              f"{beside(took, took_there)}", flush=True)  # fmt: skip
    return differ


@contextmanager
def lying(rows: int) -> Iterator[tuple[Store, Lake]]:
    """Columns of `rows` interactions, filled directly, and their lake on a cluster."""
    from vivencia.columns.spark.lakes import Lake
    from vivencia.columns.spark.session import opened

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        store = Store(filled(rows), ZONE)
        place = Place(str(folder / "lake"))
        began = time.perf_counter()
        with store.reading() as cursor:
            kept = keep(Scope(cursor, Filters(), store.zone), place.address, "bench", 1)
        print(f"{kept.rows:,} interactions in {kept.written} files, written in "
              f"{time.perf_counter() - began:.0f} s", flush=True)  # fmt: skip
        with cluster(folder) as address:
            began = time.perf_counter()
            session = opened(address)
            lake = Lake(session, place, manifest.there(place))
            print(f"Spark {session.version} ready in {time.perf_counter() - began:.1f} s")
            _, took = timed(lambda: lake.months.sql(WARMING).fetchall())
            print(f"the first answer after {took.clock:.1f} s, {took.processor:.1f} s of processor",
                  flush=True)  # fmt: skip
            yield store, lake
            session.stop()
        store.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    with lying(parser.parse_args().rows) as (store, lake):
        differ = compare(store, lake)
    print(f"{len(CASES) - differ} of {len(CASES)} equal")
    return int(differ > 0)


if __name__ == "__main__":
    sys.exit(main())
