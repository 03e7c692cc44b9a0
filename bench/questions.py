"""What a page waits for: scores and journeys asked of the real columns, at size.

    python -m bench.questions [--size 10000000] [--rounds 1]

The columns are filled directly (the log would take minutes) and asked as the owner asks them,
every time with other filters, so that no answer is a remembered one. Promised at 10 M: a filtered
query p95 < 50 ms, what the home page asks of the daily counts < 20 ms, the whole discovery and
the memory of it all under 1.5 GB.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.memory import peak_mb
from vivencia.columns import analyses, steps
from vivencia.columns.filters import Filters
from vivencia.columns.schema import COLUMNS
from vivencia.columns.scope import Scope
from vivencia.columns.store import Store
from vivencia.journeys.reading import discover
from vivencia.scores import reading

START = 1_735_689_600_000  # 2025-01-01
DAY = 86_400_000
DAYS = 365
LISTS = {"kind": 30, "channel": 8, "touchpoint": 24, "place": 40}
SCALES = {"nps": 11, "csat5": 5, "ces7": 7}
PIECE = 1_000_000
MOST_ASKED = 200


class Asked:
    """The store behind the two functions of the Columns that readings use."""

    def __init__(self, store: Store) -> None:
        self.store = store

    def ask(self, name: str, filters: Filters, **parameters: Any) -> Any:
        cursor = self.store.connection.cursor()
        try:
            return analyses.find(name)(Scope(cursor, filters, self.store.zone), **parameters)
        finally:
            cursor.close()


def fill(store: Store, size: int) -> None:
    """`size` interactions in order of time, ten a customer, one in five an answer."""
    codes = iter(range(1, 10_000))
    words = [(next(codes), field, f"{field} {n}") for field, n in _listed()]
    scales = {name: next(codes) for name in SCALES}
    words += [(code, "scale", name) for name, code in scales.items()]
    plan = next(codes)
    words += [(plan, "fact.category", "plan")]
    plans = [next(codes) for _ in range(3)]
    words += [(code, "fact:plan", f"plan {n}") for n, code in enumerate(plans)]
    store.add_words(words)
    first = {field: next(c for c, f, _ in words if f == field) for field in LISTS}
    drawn = {
        "seq": "n + 1", "id_hi": "0", "id_lo": "n", "source": "0",
        "identity": "c + 1", "customer": "c + 1", "journey": "-(c + 1)",
        "happened_at": f"{START} + n * {DAYS * DAY // size}",
        "recorded_at": f"{START} + n * {DAYS * DAY // size}",
        "scale": f"CASE WHEN r % 5 = 0 THEN {scales['nps']} + (r // 5) % 3 ELSE 0 END",
        "score": "CASE WHEN r % 5 <> 0 THEN NULL WHEN (r // 5) % 3 = 0 THEN 1000 * (r // 77 % 11)"
                 " WHEN (r // 5) % 3 = 1 THEN 1000 * (1 + r // 77 % 5)"
                 " ELSE 1000 * (1 + r // 77 % 7) END",
        **{field: f"{first[field]} + (r // {place}) % {LISTS[field]}"
           for field, place in zip(LISTS, (7, 1009, 211, 5003), strict=True)},
        "kind": f"{first['kind']} + CASE WHEN r % 5 = 0 THEN 0 ELSE (r // 7) % 30 END",
        "stage": f"1 + (r // 211) % {LISTS['touchpoint']} // 4",
        "duration": "r % 900000", "wait": "r % 60000",
        "about_hi": "NULL", "about_lo": "NULL", "amount": "NULL",
    }  # fmt: skip
    columns = ", ".join(f"{drawn.get(name, '0')} AS {name}" for name in COLUMNS)
    columns += f", {plans[0]} + (r // 13) % 3 AS fact_{plan}"
    for begin in range(0, size, PIECE):
        rows = store.connection.sql(
            f"""SELECT {columns} FROM (SELECT range AS n, (hash(range) >> 4)::BIGINT AS r,
                (hash(range + 7) >> 4)::BIGINT % {size // 10} AS c
                FROM range({begin}, {min(begin + PIECE, size)}))"""
        ).to_arrow_table()
        store.add_rows(rows)
    store.tidy_counts()
    steps.rebuild(store.connection, ())


def _listed() -> list[tuple[str, int]]:
    return [(field, n) for field, many in LISTS.items() for n in range(many)]


def timed(ask: Callable[[], object]) -> float:
    began = time.perf_counter()
    ask()
    return 1000 * (time.perf_counter() - began)


def p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def measure(size: int, rounds: int) -> dict[str, float]:
    draw = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder) / "columns.duckdb", "Europe/Madrid")
        began = time.perf_counter()
        fill(store, size)
        filled = time.perf_counter() - began
        columns: Any = Asked(store)
        asked = min(MOST_ASKED, 40 * rounds)

        def filtered() -> None:
            month = START + draw.randrange(11) * 30 * DAY + draw.randrange(DAY)
            where = {
                "channel": (f"channel {draw.randrange(8)}",),
                "plan": (f"plan {draw.randrange(3)}",),
            }
            asked_of = Filters(where, month, month + 30 * DAY)
            reading.measure(columns, "nps", by=["touchpoint"], filters=asked_of)

        def whole_year() -> None:
            where = {"plan": (f"plan {draw.randrange(3)}",)}
            reading.measure(columns, "csat", by=["channel"], every="month", filters=Filters(where))

        def home() -> None:
            for name in ("nps", "csat", "ces"):
                reading.measure(columns, name, every="month")
            reading.measure(columns, "csat", by=["touchpoint"])

        for warm in (filtered, whole_year, home):
            warm()
        answer = {
            "fill_s": filled,
            "filtered_p95_ms": p95([timed(filtered) for _ in range(asked)]),
            "year_p95_ms": p95([timed(whole_year) for _ in range(max(asked // 4, 4))]),
            "home_p95_ms": p95([timed(home) for _ in range(asked)]),
            "memory_of_scores_mb": peak_mb(),
        }
        answer["discover_s"] = min(
            timed(lambda: discover(columns, top=20)) / 1000 for _ in range(max(2, rounds))
        )
        answer["memory_mb"] = peak_mb()
        store.close()
    return answer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=1)
    chosen = parser.parse_args()
    print(json.dumps(measure(chosen.size, chosen.rounds), indent=1))


if __name__ == "__main__":
    main()
