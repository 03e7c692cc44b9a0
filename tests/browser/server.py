"""A real server process on a data directory of its own, as a newcomer starts it."""

from __future__ import annotations

import os
import queue
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Self
from unittest.mock import patch

import psutil

from vivencia.interactions.database import open_database
from vivencia.lib.datadir import DataDir
from vivencia.lib.postgres.tests.chosen import kept

VIVENCIA = [sys.executable, "-m", "vivencia.cli"]
LINK = re.compile(r"(http://[\d.]+:\d+)(/start/\S+)")
# Only a hang takes as long, on however busy a machine.
SECONDS_TO_START = 300
SECONDS_TO_STOP = 60


def environment(data: Path) -> dict[str, str]:
    """Of a process on that data; the developer's own installation and language have no say."""
    ours = {k: v for k, v in os.environ.items() if not k.startswith(("VIVENCIA_", "DJANGO_"))}
    return ours | kept(data) | {"LANGUAGE": "en", "PYTHONUNBUFFERED": "1"}


def vivencia(data: Path, *words: str, given: str | None = None) -> str:
    """What a command prints; its error is the test's."""
    done = subprocess.run(
        [*VIVENCIA, "--data", str(data), *words],
        env=environment(data),
        input=given,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, f"vivencia {' '.join(words)}: {done.stderr}"
    return done.stdout


@contextmanager
def looked_into(data: Path) -> Iterator[sqlite3.Connection]:
    """The database of that data, beside the server on it."""
    with patch.dict(os.environ, kept(data)):
        database = open_database(DataDir(data).database, read_only=True)
    with closing(database):
        yield database


class Server:
    """`vivencia serve --demo`; with `with` it is stopped as a service manager would."""

    def __init__(self, data: Path, *words: str) -> None:
        self.data = data
        self.printed: list[str] = []
        began = time.monotonic()
        self.process = subprocess.Popen(
            [*VIVENCIA, "--data", str(data), "serve", "--port", "0", *words],
            env=environment(data),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        lines: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=self._read, args=(lines,), daemon=True).start()
        self.address, self.link = self._wait_for_link(lines)
        self.seconds_to_start = time.monotonic() - began
        self.cpu_seconds_to_start = self._cpu_seconds()

    def _read(self, lines: queue.Queue[str | None]) -> None:
        for line in self.process.stdout or ():
            self.printed.append(line)
            lines.put(line)
        lines.put(None)

    def _wait_for_link(self, lines: queue.Queue[str | None]) -> tuple[str, str]:
        while line := lines.get(timeout=SECONDS_TO_START):
            if found := LINK.search(line):
                return found[1], found[1] + found[2]
        raise AssertionError("the server ended without a link:\n" + "".join(self.printed))

    def _cpu_seconds(self) -> float:
        """What it and its children, ended or not, have had of the processors."""
        main = psutil.Process(self.process.pid)
        family = [main, *main.children(recursive=True)]
        return sum(sum(one.cpu_times()[:4]) for one in family)

    def rows(self, sql: str) -> list[tuple]:
        """What its database answers."""
        with looked_into(self.data) as database:
            return database.execute(sql).fetchall()

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.stop()
