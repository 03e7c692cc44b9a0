"""Importing a CSV: from the command to every row stored and projected.

    python -m bench.imports [--rows 1000000] [--rounds 1] [wide|common]

Promised: a million rows in under 40 s with under 500 MB. How wide they are was not said, so there
are two files: a simulated bank's with all its 36 columns and four ways to know a customer, and one
of the shape public event logs have, 8 columns. Memory is that of the command and its children
together, sampled, what they share counted once (PSS); the largest of them alone is told too.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

import psutil
import pyarrow.csv
import pyarrow.parquet as pq

from bench import logs
from bench.peers import DATA, ours
from vivencia.simulator.write import simulate

ROWS_A_CUSTOMER = 22  # the simulator gives a little more, of however few
UNTIL = dt.date(2026, 11, 1)
_COMMON = """format = "csv"
[columns]
identity = "case:concept:name"
journey = "case:concept:name"
kind = "concept:name"
happened_at = "time:timestamp"
agent = "org:resource"
[facts]
product = "product"
seriousness = "seriousness"
service_level = "service_level"
workgroup = "workgroup"
"""
SAMPLED_S = 0.5  # each look walks through the pages of three processes


def bank_file(rows: int) -> tuple[Path, Path]:
    """(a CSV of exactly `rows` rows, the mapping that reads it)."""
    path, mapping = DATA / f"bank-{rows}.csv", DATA / f"bank-{rows}.toml"
    if not (path.exists() and mapping.exists()):
        print(f"Drawing {path.name} (once)…", file=sys.stderr)
        DATA.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory() as folder:
            simulate(max(rows // ROWS_A_CUSTOMER, 1), 7, Path(folder), UNTIL)
            table = pq.read_table(Path(folder) / "interactions.parquet").slice(0, rows)
            text = (Path(folder) / "map.toml").read_text(encoding="utf-8")
        if len(table) < rows:
            raise ValueError(f"the bank has only {len(table)} rows")
        mapping.write_text(text.replace('format = "parquet"', 'format = "csv"'), encoding="utf-8")
        pyarrow.csv.write_csv(table, path)
    return path, mapping


def common_file(rows: int) -> tuple[Path, Path]:
    """(a CSV of the common kind, the mapping that reads it)."""
    path, mapping = logs.cases(rows), DATA / "cases.toml"
    mapping.write_text(_COMMON, encoding="utf-8")
    return path, mapping


def measure(rows: int, rounds: int) -> dict[str, dict[str, Any]]:
    """What importing each file takes."""
    return {name: measured(name, rows, rounds) for name in FILES}


def measured(name: str, rows: int, rounds: int) -> dict[str, Any]:
    """Median seconds and highest memory of whole imports, each into a new installation."""
    path, mapping = FILES[name](rows)
    ours()  # installed before the clock starts
    taken = [_import(path, mapping, rows) for _ in range(rounds)]
    seconds = statistics.median(seconds for seconds, _ in taken)
    with path.open(encoding="utf-8") as file:
        columns = len(next(csv.reader(file)))
    return {
        "rows": rows,
        "columns": columns,
        "megabytes": round(path.stat().st_size / 1e6),
        "seconds": round(seconds, 1),
        "rows_a_second": round(rows / seconds),
        "memory_mb": max(memory.together for _, memory in taken),
        "largest_mb": max(memory.largest for _, memory in taken),
    }


def _import(path: Path, mapping: Path, rows: int) -> tuple[float, Memory]:
    """(seconds, memory) of one import, whose answer must say that every row is in."""
    with tempfile.TemporaryDirectory() as data:
        command = [*ours(), "--data", data, "import", str(path)]
        before = time.perf_counter()
        with subprocess.Popen(
            [*command, "--map", str(mapping), "--json"], stdout=subprocess.PIPE, text=True
        ) as running:
            memory = watched(running)
            seconds = time.perf_counter() - before
            told = json.loads(running.stdout.read())
    if told["stored"] + told["duplicate"] != rows:  # the bank plants some twice
        raise ValueError(f"not every row was stored: {told}")
    return seconds, memory


class Memory(NamedTuple):
    """Megabytes held at once: by a program and its children, and by the largest of them."""

    together: int
    largest: int


def watched(running: subprocess.Popen[str]) -> Memory:
    """The most of both while `running` ran; returns when it has ended."""
    together = largest = 0
    while running.poll() is None:
        held = _held(psutil.Process(running.pid))
        together, largest = max(together, sum(held)), max(largest, *held)
        time.sleep(SAMPLED_S)
    return Memory(together // 1_000_000, largest // 1_000_000)


def _held(process: psutil.Process) -> list[int]:
    try:
        every = (process, *process.children(recursive=True))
        return [one.memory_full_info().pss for one in every]
    except (psutil.NoSuchProcess, psutil.AccessDenied):  # one has just ended
        return [0]


FILES = {"wide": bank_file, "common": common_file}


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("files", nargs="*", metavar="FILE", help=", ".join(FILES))
    chosen = parser.parse_args(arguments)
    for name in chosen.files or FILES:
        print(name, json.dumps(measured(name, chosen.rows, chosen.rounds), indent=2))


if __name__ == "__main__":
    main(sys.argv[1:])
