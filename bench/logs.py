"""Logs for benchmarks: drawn once from a fixed seed and kept under `.bench/data`."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from bench.peers import DATA

YEAR_2024 = 1_704_067_200_000
ACTIVITIES = [
    f"{verb}_{i:02d}"
    for i, verb in enumerate(
        ["visit", "search", "view", "compare", "add", "pay", "buy", "call", "chat", "mail"] * 3
    )
]
CHANNELS = ["web", "app", "store", "phone", "email", "chat", "social", "mail"]


def journeys_log(steps: int) -> Path:
    """Parquet in order of time: journey, happened_at (ms), activity; about ten steps a journey."""
    path = DATA / f"journeys-{steps}.parquet"
    if not path.exists():
        _announce(path)
        rng = np.random.default_rng(7)
        lengths = rng.poisson(9, steps // 10) + 1
        offsets = np.concatenate(([0], np.cumsum(lengths)))
        at = _moments(rng, lengths, offsets)
        order = np.argsort(at, kind="stable")
        _write(
            path,
            journey=np.repeat(np.arange(len(lengths)), lengths)[order],
            happened_at=pa.array(at[order]).cast(pa.timestamp("ms")),
            activity=_words(_walks(rng, offsets)[order], ACTIVITIES),
        )
    return path


def stored_steps(steps: int) -> Path:
    """The same log as the columns store it: a DuckDB file with steps in journey order, coded."""
    path = DATA / f"journeys-{steps}.duckdb"
    if not path.exists():
        log = journeys_log(steps)
        _announce(path)
        with duckdb.connect(str(path)) as store:
            store.execute(
                "create table words as select row_number() over (order by activity) as code, "
                f"activity as text from (select distinct activity from '{log}')"
            )
            store.execute(
                "create table steps as select journey, code::integer as kind, "
                f"epoch_ms(happened_at) as happened_at from '{log}' "
                "join words on text = activity order by journey, happened_at"
            )
    return path


def answers(rows: int) -> Path:
    """Parquet in order of time: happened_at (ms), channel, scale, score; one answer a row."""
    path = DATA / f"answers-{rows}.parquet"
    if not path.exists():
        _announce(path)
        rng = np.random.default_rng(5)
        scale = rng.integers(0, 3, rows)
        low, high = np.array([0, 1, 1])[scale], np.array([10, 5, 7])[scale]
        at = np.sort(rng.integers(YEAR_2024, YEAR_2024 + 366 * 86_400_000, rows))
        _write(
            path,
            happened_at=pa.array(at).cast(pa.timestamp("ms")),
            channel=_words(rng.integers(0, len(CHANNELS), rows), CHANNELS),
            scale=_words(scale, ["nps", "csat5", "ces7"]),
            score=np.round(low + (high - low) * rng.beta(4, 2, rows)).astype(np.int8),
        )
    return path


def cases(rows: int) -> Path:
    """CSV of the shape public event logs have, a case after another: whose case, what happened,
    when, who did it and four attributes; about five rows a case, as in a help desk's."""
    path = DATA / f"cases-{rows}.csv"
    if not path.exists():
        _announce(path)
        rng = np.random.default_rng(11)
        lengths = rng.poisson(4, rows // 4) + 1
        offsets = np.concatenate(([0], np.cumsum(lengths)))
        at = _moments(rng, lengths, offsets)
        each = {
            "case:concept:name": pa.array(np.arange(1, len(lengths) + 1)).cast(pa.string()),
            "product": _drawn(rng, len(lengths), "Value", 21),
            "seriousness": _drawn(rng, len(lengths), "level", 4),
            "service_level": _drawn(rng, len(lengths), "tier", 4),
        }
        of_case = pa.array(np.repeat(np.arange(len(lengths)), lengths))
        table = {
            **{name: column.take(of_case) for name, column in each.items()},
            "concept:name": _words(_walks(rng, offsets), ACTIVITIES),
            "time:timestamp": pa.array(at).cast(pa.timestamp("ms", "UTC")),
            "org:resource": _drawn(rng, len(at), "agent", 22),
            "workgroup": _drawn(rng, len(at), "group", 4),
        }
        plain = pa.table({name: _plain(column) for name, column in table.items()})
        path.parent.mkdir(parents=True, exist_ok=True)
        pyarrow.csv.write_csv(plain.slice(0, rows), path)
    return path


def _drawn(rng: np.random.Generator, n: int, word: str, of: int) -> pa.DictionaryArray:
    return _words(rng.integers(0, of, n), [f"{word} {number}" for number in range(1, of + 1)])


def _plain(column: pa.Array) -> pa.Array:
    return column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column


def _moments(rng: np.random.Generator, lengths: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """When each step of each journey was, UTC ms: hours after the one before, begun in one year."""
    elapsed = np.cumsum(rng.exponential(20 * 3600, offsets[-1]).astype(np.int64) * 1000 + 1)
    begun = rng.integers(YEAR_2024, YEAR_2024 + 330 * 86_400_000, len(lengths))
    return elapsed + np.repeat(begun - elapsed[offsets[:-1]], lengths)


def _walks(rng: np.random.Generator, offsets: np.ndarray) -> np.ndarray:
    """Activity codes of Markov walks with few likely next steps, as real journeys have."""
    size, first = len(ACTIVITIES), offsets[:-1]
    lengths = np.diff(offsets)
    chances = 0.97 * rng.dirichlet(np.full(size, 0.08), size) + 0.03 / size
    ladder = np.cumsum(chances, axis=1)
    ladder[:, -1] = 1
    walk = np.empty(offsets[-1], dtype=np.int8)
    current = rng.choice(size, len(lengths), p=rng.dirichlet(np.full(size, 0.2)))
    walk[first] = current
    for position in range(1, int(lengths.max())):
        going = lengths > position
        step = ladder[current[going]] < rng.random(np.count_nonzero(going))[:, None]
        current[going] = step.sum(axis=1)
        walk[first[going] + position] = current[going]
    return walk


def _words(codes: np.ndarray, words: list[str]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int8)), pa.array(words))


def _write(path: Path, **columns: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(columns), path, compression="zstd")


def _announce(path: Path) -> None:
    print(f"Drawing {path.name} (once)…", file=sys.stderr)
