"""A survey's results at size: every question of one survey, counted anew.

    python -m bench.results [--size 10000000] [--rounds 3]

The columns hold one survey of a score, four choices, six boxes to tick, four rows of a matrix and
a ranking of three, drawn by the engine itself; asked as the results page asks. Promised at 10 M:
under one second for the whole page.
"""

from __future__ import annotations

import argparse
import json
import time

from vivencia.columns.filters import Filters
from vivencia.columns.memory import MemoryColumns
from vivencia.interactions.record import Interaction
from vivencia.surveys.results import asked

SURVEY = "visit"
SIZES = {
    **{f"{SURVEY}.pick{n}": 5 for n in range(4)},
    **{f"{SURVEY}.tick.o{n}": 2 for n in range(6)},
    **{f"{SURVEY}.matrix.r{n}": 5 for n in range(4)},
    **{f"{SURVEY}.rank.i{n}": 3 for n in range(3)},
}
HEADLINES = {"1": "nps"}


def measure(size: int, rounds: int) -> dict[str, float]:
    columns = drawn(size)
    times = []
    for _ in range(rounds + 1):
        began = time.perf_counter()
        asked.scored(columns, SURVEY, Filters())
        asked.forms(columns, SURVEY, HEADLINES, Filters())
        found = asked.picked(columns, SURVEY, HEADLINES, SIZES, Filters())
        times.append(time.perf_counter() - began)
    assert sum(row["n"] for row in found if row["fact"] == f"{SURVEY}.pick0") == size
    columns.close()
    return {"results_s": sorted(times[1:])[rounds // 2], "facts": len(SIZES)}


def drawn(size: int) -> MemoryColumns:
    """Columns of `size` answers: a few with every word, and the rest drawn from them by chance."""
    columns = MemoryColumns([_answer(n) for n in range(25)], "UTC")
    database = columns.store.connection
    names = [row[1] for row in database.execute("PRAGMA table_info(interactions)").fetchall()]
    words = dict(database.execute("SELECT text, code FROM words WHERE text IS NOT NULL").fetchall())
    facts = {f"fact_{words[name]}": n for n, name in enumerate(SIZES)}
    picks = ", ".join(
        f"(SELECT list({name} ORDER BY seq) FROM interactions) AS {name}" for name in facts
    )
    database.execute(f"CREATE TEMP TABLE picks AS SELECT {picks}")
    listed = ", ".join(
        f"p.{name}[(1 + hash(r.i * {facts[name] + 7}) % 25)::BIGINT] AS {name}" if name in facts
        else "r.i + 100 AS seq" if name == "seq"
        else "1000 * (hash(r.i) % 11)::BIGINT AS score" if name == "score"
        else f"o.{name}"
        for name in names
    )  # fmt: skip
    database.execute(
        f"INSERT INTO interactions BY NAME SELECT {listed} FROM range({size - 25}) r(i),"
        " (SELECT * FROM interactions LIMIT 1) o, picks p"
    )
    return columns


def _answer(n: int) -> Interaction:
    facts: dict[str, str | float | bool] = {
        "survey": SURVEY, "question": "nps", "version": "1", "entry": "invited", "complete": True,
    }  # fmt: skip
    for place, (name, size) in enumerate(SIZES.items()):
        drawn_ = (n * (place + 1)) % size
        ticked, ranked = ".tick." in name, ".rank." in name
        facts[name] = bool(drawn_) if ticked else float(drawn_ + 1) if ranked else f"c{drawn_}"
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
