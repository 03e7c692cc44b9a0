"""Interactions a second over HTTP, each answered after its fsync, beside Django's bulk_create.

    python -m bench.intake [--seconds 8] [--rounds 3]

wrk sends the full record on the same machine: singles over 64 connections, batches of 100 over 16.
Ours is the real `vivencia serve`, all checks on, pages idle; the peer is a Django view that
bulk_creates into the same tables (peers/intake_django.py). Its 50,000 customers have been met
before, by both. Ids are ordered by time; random ones are reported. What wrk was answered must be in
the database. `client_cores` says how much of the machine wrk takes from us.

The longest transaction is that of a writer that always has more to do than fits one. Its control
is the same writer with no bound to a group: that one lasts longer than promised, or the figure
says nothing.
"""

from __future__ import annotations

import argparse
import http.client
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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from vivencia.interactions.database import PRAGMAS
from vivencia.interactions.intake import writer as writing
from vivencia.interactions.intake.door import OWN, read
from vivencia.interactions.intake.interpret import Sender
from vivencia.lib.pace import Pace

HERE = Path(__file__).parent
CUSTOMERS = 50_000  # as many as intake.lua draws from
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
                meet_customers(port, key)
                for sort, (batch, connections, ids) in loads.items():
                    if name == "django" and sort == "random":
                        continue
                    one = load(port, key, batch, connections, ids, size / 1000, 10 * turn + 1)
                    found.setdefault(f"{name}_{sort}", []).append(one)
                _check(Path(folder), sum(runs[-1]["answered"] for runs in found.values()
                                         if runs[-1]["port"] == port))  # fmt: skip
    medians = {
        f"{sort}_{what}": statistics.median(run[what] for run in runs)
        for sort, runs in found.items()
        for what in (PACE, "p50_ms", "p99_ms", "client_cores")
    }
    ratios = {
        f"x_django_{sort}": medians[f"ours_{sort}_{PACE}"] / medians[f"django_{sort}_{PACE}"]
        for sort in ("single", "batch")
    }
    bounded, unbounded = longest_transactions()
    return {
        **{name: round(value, 2) for name, value in medians.items()},
        **ratios,
        "transaction_ms": bounded,
        "unbounded_transaction_ms": unbounded,
    }


def load(
    port: int, key: str, batch: int, connections: int, ids: str, seconds: float, salt: int
) -> dict[str, float]:
    """Interactions a second and latencies of one run of wrk."""
    words = [
        "wrk", "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--latency",
        "--timeout", "20s", "-s", str(HERE / "intake.lua"), f"http://127.0.0.1:{port}",
        "--", key, str(batch), ids, str(salt * 1000 + batch + (ids == "random")),
    ]  # fmt: skip
    before = os.times()
    output = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    used = sum(os.times()[2:4]) - sum(before[2:4])
    told = json.loads(output.splitlines()[-1])
    if told["refused"] or told["broken"]:
        raise SystemExit(f"wrk met errors: {told}")
    answered = told["requests"] * batch
    per_second = answered / told["seconds"]
    return {
        **told, "answered": answered, PACE: per_second, "port": port,
        "client_cores": used / told["seconds"],
    }  # fmt: skip


def meet_customers(port: int, key: str) -> None:
    """One interaction of each customer, in batches of 500."""
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for start in range(0, CUSTOMERS, 500):
        items = [_first_of(number) for number in range(start, start + 500)]
        body = json.dumps({"batch": items})
        connection.request("POST", "/api/v1/interactions", body, headers)
        answer = connection.getresponse()
        if answer.status != 200 or b"quarantined" in answer.read():
            raise SystemExit("the customers could not be met")
    connection.close()


def _first_of(customer: int) -> dict[str, object]:
    return {
        "id": f"00000000-0000-7000-8000-{customer:012x}", "kind": "call.ended",
        "happened_at": 1_780_000_000_000 + customer, "identity": {"account": f"c{customer}"},
        "journey": f"case-{customer % 9000}", "touchpoint": f"tp_{customer % 40:02d}",
        "channel": "phone", "device": "mobile", "place": f"shop {customer % 30}", "brand": "north",
        "department": "billing", "stage": "use", "initiated_by": "customer",
        "agent": f"a{customer % 17}", "outcome": "success", "duration": 180_000, "wait": 21_000,
        "scale": "csat5", "score": 5, "amount": "1.00", "currency": "EUR",
        "item": f"plan-{customer % 7}", "properties": {"plan": "gold"}, "text": "The first time",
    }  # fmt: skip


