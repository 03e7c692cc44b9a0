"""How the columns grow on one machine: what questions cost at any number of interactions.

    python -m bench.growth [--rows N …] [--memory MB] [--fill]

Columns on the disk, filled directly (what a log of them would take hours to give), eight
interactions a customer, six months that came in as they happened, no server. `--fill` only fills.
Each file is kept, and asked by a process of its own, VIVENCIA_COLUMNS_MEMORY as said (1,000);
nothing is kept from one question to the next. Of each question alone the least seconds of processor
and of the clock of three; of filtered ones p95 of both, each of a plan, one touchpoint and thirty
days, other ones each time. Promised at 50 M: scores and journeys p95 < 250 ms, and columns that
stay in their memory.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from bench.memory import now_mb, peak_mb
from bench.peers import DATA, ask_ours
from bench.unremembered import Unremembered
from vivencia.columns.filters import Filters
from vivencia.columns.limits import MEMORY, USUAL_MB
from vivencia.columns.reading import Columns
from vivencia.columns.spark.tests.filled import MONTHS, WORDS, fill
from vivencia.columns.store import Store
from vivencia.columns.tests.made import DAY, START
from vivencia.journeys.reading import discover
from vivencia.scores import reading

ZONE = "Europe/Madrid"
ASKED = 40  # filtered questions of each sort in one round
GOLD = Filters({"plan": ("gold",)})
Ask = Callable[[Columns], object]
ALONE: dict[str, Ask] = {
    "NPS by touchpoint, of the counts": lambda c: reading.measure(c, "nps", by=["touchpoint"]),
    "NPS by month, filtered by a fact":
        lambda c: reading.measure(c, "nps", every="month", filters=GOLD),
    "what is behind it, page 1": lambda c: reading.behind(c, "nps", filters=GOLD),
    "journeys, filtered by a fact": lambda c: discover(c, filters=GOLD),
}  # fmt: skip
FILTERED: dict[str, Callable[[Columns, Filters], object]] = {
    "score": lambda c, f: reading.measure(c, "nps", by=["channel"], filters=f),
    "behind": lambda c, f: reading.behind(c, "nps", filters=f),
    "journeys": lambda c, f: discover(c, filters=f),
}


def measure(size: int, rounds: int, memory: int = USUAL_MB) -> dict[str, Any]:
    """What `size` interactions cost whoever asks them, and may take `memory` megabytes for them."""
    os.environ[MEMORY] = str(memory)
    path = filled(size)
    store = Store(path, ZONE)
    answer = {"size": size, "limit_mb": memory, "bytes_each": round(path.stat().st_size / size)}
    answer["memory_before_mb"] = now_mb()
    try:
        return answer | _of_filtered(store, rounds) | _of_each(store)
    finally:
        store.close()


def _of_filtered(store: Store, rounds: int) -> dict[str, Any]:
    """Milliseconds of each sort of filtered question; the process's memory once it was asked."""
    columns, draw = Unremembered(store), random.Random(1)
    answer: dict[str, Any] = {}
    for name, ask in FILTERED.items():
        took = [_asked(columns, ask, draw) for _ in range(1 + ASKED * rounds)][1:]
        for of, times in zip(("processor", "clock"), zip(*took, strict=True), strict=True):
            answer |= _told(f"{name}_{of}", [1000 * each for each in times])
        answer[f"memory_once_{name}_mb"] = peak_mb()
    return answer | {"columns_mb": _columns_mb(store)}


def _of_each(store: Store) -> dict[str, Any]:
    """Seconds of processor and of the clock of each question alone, and memory after all."""
    columns = Unremembered(store)
    alone = {name: least(partial(ask, columns)) for name, ask in ALONE.items()}
    return {"alone": alone, "memory_mb": peak_mb()}


def filled(size: int) -> Path:
    """A file of columns with `size` interactions, filled now if it was not yet."""
    path = DATA / f"growth-{size}.duckdb"
    if not path.exists():
        began = time.perf_counter()
        command = [sys.executable, "-m", "bench.growth", "--fill", "--rows", str(size)]
        subprocess.run(command, check=True, cwd=DATA.parent.parent, stdout=sys.stderr)
        print(f"filled {size:,} in {time.perf_counter() - began:.0f} s", file=sys.stderr)
    return path


def fill_in(size: int) -> None:
    """Fill the file of `size`, or nothing of it."""
    DATA.mkdir(parents=True, exist_ok=True)
    path = DATA / f"growth-{size}.duckdb"
    half = path.with_suffix(".half")
    half.unlink(missing_ok=True)
    store = Store(half, ZONE)
    processor, clock = _measured(lambda: fill(store, size, customers=max(1, size // 8)))
    store.close()
    half.replace(path)
    print(f"{size:,} interactions: filled in {processor:.0f} s of processor, {clock:.0f} s; "
          f"memory at most {peak_mb()} MB")  # fmt: skip


def _asked(columns: Columns, ask: Callable[[Columns, Filters], object],
           draw: random.Random) -> tuple[float, float]:  # fmt: skip
    """What one question about a plan's thirty days at one touchpoint took."""
    first = START + draw.randrange((MONTHS - 1) * 30) * DAY + draw.randrange(DAY)
    touchpoint = draw.choice([*WORDS["touchpoint"].values()])
    where = {"plan": ("gold",), "touchpoint": (touchpoint,)}  # nobody else was asked for an NPS
    return _measured(partial(ask, columns, Filters(where, first, first + 30 * DAY)))


def _told(name: str, took: list[float]) -> dict[str, float]:
    return {
        f"{name}_p50_ms": round(statistics.median(took), 1),
        f"{name}_p95_ms": round(statistics.quantiles(took, n=20)[-1], 1),
    }


def least(work: Callable[[], object], times: int = 3) -> list[float]:
    """The least seconds of processor and of the clock, once it is warm."""
    work()
    processor, clock = zip(*(_measured(work) for _ in range(times)), strict=True)
    return [round(min(processor), 3), round(min(clock), 3)]


def _measured(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of processor and of the clock that `work` took."""
    processor, clock = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - processor, time.perf_counter() - clock


def _columns_mb(store: Store) -> int:
    """Megabytes that the engine holds, by its own count."""
    sql = "SELECT sum(memory_usage_bytes) FROM duckdb_memory()"
    return int(store.connection.execute(sql).fetchall()[0][0]) // 1_000_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 10_000_000])
    parser.add_argument("--memory", type=int, default=USUAL_MB, help="limit of the engine, MB")
    parser.add_argument("--fill", action="store_true", help="ask nothing")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    for rows in chosen.rows:
        if chosen.fill:
            fill_in(rows)
        elif chosen.one:
            print(json.dumps(measure(rows, 1, chosen.memory)))
        else:
            filled(rows)
            words = ("--one", "--rows", rows, "--memory", chosen.memory)
            print(json.dumps(ask_ours("bench.growth", *words), indent=1))


if __name__ == "__main__":
    main()
