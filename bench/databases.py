"""Interactions a second over HTTP on PostgreSQL beside SQLite, each answered after its fsync.

    python -m bench.databases [--seconds 8] [--rounds 3]

The same real `vivencia serve`, the same load as `intake.py`, the same disk, in turn. PostgreSQL is
a server of this run's own, as `initdb` sets it up, on a Unix socket. Its 50,000 customers have been
met before. What wrk was answered must be in the database.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sqlite3
import statistics
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.intake import CLI, PACE, _free_port, _load, _meet_customers, _process
from vivencia.lib.postgres.tests.cluster import Cluster

LOADS = {"single": (1, 64), "batch": (100, 16)}


def measure(size: int, rounds: int) -> dict[str, Any]:
    """Medians of `rounds`; `size` is how many milliseconds each load lasts."""
    found: dict[str, list[float]] = {}
    with contextlib.closing(Databases()) as databases:
        for turn in range(rounds):
            for name, environ in databases.new().items():
                with served(environ) as (port, key):
                    _meet_customers(port, key)
                    for load, (batch, connections) in LOADS.items():
                        one = _load(
                            port, key, batch, connections, "ordered", size / 1000, 10 * turn + 1
                        )
                        found.setdefault(f"{name}_{load}_{PACE}", []).append(one[PACE])
                        found.setdefault(f"{name}_{load}_p99_ms", []).append(one["p99_ms"])
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


@contextlib.contextmanager
def served(environ: dict[str, str]) -> Iterator[tuple[int, str]]:
    """The port of a server on a new installation, and a key to its door."""
    words = [*CLI, "key", "create", "--name", "bench", "--scope", "intake"]
    made = subprocess.run(
        words, env={**os.environ, **environ}, capture_output=True, text=True, check=True
    ).stdout
    key = next(word for word in made.split() if word.startswith("viv_"))
    port = _free_port()
    with _process([*CLI, "serve", "--port", str(port)], port, environ):
        yield port, key


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    print(json.dumps(measure(int(chosen.seconds * 1000), chosen.rounds), indent=2))
