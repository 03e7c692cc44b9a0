"""Every query of the columns on a real cluster of Spark, beside DuckDB: equal, and how long each.

    python -m bench.spark [--rows N]

One master and two workers on loopback, executors of 1 GB, over a lake of six months. Needs Java 17
and `pip install 'vivencia[spark]'`. Ends with 1 where an answer differs.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from vivencia.columns.filters import Filters
from vivencia.columns.lake import manifest
from vivencia.columns.lake.keeping import keep
from vivencia.columns.lake.place import Place
from vivencia.columns.scope import Scope
from vivencia.columns.spark.tests.cases import CASES, Case
from vivencia.columns.spark.tests.comparing import rows_of
from vivencia.columns.spark.tests.filled import fill
from vivencia.columns.store import Store

LOOPBACK = "127.0.0.1"
_SETTINGS = f"""spark.executor.memory 1g
spark.ui.enabled false
spark.driver.host {LOOPBACK}
spark.driver.bindAddress {LOOPBACK}
spark.sql.shuffle.partitions 4
spark.ui.showConsoleProgress false
"""
_PATIENCE_S = 120


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """The address of a standalone master with two workers, all ended afterwards."""
    import pyspark

    home = Path(pyspark.__file__).parent
    (folder / "conf").mkdir()
    (folder / "conf" / "spark-defaults.conf").write_text(_SETTINGS)
    os.environ |= {"SPARK_HOME": str(home), "SPARK_CONF_DIR": str(folder / "conf"),
                   "SPARK_LOCAL_IP": LOOPBACK, "SPARK_DAEMON_MEMORY": "256m"}  # fmt: skip
    port = _free_port()
    address = f"spark://{LOOPBACK}:{port}"
    with ExitStack() as running:
        running.enter_context(_role(home, folder, "Master", "--port", port, "--host", LOOPBACK))
        _wait_for(port)
        for number in (1, 2):
            running.enter_context(
                _role(home, folder, "Worker", "--cores", 1, "--memory", "1g", "--host", LOOPBACK,
                      "--work-dir", folder / f"work{number}", address)
            )  # fmt: skip
        yield address


@contextmanager
def _role(home: Path, folder: Path, role: str, *words: object) -> Iterator[None]:
    named = f"org.apache.spark.deploy.{role.lower()}.{role}"
    command = [home / "bin" / "spark-class", named, "--webui-port", "0", *map(str, words)]
    with (folder / f"{role}.log").open("a") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int) -> None:
    give_up = time.monotonic() + _PATIENCE_S
    while time.monotonic() < give_up:
        with socket.socket() as probe:
            if probe.connect_ex((LOOPBACK, port)) == 0:
                return
        time.sleep(0.2)
    raise TimeoutError("the master of the cluster does not answer")


def ask(scope: Scope, case: Case) -> tuple[list[tuple[object, ...]], float]:
    """The rows of one case, and the seconds they took."""
    began = time.perf_counter()
    rows = scope.run(case.query, case.table, parts=case.parts, **case.bound)
    return rows_of(rows, case.order), time.perf_counter() - began


def compare(store: Store, place: Place, address: str) -> int:
    """Print each case; how many differ."""
    from pyspark.sql import SparkSession

    from vivencia.columns.spark.cursor import SparkCursor
    from vivencia.columns.spark.scope import SparkScope

    began = time.perf_counter()
    session = SparkSession.builder.master(address).appName("vivencia").getOrCreate()
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
