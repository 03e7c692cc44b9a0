"""R22: hours of use do not swell it. Somebody writes, somebody reads pages, somebody holds a long
reading transaction; memory, open files and the write-ahead log stay as they are."""

from __future__ import annotations

import contextlib
import itertools
import json
import re
import sqlite3
import threading
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from tests.promises.sizes import FULL, figure, size
from vivencia.columns.filters import Filters
from vivencia.columns.reading import reach
from vivencia.columns.tests.made import interactions, write
from vivencia.interactions.tests.intake_kit import new_installation, new_key
from vivencia.interactions.tests.test_intake_server import Server
from vivencia.lib.datadir import DataDir
from vivencia.shell.tests.serving import Served

SECONDS = size(12, 960)  # what rises and falls by 30 MB has a slope of its own over less
WARM = 0.2  # of the time; more than the four minutes promised are left
ROUNDS = size(3, 100)  # copies and questions before the time begins
EVERY_S = 0.5
BEFORE = size(0, 300_000)  # interactions, whose journeys are many enough to be kept at hand
A_READ_S = size(3, 20)  # a long reading transaction
PAGES = ("/", "/scores/", "/journeys/", "/customers/", "/api/v1/scores/nps", "/settings/health/")
MOST_MB_A_MINUTE, MOST_JOURNAL = 1.0, 64 << 20

pytestmark = [pytest.mark.slow, pytest.mark.sqlite("its write-ahead log is what may swell")]


class Sample(NamedTuple):
    at: float  # minutes
    memory: float  # MB, of the server and the owner of the columns
    files: int
    journal: int  # bytes


class Busy(threading.Thread):
    """Something that is done over and over until it is enough; an error is kept for the test."""

    def __init__(self, ended: threading.Event) -> None:
        super().__init__(daemon=True)
        self.ended, self.error = ended, ""

    def run(self) -> None:
        try:
            for _ in itertools.count():
                self.once()
                if self.ended.wait(0.1):
                    return
        except Exception as error:
            self.error = repr(error)

    def once(self) -> None:
        raise NotImplementedError


class Writes(Busy):
    """A steady sender: two hundred interactions a second, of a thousand customers."""

    def __init__(self, ended: threading.Event, port: int, key: str) -> None:
        super().__init__(ended)
        self.server = Server.__new__(Server)  # only its connection and headers
        self.server.port, self.server.key, self.n = port, key, 0

    def once(self) -> None:
        """Twenty journeys go on side by side; each ends after seven, and another begins."""
        self.n += 1
        items = [
            {"id": f"s{self.n}-{k}", "kind": "survey.answered", "scale": "nps", "score": k % 11,
             "identity": {"account": f"c{(self.n * 20 + k) % 1000}"},
             "journey": f"j{self.n // 7}-{k}"}
            for k in range(20)
        ]  # fmt: skip
        with contextlib.closing(self.server.connect()) as line:
            line.request("POST", "/api/v1/interactions", json.dumps(items), self.server.headers())
            assert line.getresponse().status == 200


class Reads(Busy):
    def __init__(self, ended: threading.Event, server: Served, cookies: str) -> None:
        super().__init__(ended)
        self.server, self.cookies, self.pages = server, cookies, itertools.cycle(PAGES)

    def once(self) -> None:
        answer = self.server.ask(next(self.pages), cookies=self.cookies)
        answer.read()
        assert answer.status == 200


class ReadsLong(Busy):
    """Holds one state of the database, as an export does."""

    def __init__(self, ended: threading.Event, data: DataDir) -> None:
        super().__init__(ended)
        self.data = data

    def once(self) -> None:
        with contextlib.closing(sqlite3.connect(self.data.database)) as connection:
            connection.execute("BEGIN")
            connection.execute("SELECT count(*) FROM interactions").fetchone()
            self.ended.wait(A_READ_S)


def warm_up(data: DataDir, writes: Writes) -> None:
    """Copy and ask: a few interactions and a new question a round."""
    columns = reach(data)
    assert columns is not None
    for number in range(ROUNDS):
        writes.once()
        columns.catch_up()
        columns.ask("scores/counts", Filters(start=number), scale="nps", by=["channel"],
                    every=None, nested=False)  # fmt: skip
    columns.close()


def sample(data: DataDir, server: Served, began: float) -> Sample:
    pids = [server.process.pid, *_children(server.process.pid)]
    journal = Path(f"{data.database}-wal")
    return Sample(
        (time.monotonic() - began) / 60,
        sum(_resident(pid) for pid in pids),
        sum(1 for _ in Path(f"/proc/{server.process.pid}/fd").iterdir()),
        journal.stat().st_size if journal.exists() else 0,
    )


def _children(pid: int) -> list[int]:
    """The owner of the columns; what runs for a moment beside the server is not counted."""
    found = []
    for each in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):  # a thread or a child that has ended
            for child in map(int, each.read_text().split()):
                if b"columns.process" in Path(f"/proc/{child}/cmdline").read_bytes():
                    found.append(child)
    return found


def _resident(pid: int) -> float:
    with contextlib.suppress(OSError):
        found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
        return int(found[1]) / 1024 if found else 0.0
    return 0.0


def slope(samples: list[Sample]) -> float:
    """MB a minute, by the least squares of what is left after the warm-up."""
    warm = samples[int(len(samples) * WARM) :]
    return float(np.polyfit([one.at for one in warm], [one.memory for one in warm], 1)[0])


def test_r22_it_does_not_swell(tmp_path: Path) -> None:
    data = new_installation(tmp_path / "data")
    write(data, interactions(BEFORE))
    key, ended, samples = new_key(data), threading.Event(), list[Sample]()
    server = Served(data.path)
    try:
        cookies = server.join(organisation="Casa", language="en")
        writes = Writes(ended, server.port, key)
        busy = [writes, Reads(ended, server, cookies), ReadsLong(ended, data)]
        warm_up(data, writes)
        for thread in busy:
            thread.start()
        began = time.monotonic()
        while time.monotonic() - began < SECONDS:
            time.sleep(EVERY_S)
            samples.append(sample(data, server, began))
        ended.set()
        for thread in busy:
            thread.join(30)
    finally:
        server.stop()
    assert [thread.error for thread in busy if thread.error] == []
    if FULL:
        for one in samples[::40]:
            print(f"minute {one.at:.1f}: {one.memory:.0f} MB, {one.files} files, {one.journal} B")
    warm = samples[int(len(samples) * WARM) :]
    most_journal = max(one.journal for one in samples)
    files = [one.files for one in warm]
    swell = slope(samples)
    figure(
        seconds=SECONDS, interactions=writes.n * 20, mb_a_minute=f"{swell:.2f}",
        files=f"{min(files)}-{max(files)}", journal_mb=f"{most_journal / 2**20:.1f}",
    )  # fmt: skip
    assert most_journal < MOST_JOURNAL
    middle = len(files) // 2
    assert np.median(files[middle:]) <= np.median(files[:middle]) + 2
    if FULL:  # a slope over seconds says nothing
        assert swell < MOST_MB_A_MINUTE


def test_r22_control_what_grows_has_a_slope() -> None:
    steady = [Sample(n / 120, 200 + n % 7, 20, 0) for n in range(480)]
    grows = [Sample(n / 120, 200 + n % 7 + n / 60, 20, 0) for n in range(480)]
    assert abs(slope(steady)) < MOST_MB_A_MINUTE
    assert slope(grows) > MOST_MB_A_MINUTE
