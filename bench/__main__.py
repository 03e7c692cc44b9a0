"""Every figure we promise, measured here and now.

    python -m bench [NAME…] [--quick]      (make bench: all of them)

A bench is a module of this package with `measure(size, rounds) -> dict`; BENCHES says what it is
asked and what is promised of its answer. What could not run is printed as NOT RUN with its reason.
Exit code 1 when a promise is not kept or a bench did not run.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from bench.peers import BENCH

Answer = dict[str, Any]


class Promise(NamedTuple):
    """One line of the table: what is claimed of an answer, and the figure it must reach."""

    claim: str
    of: Callable[[Answer], float]
    figure: float
    unit: str
    at_most: bool = False

    def kept(self, answer: Answer) -> bool:
        measured = self.of(answer)
        return measured <= self.figure if self.at_most else measured >= self.figure

    def ratio(self, answer: Answer) -> float:
        """How many times better than promised; below 1 the promise is not kept."""
        measured = self.of(answer)
        if not self.at_most:
            return measured / self.figure
        return self.figure / measured if measured else float("inf")


class Bench(NamedTuple):
    name: str
    size: int  # in full
    rounds: int
    promises: tuple[Promise, ...]


BENCHES = (
    Bench(
        "discovery", 10_000_000, 1,
        (
            Promise("10 M: transitions with count, mean, exact median",
                    lambda a: a["transitions_x_pm4py"], 20, "× pm4py"),
            Promise("10 M: transitions against a NumPy kernel on sorted arrays",
                    lambda a: a["transitions_x_limit"], 2, "× its time", at_most=True),
            Promise("10 M: all discovery after load",
                    lambda a: a["all_x_pm4py"], 15, "× pm4py"),
            Promise("10 M: peak memory of all discovery",
                    lambda a: a["memory_mb"] / a["pm4py_memory_mb"], 0.5, "of pm4py's",
                    at_most=True),
            Promise("10 M: memory of an analysis",
                    lambda a: a["memory_mb"], 1500, "MB", at_most=True),
        ),
    ),
    Bench(
        "discovery", 1_000_000, 3,
        (Promise("1 M: an analyst's whole discovery, warm", lambda a: a["all_s"], 0.3, "s",
                 at_most=True),),
    ),
    Bench(
        "answers", 10_000_000, 3,
        (Promise("10 M answers: NPS, CSAT, CES by month and channel, with intervals",
                 lambda a: a["x_pandas"], 5, "× pandas"),),
    ),
    Bench(
        "identity", 1_000_000, 1,
        (
            Promise("1 M records: who is behind them", lambda a: a["x_splink"], 10, "× splink"),
            Promise("1 M records: pairs of one person found",
                    lambda a: a["recall"] / a["splink_recall"], 1, "× splink's"),
        ),
    ),
    Bench(
        "xes", 250_000, 3,
        (Promise("reading XES, a quarter of a million events, gzip",
                 lambda a: a["x_pm4py"], 5, "× pm4py"),),
    ),
    Bench(
        "imports", 1_000_000, 1,
        (
            Promise("importing CSV, 1 M rows of 36 columns, to stored and projected",
                    lambda a: a["wide"]["seconds"], 40, "s", at_most=True),
            Promise("importing CSV, 1 M rows of 36 columns: memory",
                    lambda a: a["wide"]["memory_mb"], 500, "MB", at_most=True),
            Promise("importing CSV, 1 M rows of 8 columns, to stored and projected",
                    lambda a: a["common"]["seconds"], 40, "s", at_most=True),
            Promise("importing CSV, 1 M rows of 8 columns: memory",
                    lambda a: a["common"]["memory_mb"], 500, "MB", at_most=True),
        ),
    ),
    Bench(
        "questions", 10_000_000, 1,
        (
            Promise("10 M: a filtered query, p95", lambda a: a["filtered_p95_ms"], 50, "ms",
                    at_most=True),
            Promise("10 M: what home asks of the counts, p95",
                    lambda a: a["home_p95_ms"], 20, "ms", at_most=True),
            Promise("10 M: memory of scores and discovery", lambda a: a["memory_mb"], 1500, "MB",
                    at_most=True),
        ),
    ),
    Bench(
        "intake", 8_000, 3,  # milliseconds of each load
        (
            Promise("intake, one at a time, 64 connections",
                    lambda a: a["ours_single_per_second"], 6000, "a second"),
            Promise("intake, one at a time: p99", lambda a: a["ours_single_p99_ms"], 50, "ms",
                    at_most=True),
            Promise("intake, batches of 100, 16 connections",
                    lambda a: a["ours_batch_per_second"], 25_000, "a second"),
            Promise("intake: longest transaction of a writer with always more to do",
                    lambda a: a["transaction_ms"], 50, "ms", at_most=True),
            Promise("intake: … and the control, without a bound to a group",
                    lambda a: a["unbounded_transaction_ms"], 50, "ms"),
            Promise("intake, one at a time, against bulk_create",
                    lambda a: a["x_django_single"], 5, "× Django"),
            Promise("intake, batches of 100, against bulk_create",
                    lambda a: a["x_django_batch"], 5, "× Django"),
        ),
    ),
    Bench(
        "databases", 8_000, 3,  # milliseconds of each load
        (Promise("intake on PostgreSQL, batches of 100, 16 connections",
                 lambda a: a["x_sqlite_batch"], 0.7, "× SQLite"),),
    ),
    Bench(
        "answering", 8_000, 3,  # milliseconds of each load
        (
            Promise("closed answers through the bare door, link and answer durable together",
                    lambda a: a["door_per_second"], 1000, "a second"),
            Promise("closed answers, against Django's ordinary page",
                    lambda a: a["x_page"], 2, "× the page"),
            Promise("a survey's page shown, two people at once, p95",
                    lambda a: a["shown_p95_ms"], 50, "ms", at_most=True),
        ),
    ),
    Bench(
        "pages", 10_000_000, 2,
        (
            Promise("10 M: home served, another view each time, p95",
                    lambda a: a["home_p95_ms"], 150, "ms", at_most=True),
            Promise("10 M: scores served, another view each time, p95",
                    lambda a: a["scores_p95_ms"], 150, "ms", at_most=True),
            Promise("10 M: journeys served while nothing comes in, p95",
                    lambda a: a["journeys_p95_ms"], 150, "ms", at_most=True),
            Promise("10 M: journeys served once something came in, p95",
                    lambda a: a["journeys_came_p95_ms"], 150, "ms", at_most=True),
            Promise("10 M: journeys served, a filter's first view, p95",
                    lambda a: a["journeys_filtered_p95_ms"], 150, "ms", at_most=True),
            Promise("10 M: one customer's book, the whole page, p95",
                    lambda a: a["book_p95_ms"], 50, "ms", at_most=True),
        ),
    ),
    Bench(
        "growth", 50_000_000, 1,
        (
            Promise("50 M: a score, filtered, p95", lambda a: a["score_clock_p95_ms"], 250, "ms",
                    at_most=True),
            Promise("50 M: journeys, filtered, p95", lambda a: a["journeys_clock_p95_ms"], 250,
                    "ms", at_most=True),
            Promise("50 M: memory of the columns, limit 1,000 MB",
                    lambda a: a["columns_mb"], 1000, "MB", at_most=True),
        ),
    ),
    Bench(
        "books", 50_000_000, 1,
        (
            Promise("50 M: one customer's book, the whole page, p95",
                    lambda a: a["book_clock_p95_ms"], 50, "ms", at_most=True),
            Promise("50 M: … and the log not in memory, as after a restart, p95",
                    lambda a: a["cold_clock_p95_ms"], 50, "ms", at_most=True),
        ),
    ),
    Bench(
        "lag", 1_000_000, 1,
        (
            Promise("2,000 a second while a person reads pages: p99 of the answers",
                    lambda a: a["steady_p99_ms"], 250, "ms", at_most=True),
            Promise("as fast as answered while a person reads pages: p99",
                    lambda a: a["burst_p99_ms"], 250, "ms", at_most=True),
            Promise("answered and not stored", lambda a: a["lost"], 0, "lost", at_most=True),
            Promise("2,000 a second: columns behind, at most", lambda a: a["steady_behind_s"], 2,
                    "s", at_most=True),
            Promise("after a burst: columns caught up", lambda a: a["caught_up_s"], 10, "s",
                    at_most=True),
        ),
    ),
    Bench(
        "results", 10_000_000, 3,
        (
            Promise("10 M answers to a survey: all its results page asks",
                    lambda a: a["results_s"], 1, "s", at_most=True),
            Promise("10 M answers to a survey: memory", lambda a: a["memory_mb"], 1500, "MB",
                    at_most=True),
        ),
    ),
    Bench(
        "asking", 1_000_000, 1,
        (Promise("1 M invitations planned within the budget", lambda a: a["seconds"], 60, "s",
                 at_most=True),),
    ),
    Bench(
        "mails", 20_000, 200,  # kills
        (
            Promise("20,000 mails over 200 kills of the sender: sent twice",
                    lambda a: a["twice"], 0, "mails", at_most=True),
            Promise("20,000 mails over 200 kills: accounted for", lambda a: a["accounted"], 1,
                    "of all"),
            Promise("20,000 mails over 200 kills: nobody knows of, for each kill (those the server"
                    " hung up on apart)", lambda a: a["unknown_per_kill"], 1, "mails",
                    at_most=True),
        ),
    ),
    Bench(
        "backups", 1_000_000, 3,
        (
            Promise("restoring a backup of 1 M: interactions",
                    lambda a: a["restore_per_second"], 100_000, "a second"),
            Promise("verifying 1 M: interactions",
                    lambda a: a["verify_per_second"], 100_000, "a second"),
        ),
    ),
    Bench(
        "server", 100_000, 3,
        (Promise("server at rest, both its processes", lambda a: a["at_rest_mb"], 300, "MB",
                 at_most=True),
         Promise("server at rest once every sort of page was read",
                 lambda a: a["after_reading_mb"], 300, "MB", at_most=True)),
    ),
    Bench(
        "simulate", 1_000_000, 3,
        (
            Promise("simulating 1 M interactions", lambda a: a["seconds"], 60, "s", at_most=True),
            Promise("simulating 1 M interactions: memory", lambda a: a["memory_mb"], 1000, "MB",
                    at_most=True),
        ),
    ),
)  # fmt: skip
QUICKER = 10  # how much smaller --quick is


def run(bench: Bench, *, quick: bool) -> Answer | None:
    """What the bench answers, in a process of its own, or None when it could not run."""
    size, rounds = (bench.size // QUICKER, 1) if quick else (bench.size, bench.rounds)
    print(f"bench: {bench.name}, {size:,}", file=sys.stderr, flush=True)
    call = f"import json, bench.{bench.name} as b; print(json.dumps(b.measure({size}, {rounds})))"
    command = [sys.executable, "-c", call]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        return None
    answer: Answer = json.loads(done.stdout.splitlines()[-1])
    print(json.dumps(answer), file=sys.stderr, flush=True)
    return answer


def line(promise: Promise, answer: Answer | None) -> tuple[str, ...]:
    """claim, figure, measured, ratio, word."""
    sign = "≤" if promise.at_most else "≥"
    figure = f"{sign} {promise.figure:g} {promise.unit}"
    if answer is None:
        return promise.claim, figure, "—", "—", "NOT RUN, its reason is above"
    measured = f"{promise.of(answer):.4g} {promise.unit}"
    word = "kept" if promise.kept(answer) else "NOT KEPT"
    return promise.claim, figure, measured, f"{promise.ratio(answer):.2f}", word


def table(lines: Iterable[tuple[str, ...]]) -> str:
    rows = [("claim", "figure", "measured", "ratio", ""), *lines]
    widths = [max(len(row[n]) for row in rows) for n in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.splitlines()[0])
    names = sorted({bench.name for bench in BENCHES})
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(names))
    parser.add_argument("--quick", action="store_true", help="a tenth of the size, one round")
    chosen = parser.parse_args(words)
    if unknown := set(chosen.names) - set(names):
        parser.error(f"no bench is called {', '.join(sorted(unknown))}")
    benches = [bench for bench in BENCHES if not chosen.names or bench.name in chosen.names]
    answers = [(bench, run(bench, quick=chosen.quick)) for bench in benches]
    lines = [line(promise, answer) for bench, answer in answers for promise in bench.promises]
    report = f"{platform.machine()}, Python {platform.python_version()}\n{table(lines)}"
    if chosen.quick:
        report += f"\nQuick: sizes divided by {QUICKER}; no promise is made of these."
    print(report)
    BENCH.mkdir(exist_ok=True)
    (BENCH / "report.txt").write_text(report + "\n", encoding="utf-8")
    return 0 if all(row[-1] == "kept" for row in lines) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
