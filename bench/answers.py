"""NPS, CSAT and CES by month × channel with intervals, against pandas, outputs equal.

    python -m bench.answers [--rows 10000000] [--rounds 3]

Promised: ≥ 5 × pandas at ten million answers, ≤ 4 × one joint count over coded NumPy arrays.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from bench.logs import answers
from bench.peers import ask, ask_ours
from vivencia.scores.definitions import DEFINITIONS
from vivencia.scores.score import score

ASKED = {"nps": "nps", "csat5": "csat", "ces7": "ces"}

# Coded as the columns store them: words are numbers, times UTC milliseconds, scores thousandths.
STORE = """
create table interactions as
select epoch_ms(happened_at) as happened_at, c.code as channel, s.code as scale,
       (1000 * score)::integer as score
from '{path}'
join (select row_number() over (order by channel)::integer as code, channel as text
      from (select distinct channel::varchar as channel from '{path}')) as c on channel = c.text
join (select row_number() over (order by scale)::integer as code, scale as text
      from (select distinct scale::varchar as scale from '{path}')) as s on scale = s.text
order by happened_at
"""

# By day first: a whole number is quicker to group by than the month of ten million moments.
HISTOGRAMS = """
with days as (
    select scale, channel, score, happened_at // 86400000 as day, count(*) as answers
    from interactions
    group by all
)
select scale, date_trunc('month', date '1970-01-01' + day::integer)::date as month, channel,
       score, sum(answers)::bigint as answers
from days
group by all
"""


def ours(path: Path) -> dict[str, Any]:
    """Our side: median seconds of three, peak memory, and every row."""
    store = duckdb.connect()
    store.execute(STORE.format(path=path))
    words = {
        name: dict(enumerate(sorted(distinct(store, path, name)), start=1))
        for name in ("channel", "scale")
    }
    taken = []
    for _ in range(3):
        before = time.perf_counter()
        rows = scored(store, words)
        taken.append(time.perf_counter() - before)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    bound = limit(store)
    threads = store.execute("select current_setting('threads')").fetchone()[0]
    return {
        "seconds": statistics.median(taken),
        "limit": bound,
        "threads": threads,
        "memory_mb": memory,
        "rows": rows,
    }


def scored(store: duckdb.DuckDBPyConnection, words: dict[str, dict[int, str]]) -> list[list[Any]]:
    """[name, month, channel, n, value, low, high], sorted: one query, then exact histograms."""
    histograms: dict[tuple[str, str, str], dict[int, int]] = defaultdict(dict)
    for scale, month, channel, answer, n in store.execute(HISTOGRAMS).fetchall():
        name = ASKED[words["scale"][scale]]
        histograms[name, month.isoformat(), words["channel"][channel]][answer] = n
    rows = []
    for (name, month, channel), histogram in sorted(histograms.items()):
        each = score(DEFINITIONS[name], histogram)
        rows.append([name, month, channel, each.n, each.value, each.low, each.high])
    return rows


def distinct(store: duckdb.DuckDBPyConnection, path: Path, column: str) -> list[str]:
    found = store.execute(f"select distinct {column}::varchar from '{path}'").fetchall()
    return [word for (word,) in found]


def limit(store: duckdb.DuckDBPyConnection) -> float:
    """Seconds of one joint count over arrays in memory, months looked up by day."""
    columns = store.execute("select * from interactions").fetchnumpy()
    day = (columns["happened_at"] // 86_400_000).astype(np.int32)
    channel, scale = columns["channel"].astype(np.uint16), columns["scale"].astype(np.uint16)
    step = (columns["score"] // 1000).astype(np.uint16)
    first = int(day.min())
    months = np.arange(first, int(day.max()) + 1).astype("datetime64[D]").astype("datetime64[M]")
    month = (months - months[0]).astype(np.uint16)
    taken = []
    for _ in range(3):
        before = time.perf_counter()
        np.bincount(((month[day - first] * 9 + channel) * 4 + scale) * 11 + step)
        taken.append(time.perf_counter() - before)
    return statistics.median(taken)


def check_equal(mine: list[list[Any]], theirs: list[list[Any]]) -> None:
    """Groups and counts are the same, figures differ by less than the ninth digit."""
    assert len(mine) == len(theirs)
    for one, other in zip(mine, theirs, strict=True):
        assert one[:4] == other[:4], f"{one} is not {other}"
        np.testing.assert_allclose(one[4:], other[4:], rtol=1e-9)


def measure(rows: int, rounds: int) -> dict[str, Any]:
    """Medians over rounds taken in turn, with the ratio that is promised."""
    path = answers(rows)
    pairs = []
    for _ in range(rounds):
        mine, theirs = (
            ask_ours("bench.answers", "--ours", path),
            ask("pandas", "pandas_answers.py", path),
        )
        check_equal(mine["rows"], theirs["rows"])
        pairs.append((mine, theirs))
    seconds, peer = (statistics.median(pair[side]["seconds"] for pair in pairs) for side in (0, 1))
    bound = statistics.median(mine["limit"] for mine, _ in pairs)
    return {
        "rows": rows,
        "groups": len(pairs[0][0]["rows"]),
        "ours_s": round(seconds, 3),
        "pandas_s": round(peer, 3),
        "limit_s": round(bound, 3),
        "x_pandas": round(peer / seconds, 1),
        "x_limit": round(seconds / bound, 1),
        "threads": pairs[0][0]["threads"],
        "memory_mb": max(pair[0]["memory_mb"] for pair in pairs),
        "pandas_memory_mb": max(pair[1]["memory_mb"] for pair in pairs),
        "outputs": "equal",
    }


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ours", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.ours:
        print(json.dumps(ours(chosen.ours)))
    else:
        print(json.dumps(measure(chosen.rows, chosen.rounds), indent=2))


if __name__ == "__main__":
    main(sys.argv[1:])
