"""Simulating a bank: one million interactions with their truth, written to files.

    python -m bench.simulate [--interactions 1000000] [--rounds 3]

Promised: under 60 s, from the start of the program to the last byte on disk.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.memory import peak_mb
from bench.peers import ask_ours
from vivencia.simulator.write import simulate

INTERACTIONS_A_CUSTOMER = 23.3
UNTIL = dt.date(2026, 11, 1)


def measure(interactions: int, rounds: int) -> dict[str, Any]:
    """Median seconds of whole processes, their highest memory, and what they wrote."""
    customers = max(round(interactions / INTERACTIONS_A_CUSTOMER), 1)
    taken, answers = [], []
    for _ in range(rounds):
        before = time.perf_counter()
        answers.append(ask_ours("bench.simulate", "--ours", customers))
        taken.append(time.perf_counter() - before)
    seconds, rows = statistics.median(taken), answers[0]["interactions"]
    return {
        "interactions": rows,
        "customers": customers,
        "seconds": round(seconds, 2),
        "interactions_a_second": round(rows / seconds),
        "memory_mb": max(answer["memory_mb"] for answer in answers),
    }


def ours(customers: int) -> dict[str, Any]:
    """What the command does, in this process: interactions written, and peak memory."""
    with tempfile.TemporaryDirectory() as folder:
        truth = simulate(customers, 7, Path(folder), UNTIL)
    return {"interactions": truth["interactions"], "memory_mb": peak_mb()}


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--interactions", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ours", type=int, help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.ours:
        print(json.dumps(ours(chosen.ours)))
    else:
        print(json.dumps(measure(chosen.interactions, chosen.rounds), indent=2))


if __name__ == "__main__":
    main(sys.argv[1:])
