"""A survey's results at size: every question of one survey, counted anew.

    python -m bench.results [--size 10000000] [--rounds 3]

A file of columns, as an installation has one, holds one survey in two versions: a score, four
choices, six boxes to tick, four rows of a matrix and a ranking of three, drawn by the engine
itself. Asked as the results page asks. Promised at 10 M: under one second for the whole page.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from pathlib import Path

from bench.memory import peak_mb
from bench.peers import DATA
from bench.unremembered import Unremembered
from vivencia.columns.filters import Filters
from vivencia.columns.memory import MemoryColumns
from vivencia.columns.reading import Columns
from vivencia.columns.store import Store
from vivencia.interactions.record import Interaction
from vivencia.surveys.results import asked
from vivencia.surveys.results.carrying import CARRIED, carried

SURVEY = "visit"
SIZES = {
    **{f"{SURVEY}.pick{n}": 5 for n in range(4)},
    **{f"{SURVEY}.tick.o{n}": 2 for n in range(6)},
    **{f"{SURVEY}.matrix.r{n}": 5 for n in range(4)},
    **{f"{SURVEY}.rank.i{n}": 3 for n in range(3)},
}
HEADLINES = {"1": "nps", "2": "nps"}
ENTRIES = ("invited", "identified", "open")
SHOWN = 30  # answers drawn one by one: each value of each question is among them


def measure(size: int, rounds: int) -> dict[str, float]:
    """Seconds of all the page asks, the median; every choice adds up to the answers."""
    columns = Unremembered(Store(drawn(size)))
    try:
        _reported(columns)  # the file is read once
        times = []
        for _ in range(rounds):
            began = time.perf_counter()
            found = _reported(columns)
            times.append(time.perf_counter() - began)
            _check(found, size)
    finally:
        columns.close()
    return {"results_s": statistics.median(times), "facts": len(SIZES), "memory_mb": peak_mb()}


def _reported(columns: Columns) -> tuple[asked.Rows, asked.Rows, asked.Rows]:
    carried(columns, SURVEY, HEADLINES, CARRIED, Filters())
    return (
        asked.scored(columns, SURVEY, Filters()),
        asked.forms(columns, SURVEY, HEADLINES, Filters()),
        asked.picked(columns, SURVEY, HEADLINES, SIZES, Filters()),
    )


def _check(found: tuple[asked.Rows, asked.Rows, asked.Rows], size: int) -> None:
    scored, forms, picked = found
    assert sum(row["n"] for row in scored) == sum(row["n"] for row in forms) == size
    for fact, values in SIZES.items():
        told = [row for row in picked if row["fact"] == fact]
        assert sum(row["n"] for row in told) == size, fact
        assert len(told) == values * len(HEADLINES), fact


def drawn(size: int) -> Path:
    """A file of columns with `size` answers, drawn now if it was not yet."""
    path = DATA / f"results-{size}.duckdb"
    if not path.exists():
        DATA.mkdir(parents=True, exist_ok=True)
        half = path.with_suffix(".half")
        half.unlink(missing_ok=True)
        store = Store(half)
        _draw(store, size)
        store.close()
        half.replace(path)
    return path


def _draw(store: Store, size: int) -> None:
    """A few answers with every word, and the rest drawn from them by chance."""
    seed = MemoryColumns([_answer(n) for n in range(SHOWN)]).store.connection
    store.add_words(seed.execute("SELECT code, field, text FROM words ORDER BY code").fetchall())
    store.add_rows(seed.sql("SELECT * EXCLUDE (day) FROM interactions").to_arrow_table())
    store.count(0)
    database = store.connection
    codes = dict(seed.execute("SELECT text, code FROM words WHERE field LIKE 'fact.%'").fetchall())
    facts = [f"fact_{codes[name]}" for name in ("version", "entry", "complete", *SIZES)]
    by_chance = {"seq": f"r.i + {SHOWN + 1}", "score": "1000 * (hash(r.i) % 11)::BIGINT"}
    for n, name in enumerate(facts):
        by_chance[name] = f"p.{name}[(1 + hash(r.i * {n + 2}) % {SHOWN})::BIGINT]"
    lists = ", ".join(f"list({name} ORDER BY seq) AS {name}" for name in facts)
    names = [row[1] for row in database.execute("PRAGMA table_info(interactions)").fetchall()]
    listed = ", ".join(f"{by_chance.get(name, f'o.{name}')} AS {name}" for name in names)
    database.execute(
        f"INSERT INTO interactions BY NAME SELECT {listed} FROM range({size - SHOWN}) r(i),"
        f" (FROM interactions LIMIT 1) o, (SELECT {lists} FROM interactions) p"
    )


def _answer(n: int) -> Interaction:
    facts: dict[str, str | float | bool] = {
        "survey": SURVEY, "question": "nps", "version": str(1 + n % 2), "complete": n % 5 > 0,
        "entry": ENTRIES[n % len(ENTRIES)],
    }  # fmt: skip
    for place, (name, size) in enumerate(SIZES.items()):
        value = (n + place) % size
        ticked, ranked = ".tick." in name, ".rank." in name
        facts[name] = bool(value) if ticked else float(value + 1) if ranked else f"c{value}"
    return Interaction(
        id=n.to_bytes(16, "big"), source="surveys", happened_at=1_790_000_000_000 + n,
        kind="survey.answered", channel="email", scale="nps", score=1000 * (n % 11), facts=facts,
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    print(json.dumps(measure(chosen.size, chosen.rounds), indent=1))


if __name__ == "__main__":
    main()
