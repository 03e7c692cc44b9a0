"""Interactions come in while a person reads pages: how long they wait, how far columns fall behind.

    python -m bench.lag [--size 1000000] [--rounds 1]

The real server over an installation of `size`. One person reads, a page every half second: home
with its late parts, scores, journeys, customers, a book. First 2,000 interactions a second for 15
seconds, paced by the clock (a slow answer delays none of those due after it, and counts from when
it was due). Then a burst: 64 connections of wrk, as fast as they are answered. Behind is the age
of the oldest interaction committed and not yet copied. What was answered must be stored.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import random
import shutil
import sqlite3
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvloop

from bench.installation import installation
from bench.serving import Reader, Server, served
from vivencia.columns.reading import reach
from vivencia.lib.datadir import DataDir
from vivencia.reports.reading import ground

HERE = Path(__file__).parent
PER_SECOND = 2_000
CONNECTIONS = 64
STEADY_S, BURST_S = 15, 8
THINKING_S = 0.5
LOOK_S = 0.1
CAUGHT_UP_S = 60  # after which nobody waits any longer
PAGES = (
    "/", "/lens/service/", "/lens/experience/", "/scores/?measure=csat&by=channel", "/journeys/",
    "/customers/", "/customers/{}/",
)  # fmt: skip
ITEM = (
    '{"id":"lag-%d-%d","kind":"call.ended","happened_at":%d,"identity":{"account":"c%d"},'
    '"journey":"case-%d","touchpoint":"tp_%02d","channel":"phone","device":"mobile",'
    '"place":"shop %d","brand":"north","department":"billing","stage":"use",'
    '"initiated_by":"customer","agent":"a%d","outcome":"success","duration":%d,"wait":21000,'
    '"scale":"csat5","score":%d,"amount":"%d.%02d","currency":"EUR","item":"plan-%d",'
    '"properties":{"plan":"gold","region":"north"},'
    '"text":"I waited long but the agent was kind and solved it"}'
)


def measure(size: int, rounds: int) -> dict[str, Any]:
    """The worst of `rounds`: milliseconds, seconds behind, and what was lost."""
    found = [_round(size) for _ in range(rounds)]
    return {name: max(one[name] for one in found) for name in found[0]}


def _round(size: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory(dir=installation(size).parent) as folder:
        data = Path(folder) / "data"
        shutil.copytree(installation(size), data)
        with served(data) as server, _reading(server) as pages, _watching(data) as behind:
            key, before = server.key(), _stored(data)
            took = uvloop.run(_steady(server.port, key))
            steady, answered = max(behind), len(took)
            behind.clear()
            burst = _burst(server.port, key)
            answered += burst["requests"]
            caught_up = _caught_up(data)
            lost = max(0, before + answered - _stored(data))
        quantiles = statistics.quantiles(took, n=100)
        return {
            "steady_p50_ms": round(quantiles[49], 1),
            "steady_p99_ms": round(quantiles[98], 1),
            "steady_behind_s": round(steady, 2),
            "burst_per_second": round(burst["requests"] / burst["seconds"]),
            "burst_p99_ms": burst["p99_ms"],
            "burst_behind_s": round(max(behind, default=0.0), 2),
            "caught_up_s": round(caught_up, 2),
            "lost": lost,
            "pages": len(pages),
            "page_p50_ms": round(statistics.median(pages)),
            "page_p95_ms": round(statistics.quantiles(pages, n=20)[-1]),
        }


# ── interactions, as they come ───────────────────────────────────────────────


async def _steady(port: int, key: str) -> list[float]:
    """Milliseconds from when each was due until it was answered; anything but 200 raises."""
    begins = time.perf_counter() + 0.5
    lines = (_line(port, key, line, begins) for line in range(CONNECTIONS))
    return [took for each in await asyncio.gather(*lines) for took in each]


async def _line(port: int, key: str, line: int, begins: float) -> list[float]:
    """One connection with its part of all the interactions."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    took = []
    for turn in range(STEADY_S * PER_SECOND // CONNECTIONS):
        due = begins + (turn + line / CONNECTIONS) * CONNECTIONS / PER_SECOND
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        writer.write(_request(key, line, turn))
        await writer.drain()
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in head.split(b"\r\n", 1)[0]:
            raise RuntimeError(head.decode())
        length = next(int(each.split(b":")[1]) for each in head.lower().split(b"\r\n")
                      if each.startswith(b"content-length"))  # fmt: skip
        await reader.readexactly(length)
        took.append(1000 * (time.perf_counter() - due))
    writer.close()
    return took


def _request(key: str, line: int, turn: int) -> bytes:
    k = (turn * CONNECTIONS + line) * 7919 % 50_000
    body = ITEM % (
        line, turn, time.time_ns() // 1_000_000, k, k % 9000, k % 40, k % 30, k % 17, 180_000 + k,
        k % 5 + 1, k % 900, k % 100, k % 7,
    )  # fmt: skip
    head = (
        "POST /api/v1/interactions HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Authorization: Bearer {key}\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return (head + body).encode()


def _burst(port: int, key: str) -> dict[str, Any]:
    """What wrk says of singles over 64 connections."""
    words = [
        "wrk", "-t1", f"-c{CONNECTIONS}", f"-d{BURST_S}s", "--latency", "--timeout", "20s",
        "-s", str(HERE / "intake.lua"), f"http://127.0.0.1:{port}", "--", key, "1", "ordered", "9",
    ]  # fmt: skip
    output = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    told: dict[str, Any] = json.loads(output.splitlines()[-1])
    if told["refused"] or told["broken"]:
        raise RuntimeError(f"wrk met errors: {told}")
    return told


# ── meanwhile ────────────────────────────────────────────────────────────────


@contextmanager
def _reading(server: Server) -> Iterator[list[float]]:
    """Somebody reads pages; milliseconds of each."""
    reader, took, stop = Reader(server), list[float](), threading.Event()

    def read() -> None:
        for page in itertools.cycle(PAGES):
            if stop.wait(THINKING_S):
                return
            took.append(reader.open(page.format(random.randrange(1, 1000)))[0])

    with _meanwhile(read, stop):
        yield took


@contextmanager
def _watching(data: Path) -> Iterator[list[float]]:
    """Somebody looks ten times a second; seconds the columns were behind."""
    seen, stop = list[float](), threading.Event()

    def watch() -> None:
        while not stop.wait(LOOK_S):
            seen.append(_behind(data))

    with _meanwhile(watch, stop):
        yield seen


@contextmanager
def _meanwhile(work: Any, stop: threading.Event) -> Iterator[None]:
    """`work` in a thread of its own; what it raises is raised here."""
    wrong: list[BaseException] = []

    def guarded() -> None:
        try:
            work()
        except BaseException as error:
            wrong.append(error)

    thread = threading.Thread(target=guarded)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
    if wrong:
        raise wrong[0]


def _behind(data: Path) -> float:
    """The age in seconds of the oldest interaction that is in the log and not in the columns."""
    columns = reach(DataDir(data))
    assert columns is not None, "nobody owns the columns"
    with sqlite3.connect(f"file:{data}/vivencia.sqlite3?mode=ro", uri=True) as log:
        sql = "SELECT recorded_at FROM interactions WHERE seq > ? ORDER BY seq LIMIT 1"
        missing = log.execute(sql, [ground(columns).stands_at]).fetchone()
    log.close()
    columns.close()
    return time.time() - missing[0] / 1000 if missing else 0.0


def _caught_up(data: Path) -> float:
    """Seconds until nothing of what is in the log now is missing from the columns."""
    began = time.monotonic()
    with sqlite3.connect(f"file:{data}/vivencia.sqlite3?mode=ro", uri=True) as log:
        newest = log.execute("SELECT max(seq) FROM interactions").fetchone()[0]
    log.close()
    columns = reach(DataDir(data))
    assert columns is not None, "nobody owns the columns"
    while ground(columns).stands_at < newest and time.monotonic() - began < CAUGHT_UP_S:
        time.sleep(LOOK_S)
    columns.close()
    return time.monotonic() - began


def _stored(data: Path) -> int:
    with sqlite3.connect(f"file:{data}/vivencia.sqlite3?mode=ro", uri=True) as log:
        found: int = log.execute("SELECT count(*) FROM interactions").fetchone()[0]
    log.close()
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=1)
    chosen = parser.parse_args()
    print(json.dumps(measure(chosen.size, chosen.rounds)))
