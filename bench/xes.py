"""Reading XES, gzip, against pm4py, in one run, outputs equal.

    python -m bench.xes [--events 250000] [--rounds 3]

Promised: ≥ 5 × pm4py at a quarter of a million events. The log is one of the simulator's bank.
"""

from __future__ import annotations

import argparse
import datetime as dt
import gzip
import hashlib
import json
import statistics
import sys
import time
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from bench.memory import peak_mb
from bench.peers import DATA, ask, ask_ours
from vivencia.interactions.formats import open_rows
from vivencia.interactions.times import Times
from vivencia.simulator.story import tell
from vivencia.simulator.table import interactions

COLUMNS = {
    "concept:name": "kind",
    "org:resource": "agent",
    "touchpoint": "touchpoint",
    "channel": "channel",
    "stage": "stage",
    "outcome": "outcome",
}
EVENTS_A_PERSON = 7  # of those that belong to a journey; the simulator gives a little more


def bank_log(events: int) -> Path:
    """XES with exactly `events` events, whole journeys but for the last one."""
    path = DATA / f"bank-{events}.xes.gz"
    if not path.exists():
        print(f"Drawing {path.name} (once)…", file=sys.stderr)
        path.parent.mkdir(parents=True, exist_ok=True)
        with gzip.open(path, "wt", encoding="utf-8", compresslevel=6) as file:
            file.write('<?xml version="1.0" encoding="UTF-8"?>\n<log xes.version="1849.2016">\n')
            file.writelines(traces(journeys(events)))
            file.write("</log>\n")
    return path


def journeys(events: int) -> list[dict[str, Any]]:
    """The first `events` rows of a simulated bank that belong to a journey, journey by journey."""
    story = tell(max(events // EVENTS_A_PERSON, 50), 7, dt.date(2026, 11, 1))
    table = interactions(story).select(["journey", "happened_at", *COLUMNS.values()])
    rows = [row for row in table.to_pylist() if row["journey"]]
    rows.sort(key=lambda row: (row["journey"], row["happened_at"]))
    assert len(rows) >= events, f"the bank has only {len(rows)} events"
    return rows[:events]


def traces(rows: list[dict[str, Any]]) -> Iterator[str]:
    for journey, steps in groupby(rows, key=lambda row: row["journey"]):
        yield f'<trace>\n<string key="concept:name" value={quoteattr(journey)}/>\n'
        for step in steps:
            at = step["happened_at"].isoformat(timespec="milliseconds")
            yield f'<event>\n<date key="time:timestamp" value="{at}"/>\n'
            for key, name in COLUMNS.items():
                if step[name]:
                    yield f'<string key="{key}" value={quoteattr(step[name])}/>\n'
            yield "</event>\n"
        yield "</trace>\n"


def ours(path: Path) -> dict[str, Any]:
    """Our side: seconds to read every column, times understood; peak memory; what was read."""
    before, busy = time.perf_counter(), time.process_time()
    columns = read(path)
    seconds, cpu = time.perf_counter() - before, time.process_time() - busy
    return {
        "seconds": seconds,
        "cpu": cpu,
        "memory_mb": peak_mb(),
        "events": len(columns["concept:name"]),
        "columns": sorted(columns),
        "digest": digest(columns),
    }


def read(path: Path) -> dict[str, list[Any]]:
    """Every column of the file as a list; times as UTC milliseconds."""
    reader = open_rows(path)
    times = Times(column="time:timestamp")
    columns: dict[str, list[Any]] = {}
    seen = 0
    for batch in reader:
        cells = list(zip(*batch.rows, strict=True))
        for name, values in zip(reader.columns, cells, strict=False):
            columns.setdefault(name, [None] * seen).extend(values)
        seen += len(batch.rows)
        for values in columns.values():
            values.extend([None] * (seen - len(values)))
        times.watch(columns["time:timestamp"][-len(batch.rows) :])
    times.settle()
    moments = times.read_all(columns["time:timestamp"])
    columns["time:timestamp"] = [moment[0] for moment in moments if moment]
    return columns


def digest(columns: dict[str, list[Any]]) -> str:
    """SHA-256 over journey, time, activity and touchpoint of every event, in order."""
    names = ("case:concept:name", "time:timestamp", "concept:name", "touchpoint")
    lines = zip(*(columns[name] for name in names), strict=True)
    text = "\n".join("|".join(map(str, line)) for line in lines)
    return hashlib.sha256(text.encode()).hexdigest()


def measure(events: int, rounds: int) -> dict[str, Any]:
    """Medians over rounds taken in turn, with the ratio that is promised."""
    path = bank_log(events)
    pairs = []
    for _ in range(rounds):
        mine, theirs = ask_ours("bench.xes", "--ours", path), ask("pm4py", "pm4py_xes.py", path)
        for name in ("events", "columns", "digest"):
            assert mine[name] == theirs[name], f"{name} differ: {mine[name]} {theirs[name]}"
        pairs.append((mine, theirs))

    def median(name: str) -> tuple[float, float]:
        mine, theirs = (statistics.median(pair[side][name] for pair in pairs) for side in (0, 1))
        return mine, theirs

    seconds, peer = median("seconds")
    cpu, peer_cpu = median("cpu")
    return {
        "events": events,
        "megabytes": round(path.stat().st_size / 1e6, 1),
        "ours_s": round(seconds, 2),
        "pm4py_s": round(peer, 2),
        "x_pm4py": round(peer / seconds, 1),
        "x_pm4py_in_cpu": round(peer_cpu / cpu, 1),
        "memory_mb": max(pair[0]["memory_mb"] for pair in pairs),
        "pm4py_memory_mb": max(pair[1]["memory_mb"] for pair in pairs),
        "outputs": "equal",
    }


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=250_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ours", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.ours:
        print(json.dumps(ours(chosen.ours)))
    else:
        print(json.dumps(measure(chosen.events, chosen.rounds), indent=2))


if __name__ == "__main__":
    main(sys.argv[1:])
