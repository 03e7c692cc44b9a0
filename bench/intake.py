"""Interactions a second over HTTP, each answered after its fsync, beside Django's bulk_create.

    python -m bench.intake [--seconds 8] [--rounds 3]

wrk sends the full record on the same machine: singles over 64 connections, batches of 100 over 16.
Ours is the real `vivencia serve`, all checks on, pages idle; the peer is a Django view that
bulk_creates into the same tables (peers/intake_django.py). Ids are ordered by time; random ones
are reported. What wrk was answered must be in the database.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PACE = "per_second"
CLI = [sys.executable, "-m", "vivencia.cli"]


def measure(size: int, rounds: int) -> dict[str, Any]:
    """Medians of `rounds`; `size` is how many milliseconds each load lasts."""
    loads = {
        "single": (1, 64, "ordered"), "batch": (100, 16, "ordered"), "random": (100, 16, "random"),
    }  # fmt: skip
    found: dict[str, list[dict[str, float]]] = {}
    for turn in range(rounds):
        for name, start in (("ours", _ours), ("django", _django)):
            with tempfile.TemporaryDirectory() as folder, start(Path(folder)) as (port, key):
                for load, (batch, connections, ids) in loads.items():
                    if name == "django" and load == "random":
                        continue
                    one = _load(port, key, batch, connections, ids, size / 1000, 10 * turn + 1)
                    found.setdefault(f"{name}_{load}", []).append(one)
                _check(Path(folder), sum(runs[-1]["answered"] for runs in found.values()
                                         if runs[-1]["port"] == port))  # fmt: skip
    medians = {
        f"{load}_{what}": statistics.median(run[what] for run in runs)
        for load, runs in found.items()
        for what in (PACE, "p50_ms", "p99_ms")
    }
    ratios = {
        f"x_django_{load}": medians[f"ours_{load}_{PACE}"] / medians[f"django_{load}_{PACE}"]
        for load in ("single", "batch")
    }
    return {**{name: round(value, 1) for name, value in medians.items()}, **ratios}


def _load(
    port: int, key: str, batch: int, connections: int, ids: str, seconds: float, salt: int
) -> dict[str, float]:
    """Interactions a second and latencies of one run of wrk."""
    words = [
        "wrk", "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--latency",
        "--timeout", "20s", "-s", str(HERE / "intake.lua"), f"http://127.0.0.1:{port}",
        "--", key, str(batch), ids, str(salt * 1000 + batch + (ids == "random")),
    ]  # fmt: skip
    output = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    told = json.loads(output.splitlines()[-1])
    if told["refused"] or told["broken"]:
        raise SystemExit(f"wrk met errors: {told}")
    answered = told["requests"] * batch
    per_second = answered / told["seconds"]
    return {**told, "answered": answered, "per_second": per_second, "port": port}


def _check(folder: Path, answered: float) -> None:
    """Everything wrk was answered for is stored (and what was under way when it ended)."""
    connection = sqlite3.connect(next(folder.rglob("vivencia.sqlite3")))
    stored = connection.execute("SELECT count(*) FROM interactions").fetchone()[0]
    if stored < answered:
        raise SystemExit(f"{answered} were answered, {stored} are stored")


@contextmanager
def _ours(folder: Path) -> Iterator[tuple[int, str]]:
    data = ["--data", str(folder / "data")]
    made = subprocess.run(
        [*CLI, *data, "key", "create", "--name", "bench", "--scope", "intake"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    key = next(word for word in made.stdout.split() if word.startswith("viv_"))
    port = _free_port()
    with _process([*CLI, *data, "serve", "--port", str(port)], port, {}):
        yield port, key


@contextmanager
def _django(folder: Path) -> Iterator[tuple[int, str]]:
    data = {"VIVENCIA_DATA": str(folder / "data")}
    make = (
        "from vivencia.cli.ready import ready; from vivencia.lib.datadir import DataDir; "
        "ready(DataDir.chosen())"
    )
    subprocess.run([sys.executable, "-c", make], env={**os.environ, **data}, check=True)
    port = _free_port()
    words = [sys.executable, str(HERE / "peers" / "intake_django.py"), str(port)]
    with _process(words, port, data):
        yield port, "none"


@contextmanager
def _process(words: list[str], port: int, environ: dict[str, str]) -> Iterator[None]:
    server = subprocess.Popen(
        words, env={**os.environ, **environ},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        for _ in range(600):
            with socket.socket() as line:
                if line.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)


def _free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        port: int = line.getsockname()[1]
        return port


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    print(json.dumps(measure(int(chosen.seconds * 1000), chosen.rounds), indent=2))
