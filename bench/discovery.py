"""Journey discovery against pm4py and against the NumPy limit, in one run, outputs equal.

    python -m bench.discovery [--steps 10000000] [--rounds 1]

Promised: transitions with count, mean and exact median ≥ 20 × pm4py and ≤ 2 × the limit kernel;
all discovery after load ≥ 15 × pm4py with at most half its memory; at a million steps all of it
under 0.3 s.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from bench.logs import journeys_log, stored_steps
from bench.peers import ask, ask_ours
from vivencia.journeys import mining
from vivencia.journeys.steps import Steps, lay_out

DISCOVERY = ("transitions", "variants", "starts_ends", "throughput")


def ours(path: Path) -> dict[str, Any]:
    """Our side, from the stored columns: warm times in seconds, peak memory, all outputs."""
    discover(path)  # warms up
    found = discover(path)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    steps, edges, kinds = found["read"], found["transitions"], found["variants"][0]
    names = steps.names
    columns = (edges.source, edges.target, edges.count, edges.mean, edges.median)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    starts, ends = (
        {names[i]: n for i, n in enumerate(counts.tolist()) if n} for counts in found["starts_ends"]
    )
    return {
        "seconds": found["seconds"] | {"limit": min(limit(steps) for _ in range(2))},
        "memory_mb": memory,
        "edges": sorted([names[a], names[b], *rest] for a, b, *rest in rows),
        "variants": len(kinds.count),
        "variants_by_count": sorted(Counter(kinds.count.tolist()).items()),
        "top": [
            [int(kinds.count[v]), mining.path(steps, kinds.example[v])]
            for v in found["variants"][1]
        ],
        "starts": starts,
        "ends": ends,
        "median": found["throughput"].median,
    }


def discover(path: Path) -> dict[str, Any]:
    """What each step of a discovery found, and under `seconds` how long it took."""
    found: dict[str, Any] = {"seconds": {}}

    def timed(name: str, work: Callable[..., Any], *arguments: Any) -> None:
        before = time.perf_counter()
        found[name] = work(*arguments)
        found["seconds"][name] = time.perf_counter() - before

    timed("read", read, path)
    steps = found["read"]
    timed("transitions", mining.transitions, steps)
    timed("variants", variants, steps)
    timed("starts_ends", lambda: (mining.starts(steps), mining.ends(steps)))
    timed("throughput", mining.throughput, steps)
    return found


def read(path: Path) -> Steps:
    with duckdb.connect(str(path), read_only=True) as store:
        columns = store.execute("select journey, kind, happened_at from steps").fetchnumpy()
        words = dict(store.execute("select code, text from words").fetchall())
    return lay_out(columns["journey"], columns["kind"], columns["happened_at"], words)


def variants(steps: Steps) -> tuple[mining.Variants, list[int]]:
    found = mining.variants(steps)
    return found, mining.top_variants(steps, found, 10)


def limit(steps: Steps) -> float:
    """Seconds of the plainest kernel on sorted arrays: one radix sort, one median per edge."""
    activity, at, size = steps.activity, steps.at, len(steps.names)
    before = time.perf_counter()
    key = activity[:-1].astype(np.int16) * size + activity[1:]
    key[steps.last[:-1]] = size * size
    gap = np.diff(at)
    count = np.bincount(key, minlength=size * size + 1)
    np.bincount(key, weights=gap, minlength=size * size + 1)
    gap = gap[np.argsort(key, kind="stable")]
    bounds = np.concatenate(([0], np.cumsum(count)))
    for edge in range(size * size):
        if len(piece := gap[bounds[edge] : bounds[edge + 1]]):
            np.median(piece)
    return time.perf_counter() - before


def check_equal(mine: dict[str, Any], theirs: dict[str, Any]) -> None:
    """Counts are the same, times differ by less than the ninth digit; else `AssertionError`."""
    for name in ("variants", "variants_by_count", "top", "starts", "ends"):
        assert mine[name] == theirs[name], f"{name} differ"
    assert len(mine["edges"]) == len(theirs["edges"])
    for one, other in zip(mine["edges"], theirs["edges"], strict=True):
        assert one[:3] == other[:3], f"{one} is not {other}"
        np.testing.assert_allclose(one[3:], other[3:], rtol=1e-9)
    np.testing.assert_allclose(mine["median"], theirs["median"], rtol=1e-9)


def measure(steps: int, rounds: int) -> dict[str, Any]:
    """Medians over rounds taken in turn, with the ratios that are promised."""
    log, stored = journeys_log(steps), stored_steps(steps)
    pairs = []
    for _ in range(rounds):
        mine = ask_ours("bench.discovery", "--ours", stored)
        theirs = ask("pm4py", "pm4py_discovery.py", log)
        check_equal(mine, theirs)
        pairs.append((mine, theirs))

    def median(side: int, *names: str) -> float:
        return statistics.median(sum(pair[side]["seconds"][n] for n in names) for pair in pairs)

    edges = median(0, "transitions")
    all_ours = median(0, *DISCOVERY)
    all_theirs = median(1, "frequency", "duration", *DISCOVERY[1:])
    return {
        "steps": steps,
        "ours_s": {name: round(median(0, name), 4) for name in ("read", *DISCOVERY, "limit")},
        "pm4py_s": {name: round(median(1, name), 3) for name in pairs[0][1]["seconds"]},
        "all_s": round(all_ours, 3),
        "all_with_read_s": round(all_ours + median(0, "read"), 3),
        "transitions_x_pm4py": round(median(1, "frequency", "duration") / edges, 1),
        "transitions_x_limit": round(edges / median(0, "limit"), 2),
        "all_x_pm4py": round(all_theirs / all_ours, 1),
        "all_with_read_x_pm4py": round(all_theirs / (all_ours + median(0, "read")), 1),
        "memory_mb": max(pair[0]["memory_mb"] for pair in pairs),
        "pm4py_memory_mb": max(pair[1]["memory_mb"] for pair in pairs),
        "outputs": "equal",
    }


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ours", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.ours:
        print(json.dumps(ours(chosen.ours)))
    else:
        print(json.dumps(measure(chosen.steps, chosen.rounds), indent=2))


if __name__ == "__main__":
    main(sys.argv[1:])
