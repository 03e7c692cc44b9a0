"""Answers a second that people's last page closes, over HTTP, link and answer durable together.

    python -m bench.answering [--seconds 8] [--rounds 3]

wrk posts finished forms on the same machine over 64 connections, each on a link of its own, as
invited people would. Ours is the real `vivencia serve`, through its bare door and the intake
writer's group; beside it the same server whose answers all take Django's ordinary page. Every
post that was answered must be one spent link, one finished draft and one interaction.

Before it the same links are opened, as a person opens a mail, two at once: what each page took.
"""

from __future__ import annotations

import http.client
import json
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.intake import alone, free_port, process

HERE = Path(__file__).parent
MOST_A_SECOND = {"door": 4_000, "page": 400}  # links made for each second of load
CONNECTIONS, THREADS = 64, 1
READERS, OPENED = 2, 400  # people who open a link at the same time, and links opened
SERVE = "from vivencia.cli import main; raise SystemExit(main())"
WITHOUT_DOOR = "import vivencia.surveys.answering.door as d; d.LARGEST = -1; "
PREPARE = """
import os, sys
from vivencia.cli.ready import ready
from vivencia.lib.datadir import DataDir
ready(DataDir.chosen())
from bench.answering import write_posts
write_posts(int(sys.argv[1]), sys.argv[2])
"""


def measure(size: int, rounds: int) -> dict[str, Any]:
    """Medians of `rounds`; `size` is how many milliseconds each load lasts."""
    found: dict[str, list[dict[str, Any]]] = {"door": [], "page": []}
    for _ in range(rounds):
        for way, runs in found.items():
            runs.append(_round(way, size / 1000))
    medians = {
        f"{way}_{what}": statistics.median(run[what] for run in runs)
        for way, runs in found.items()
        for what in ("per_second", "p50_ms", "p99_ms")
    }
    opened = [took for run in found["door"] for took in run["opened_ms"]]
    medians["shown_p95_ms"] = statistics.quantiles(opened, n=20)[-1]
    return {**medians, "x_page": medians["door_per_second"] / medians["page_per_second"]}


def write_posts(n: int, file: str) -> None:
    """A published survey, `n` links to it, and the form that finishes each, a line a post."""
    from urllib.parse import urlencode

    from django.conf import settings

    from vivencia.lib.clock import now_ms
    from vivencia.surveys.answering import actions, links, tokens
    from vivencia.surveys.builder.actions import create, publish

    definition = json.loads((HERE / "answering.json").read_text(encoding="utf-8"))
    survey = create(None, definition, slug="bench")
    version = publish(None, survey)
    secret = settings.DATA.derived("survey-links")
    new = [links.New(survey=survey.pk, context=links.Context("branch", stage=3))] * n
    made = actions.on_connection(lambda database: links.make_many(database, new, now_ms()))
    with Path(file).open("w", encoding="utf-8") as out:
        for place, (_, token) in enumerate(made):
            browser = tokens.new_browser()
            seal = tokens.Seal(browser, version.pk, now_ms() - 60_000)
            form = {
                "nps": place % 11, "why": "It took long, but the agent was kind and solved it",
                "ease": place % 7 + 1, "feel": ("joy", "sad")[place % 2],
                "_step": "p1", "_lang": "en",
                "_seal": tokens.sealed(secret, tokens.digest_of(token), seal),
            }  # fmt: skip
            out.write(f"/s/{token} {tokens.cookie_of(browser)} {urlencode(form)}\n")


def _round(way: str, seconds: float) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        data, posts = Path(folder) / "data", Path(folder) / "posts"
        n = int(MOST_A_SECOND[way] * seconds)
        environ = {**os.environ, "VIVENCIA_DATA": str(data)}
        words = [sys.executable, "-c", PREPARE, str(n), str(posts)]
        subprocess.run(words, env=environ, check=True)
        with _served(way, data) as port:
            opened = _opened(port, posts) if way == "door" else []
            run: dict[str, Any] = {**_load(port, posts, seconds), "opened_ms": opened}
        _check(data, int(run["requests"] - run["refused"]))
        return run


@contextmanager
def _served(way: str, data: Path) -> Iterator[int]:
    port = free_port()
    program = (WITHOUT_DOOR if way == "page" else "") + SERVE
    words = [sys.executable, "-c", program, "--data", str(data), "serve", "--port", str(port)]
    with process(words, port, {}):
        yield port


def _opened(port: int, posts: Path) -> list[float]:
    """The milliseconds each of the first links took to show its page, without a cookie."""
    with posts.open(encoding="utf-8") as lines:
        paths = [line.split(" ", 1)[0] for line, _ in zip(lines, range(OPENED + 20), strict=False)]
    with ThreadPoolExecutor(READERS) as readers:
        times = list(readers.map(lambda path: _open(port, path), paths))
    return times[20:]  # the first ones read templates from the disk


def _open(port: int, path: str) -> float:
    begun = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path, headers={"Accept-Language": "en"})
    answer = connection.getresponse()
    page = answer.read()
    connection.close()
    if answer.status != 200 or b"_seal" not in page:
        raise SystemExit(f"NOT RUN: {path[:6]} shows {answer.status}")
    return (time.perf_counter() - begun) * 1000


def _load(port: int, posts: Path, seconds: float) -> dict[str, float]:
    words = ["wrk", "-t", str(THREADS), "-c", str(CONNECTIONS), "-d", f"{seconds:g}s",
             "--timeout", "30s", "-s", str(HERE / "answering.lua"), f"http://127.0.0.1:{port}",
             "--", str(posts), str(THREADS)]  # fmt: skip
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    run: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    if run["broken"]:
        raise SystemExit(f"NOT RUN: {run['broken']:g} broken requests")
    run["per_second"] = (run["requests"] - run["refused"]) / run["seconds"]
    return run


def _check(data: Path, answered: int) -> None:
    """What was answered is there: links, drafts and answers of the log, as many of each."""
    with sqlite3.connect(data / "vivencia.sqlite3") as database:
        counts = [
            database.execute(sql).fetchone()[0]
            for sql in (
                "SELECT count(*) FROM surveys_spent",
                "SELECT count(*) FROM surveys_draft WHERE state = 'finished'",
                "SELECT count(*) FROM interactions i JOIN words w ON w.code = i.kind"
                " WHERE w.text = 'survey.answered'",
            )
        ]
    # wrk leaves up to one post of each connection on its way when it ends.
    if len(set(counts)) != 1 or not answered <= counts[0] <= answered + CONNECTIONS:
        raise SystemExit(f"NOT RUN: {answered} were answered, and there are {counts}")


if __name__ == "__main__":
    alone(measure, __doc__)
