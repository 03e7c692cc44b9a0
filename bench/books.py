"""One customer's book in a log of fifty million.

    python -m bench.books [--size 50000000] [--rounds 1] [--draw]

The whole page as the server makes it, from the request to the last byte, with the note of who
opened it, by a process that has the log alone, without columns, which no book reads. Each customer
is read once, their lines scattered over the whole log: first while the machine keeps nothing of it
in memory, as after a restart, then with what is there by then. `--draw` only draws the log.
Promised at 50 M: p95 < 50 ms, of both.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import secrets
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.installation import PER_CUSTOMER, log_alone
from bench.memory import peak_mb

BOOKS = 400  # of each sort in one round


def measure(size: int, rounds: int) -> dict[str, Any]:
    """Milliseconds of the book's page: p50 and p95, of the clock and of the processor."""
    home = log_alone(size)
    log = next(home.rglob("vivencia.sqlite3"))
    figures: dict[str, Any] = {"size": size, "log_bytes_each": round(log.stat().st_size / size)}
    read = _reader(home)
    asked = rounds * BOOKS
    customers = iter(random.Random().sample(range(1, size // PER_CUSTOMER + 1), 1 + 2 * asked))
    read(next(customers))  # templates are read once
    _forget(log)
    for sort in ("cold", "book"):
        took = [read(next(customers)) for _ in range(asked)]
        for of, times in zip(("processor", "clock"), zip(*took, strict=True), strict=True):
            figures[f"{sort}_{of}_p50_ms"] = round(1000 * statistics.median(times), 1)
            figures[f"{sort}_{of}_p95_ms"] = round(1000 * statistics.quantiles(times, n=20)[-1], 1)
    return figures | {"memory_mb": peak_mb()}


def _reader(home: Path) -> Callable[[int], tuple[float, float]]:
    """What reads a customer's book, signed in: seconds of processor and of the clock."""
    from vivencia.cli.ready import ready
    from vivencia.lib.datadir import DataDir

    ready(DataDir(home))
    from django.test import Client

    from vivencia.people.actions import add_user

    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(add_user(None, f"{secrets.token_hex(4)}@example.org", "manager"))

    def read(customer: int) -> tuple[float, float]:
        processor, clock = time.process_time(), time.perf_counter()
        answer = client.get(f"/customers/{customer}/")
        took = time.process_time() - processor, time.perf_counter() - clock
        assert f"Person Number {customer}".encode() in answer.content, answer.status_code
        return took

    return read


def _forget(path: Path) -> None:
    """Have the machine let go of the pages of a file that it keeps in memory."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=50_000_000)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--draw", action="store_true", help="ask nothing")
    chosen = parser.parse_args()
    if chosen.draw:
        print(log_alone(chosen.size))
    else:
        print(json.dumps(measure(chosen.size, chosen.rounds)))
