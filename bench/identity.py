"""Who is behind a million records, against splink, in one run.

    python -m bench.identity [--records 1000000] [--rounds 1]

Promised: a tenth of splink's time, and no fewer pairs of one person found (recall); how many of
the pairs found are of one person (precision) is told, not promised. A record carries an account,
an e-mail or a telephone, or several; some are shared by a household, some are mistyped. Ours are
the rules the program itself follows, from numbering the values to the customer of each record.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from itertools import repeat
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bench.peers import DATA, ask, ask_ours
from vivencia.customers.parts import Link, connected_parts

KEYS = ("account", "email", "phone")  # strongest first
CARRIED = (0.5, 0.7, 0.5)  # share of the records that carry each
EACH = 4  # records of a person, on average
SHARED, MISTYPED = 0.02, 0.01  # of people's e-mails and telephones; of those written down

Numbers = npt.NDArray[np.int64]


def records(n: int) -> Path:
    """Parquet of `n` records: unique_id, who it is of, and what it carries."""
    path = DATA / f"records-{n}.parquet"
    if not path.exists():
        print(f"Drawing {path.name} (once)…", file=sys.stderr)
        path.parent.mkdir(parents=True, exist_ok=True)
        rng = np.random.default_rng(7)
        who = rng.integers(0, n // EACH, n)
        carried = rng.random((n, len(KEYS))) < CARRIED
        carried[~carried.any(axis=1), 1] = True
        columns = {"unique_id": pa.array(np.arange(n)), "who": pa.array(who)}
        for place, key in enumerate(KEYS):
            value = who if key == "account" else _written(rng, who, n // EACH)
            texts = np.char.add(f"{key}-", value.astype(str))
            columns[key] = pa.array(texts, mask=~carried[:, place])
        pq.write_table(pa.table(columns), path)
    return path


def _written(rng: np.random.Generator, who: Numbers, people: int) -> Numbers:
    """Each person's own value, a neighbour's where they share one, and now and then nobody's."""
    own = np.arange(people)
    shares = rng.random(people) < SHARED
    own[shares] = (own[shares] + 1) % people
    value = own[who]
    wrong = rng.random(len(who)) < MISTYPED
    value[wrong] = people + rng.integers(0, 1 << 40, wrong.sum())
    return value


def ours(path: Path, out: Path) -> dict[str, float]:
    """Our side: seconds from the records at hand to the customer of each."""
    table = pq.read_table(path, columns=list(KEYS))
    before, busy = time.perf_counter(), time.process_time()
    identities, carried = _numbered(table)
    customer = connected_parts(identities, _links(carried)).customer
    strongest = _strongest(carried)
    of = np.zeros(len(identities) + 1, np.int64)
    of[list(customer)] = list(customer.values())
    found = of[strongest]
    took = {"seconds": time.perf_counter() - before, "cpu": time.process_time() - busy}
    pq.write_table(pa.table({"unique_id": np.arange(len(found)), "cluster_id": found}), out)
    return took


def _numbered(table: pa.Table) -> tuple[dict[int, tuple[int, int]], list[Numbers]]:
    """(each identity by its number, the numbers each record carries by key, 0 where none)."""
    identities: dict[int, tuple[int, int]] = {}
    carried, first = [], 1
    for sort, key in enumerate(KEYS, 1):
        coded = table[key].combine_chunks().dictionary_encode()
        values = len(coded.dictionary)
        keys = range(first, first + values)
        identities.update(zip(keys, zip(repeat(sort), keys, strict=False), strict=True))
        numbers = pc.fill_null(coded.indices, -first).to_numpy(zero_copy_only=False)
        carried.append(numbers.astype(np.int64) + first)
        first += values
    return identities, carried


def _strongest(carried: list[Numbers]) -> Numbers:
    account, email, phone = carried
    return np.where(account > 0, account, np.where(email > 0, email, phone))


def _links(carried: list[Numbers]) -> list[Link]:
    """The strongest identity of a record beside each of its others, once for each two."""
    strongest, base = _strongest(carried), 1 << 31
    both = np.unique(np.concatenate([
        (strongest * base + other)[(other > 0) & (other != strongest)] for other in carried[1:]
    ]))  # fmt: skip
    keys, a, b = range(len(both)), (both // base).tolist(), (both % base).tolist()
    return list(map(Link._make, zip(keys, a, b, repeat(True), repeat("together"), keys)))


def quality(path: Path, clusters: Path) -> tuple[float, float]:
    """(recall, precision) over all pairs of records."""
    who = pq.read_table(path, columns=["who"])["who"].to_numpy()
    told = pq.read_table(clusters, columns=["unique_id", "cluster_id"]).to_pydict()
    found = np.empty(len(who), np.int64)
    found[told["unique_id"]] = told["cluster_id"]
    same = _pairs(np.unique(np.stack((who, found)), axis=1, return_counts=True)[1])
    return same / _pairs(_sizes(who)), same / _pairs(_sizes(found))


def _sizes(of: Numbers) -> Numbers:
    return np.unique(of, return_counts=True)[1]


def _pairs(sizes: Numbers) -> int:
    return int((sizes * (sizes - 1) // 2).sum())


def measure(n: int, rounds: int) -> dict[str, Any]:
    """Medians of both sides, and how good their answers are."""
    path = records(n)
    out = {name: DATA / f"clusters-{name}-{n}.parquet" for name in ("ours", "splink")}
    runs = [
        (ask_ours("bench.identity", "--ours", path, out["ours"]),
         ask("splink", "splink_identity.py", path, out["splink"]))
        for _ in range(rounds)
    ]  # fmt: skip
    seconds, theirs = (statistics.median(run[side]["seconds"] for run in runs) for side in (0, 1))
    recall, precision = quality(path, out["ours"])
    their_recall, their_precision = quality(path, out["splink"])
    return {
        "records": n, "seconds": seconds, "splink_seconds": theirs, "x_splink": theirs / seconds,
        "recall": recall, "splink_recall": their_recall,
        "precision": precision, "splink_precision": their_precision,
    }  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--ours", nargs=2, type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    told = ours(*chosen.ours) if chosen.ours else measure(chosen.records, chosen.rounds)
    print(json.dumps(told))