# ── the longest transaction ──────────────────────────────────────────────────


def longest_transactions(n: int = 60_000) -> tuple[float, float]:
    """Milliseconds the write lock was held at most: by our writer, and by one whose groups have
    no bound."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        with _ours(Path(folder)):
            pass  # the tables are made
        ours = _longest(data, n, Pace(80e-6))
        control = _longest(data, n, Pace(80e-6, target_s=60.0, most=n))
    return round(ours * 1000, 1), round(control * 1000, 1)


def _longest(data: Path, n: int, pace: Pace) -> float:
    database = next(data.rglob("vivencia.sqlite3"))
    holds: list[float] = []

    class Timed(sqlite3.Connection):
        def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
            done = super().execute(sql, *values)
            if sql == "BEGIN IMMEDIATE":
                self.began = time.perf_counter()
            elif sql == "COMMIT":
                holds.append(time.perf_counter() - self.began)
            return done

    def opened() -> sqlite3.Connection:
        connection = sqlite3.connect(
            database, isolation_level=None, check_same_thread=False, factory=Timed
        )
        for pragma in PRAGMAS:
            connection.execute(pragma)
        return connection

    writer = writing.Writer(opened, os.urandom(32), most_waiting=2 * n)
    writer._pace = pace
    writer._rounds = Pace(1e-9)  # nobody is told to come back: all of it is to wait
    sender = Sender(source="bench", secret=b"bench", received_at=time.time_ns() // 1_000_000)
    for start in range(0, n, 100):
        items = [{**_first_of(number), "id": os.urandom(8).hex()}
                 for number in range(start, start + 100)]  # fmt: skip
        body = json.dumps(items).encode()
        writer.submit(writing.Submission(read(body, OWN, sender), received_at=0))
    writer.start()
    if not writer.stop(60):
        raise SystemExit("the writer did not end")
    return max(holds)


def _check(folder: Path, answered: float) -> None:
    """Everything wrk was answered for is stored (and what was under way when it ended)."""
    connection = sqlite3.connect(next(folder.rglob("vivencia.sqlite3")))
    stored = connection.execute("SELECT count(*) FROM interactions").fetchone()[0]
    if stored < answered:
        raise SystemExit(f"{answered} were answered, {stored} are stored")


@contextmanager
def _ours(folder: Path) -> Iterator[tuple[int, str]]:
    with served({"VIVENCIA_DATA": str(folder / "data")}) as found:
        yield found


@contextmanager
def served(environ: dict[str, str]) -> Iterator[tuple[int, str]]:
    """The port of a server on a new installation, and a key to its door."""
    words = [*CLI, "key", "create", "--name", "bench", "--scope", "intake"]
    made = subprocess.run(
        words, env={**os.environ, **environ}, capture_output=True, text=True, check=True
    ).stdout
    key = next(word for word in made.split() if word.startswith("viv_"))
    port = free_port()
    with process([*CLI, "serve", "--port", str(port)], port, environ):
        yield port, key


@contextmanager
def _django(folder: Path) -> Iterator[tuple[int, str]]:
    data = {"VIVENCIA_DATA": str(folder / "data")}
    make = (
        "from vivencia.cli.ready import ready; from vivencia.lib.datadir import DataDir; "
        "ready(DataDir.chosen())"
    )
    subprocess.run([sys.executable, "-c", make], env={**os.environ, **data}, check=True)
    port = free_port()
    words = [sys.executable, str(HERE / "peers" / "intake_django.py"), str(port)]
    with process(words, port, data):
        yield port, "none"


@contextmanager
def process(words: list[str], port: int, environ: dict[str, str]) -> Iterator[None]:
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


def free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        port: int = line.getsockname()[1]
        return port


def alone(measure: Callable[[int, int], dict[str, Any]], about: str | None) -> None:
    """What a bench of loads prints when it is run by itself."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    print(json.dumps(measure(int(chosen.seconds * 1000), chosen.rounds), indent=2))


if __name__ == "__main__":
    alone(measure, __doc__)
