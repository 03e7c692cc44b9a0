"""How the columns grow on one machine: what questions cost at any number of interactions.

    python -m bench.growth [--rows N …]

Columns on the disk, filled directly (what a log of them would take hours to give), eight
interactions a customer, six months, no server. Each question once to warm up, then three times:
the least seconds of processor and of the clock. Nothing is kept from one question to the next.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from vivencia.columns.analyses import Tables, find
from vivencia.columns.filters import Filters
from vivencia.columns.scope import Scope
from vivencia.columns.spark.tests.filled import fill
from vivencia.columns.store import Store

GOLD = Filters({"plan": ("gold",)})
QUESTIONS: dict[str, tuple[str, Filters, dict[str, object]]] = {
    "NPS by touchpoint, of the counts": (
        "scores/counts", Filters(), {"scale": "nps", "by": ["touchpoint"], "every": None}),
    "NPS by month, filtered by a fact": (
        "scores/counts", GOLD, {"scale": "nps", "by": [], "every": "month"}),
    "what is behind it, page 1": (
        "scores/behind", GOLD, {"scale": "nps", "fate": "counted", "limit": 50, "offset": 0}),
    "journeys, filtered by a fact": ("journeys/discover", GOLD, {"activity": "kind", "top": 20}),
}  # fmt: skip


def measured(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of processor and of the clock that `work` took."""
    processor, clock = time.process_time(), time.perf_counter()
    work()
    return time.process_time() - processor, time.perf_counter() - clock


def least(work: Callable[[], object], times: int = 3) -> tuple[float, float]:
    """The least of each, once it is warm."""
    work()
    processor, clock = zip(*(measured(work) for _ in range(times)), strict=True)
    return min(processor), min(clock)


def asked(store: Store, name: str, filters: Filters, parameters: dict[str, object]) -> Tables:
    with store.reading() as cursor:
        return find(name)(Scope(cursor, filters, store.zone), **parameters)


def grow(rows: int, folder: Path) -> None:
    """Print what `rows` interactions cost."""
    path = folder / f"{rows}.duckdb"
    store = Store(path, "Europe/Madrid")
    processor, clock = measured(lambda: fill(store, rows, customers=max(1, rows // 8)))
    store.connection.execute("CHECKPOINT")
    size = path.stat().st_size / rows
    print(f"{rows:,} interactions: filled in {processor:.0f} s of processor, {clock:.0f} s; "
          f"{size:.0f} bytes each on the disk", flush=True)  # fmt: skip
    for said, question in QUESTIONS.items():
        processor, clock = least(partial(asked, store, *question))
        print(f"  {said:<34}{processor:8.3f} s of processor {clock:8.3f} s", flush=True)
    store.close()
    path.unlink()
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  memory at most {most:.0f} MB", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 10_000_000])
    with tempfile.TemporaryDirectory() as name:
        for rows in parser.parse_args().rows:
            grow(rows, Path(name))


if __name__ == "__main__":
    main()
