"""Interactions a second over HTTP on PostgreSQL beside SQLite, each answered after its fsync.

    python -m bench.databases [--seconds 8] [--rounds 3]

The same real `vivencia serve`, the same load as `intake.py`, the same disk, in turn. PostgreSQL is
a server of this run's own, as `initdb` sets it up, on a Unix socket. Its 50,000 customers have been
met before. What wrk was answered must be in the database.
"""

from __future__ import annotations

import contextlib
import sqlite3
import statistics
import tempfile
from pathlib import Path
from typing import Any

from bench.intake import PACE, alone, load, meet_customers, served
from vivencia.lib.postgres.tests.cluster import Cluster

LOADS = {"single": (1, 64), "batch": (100, 16)}


def measure(size: int, rounds: int) -> dict[str, Any]:
    """Medians of `rounds`; `size` is how many milliseconds each load lasts."""
    found: dict[str, list[float]] = {}
    with contextlib.closing(Databases()) as databases:
        for turn in range(rounds):
            for name, environ in databases.new().items():
                with served(environ) as (port, key):
                    meet_customers(port, key)
                    for sort, (batch, connections) in LOADS.items():
                        one = load(
                            port, key, batch, connections, "ordered", size / 1000, 10 * turn + 1
                        )
                        found.setdefault(f"{name}_{sort}_{PACE}", []).append(one[PACE])
                        found.setdefault(f"{name}_{sort}_p99_ms", []).append(one["p99_ms"])
                        answered = one["answered"]
                databases.check(name, answered)
    medians = {what: round(statistics.median(runs), 2) for what, runs in found.items()}
    ratios = {
        f"x_sqlite_{load}": medians[f"postgres_{load}_{PACE}"] / medians[f"sqlite_{load}_{PACE}"]
        for load in LOADS
    }
    return {**medians, **{name: round(ratio, 3) for name, ratio in ratios.items()}}


class Databases:
    """An installation on each database, new for each round."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._cluster = Cluster()
        self._turn = 0

    def new(self) -> dict[str, dict[str, str]]:
        """What the environment says of each."""
        self._turn += 1
        self._name = self._cluster.database()
        urls = {"sqlite": "", "postgres": self._cluster.url(self._name)}
        return {
            name: {"DATABASE_URL": url, "VIVENCIA_DATA": str(self._data(name))}
            for name, url in urls.items()
        }

    def check(self, name: str, answered: float) -> None:
        """Everything wrk was answered for is stored."""
        count = "SELECT count(*) FROM interactions"
        if name == "postgres":
            stored = int(self._cluster.psql(count, self._name))
        else:
            file = self._data(name) / "vivencia.sqlite3"
            with contextlib.closing(sqlite3.connect(file)) as database:
                stored = database.execute(count).fetchone()[0]
        if stored < answered:
            raise SystemExit(f"{name}: {answered} were answered, {stored} are stored")

    def close(self) -> None:
        self._cluster.stop()
        self._folder.cleanup()

    def _data(self, name: str) -> Path:
        return Path(self._folder.name) / f"{name}-{self._turn}"


if __name__ == "__main__":
    alone(measure, __doc__)
