"""Two servers compete for jobs: each is done once, and when one dies the other goes on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.postgres.competing import HALF_WAY, ROWS
from vivencia.interactions.database import open_database
from vivencia.lib.datadir import DataDir

PATIENCE_S = 120  # a bound for what hangs; nothing is judged by it


class Workers:
    """Two processes that do what is due, each as a server would."""

    def __init__(self, folder: Path, data: DataDir) -> None:
        self._folder = folder
        environ = {
            **os.environ,
            "VIVENCIA_DATA": str(data.path),
            "DJANGO_SETTINGS_MODULE": "vivencia.shell.settings",
        }
        words = [sys.executable, "-m", "tests.postgres.competing", str(folder)]
        self.processes = [subprocess.Popen(words, env=environ) for _ in range(2)]

    def done(self) -> list[tuple[int, int]]:
        """(row, process) in the order they were done."""
        file = self._folder / "done"
        lines = file.read_text().splitlines() if file.exists() else []
        return [(int(row), int(pid)) for row, pid in map(str.split, lines)]

    def asked(self, pid: int) -> int:
        """How often this process asked for its turn."""
        file = self._folder / f"asked-{pid}"
        return int(file.read_text() or 0) if file.exists() else 0

    def wait(self, until: Callable[[], bool]) -> None:
        give_up = time.monotonic() + PATIENCE_S
        while not until():
            assert time.monotonic() < give_up
            assert any(process.poll() is None for process in self.processes)
            time.sleep(0.02)

    def stop(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait()


@pytest.fixture
def due(data: DataDir) -> DataDir:
    database = open_database(data.database)
    database.execute("CREATE TABLE due (n int PRIMARY KEY, done bool NOT NULL DEFAULT false)")
    database.executemany("INSERT INTO due (n) VALUES (?)", [(n,) for n in range(ROWS)])
    database.close()
    return data


@pytest.fixture
def start(due: DataDir, tmp_path: Path) -> Iterator[Callable[[], Workers]]:
    made: list[Workers] = []

    def begin() -> Workers:
        made.append(Workers(tmp_path, due))
        return made[-1]

    yield begin
    for workers in made:
        workers.stop()


def test_each_job_is_done_once_however_many_servers_there_are(
    start: Callable[[], Workers],
) -> None:
    workers = start()
    workers.wait(lambda: len(workers.done()) >= ROWS)
    workers.wait(lambda: all(workers.asked(one.pid) >= 5 for one in workers.processes))
    assert [row for row, _ in workers.done()] == list(range(ROWS))
    assert len({pid for _, pid in workers.done()}) == 1


def test_when_its_holder_dies_the_other_goes_on(
    start: Callable[[], Workers], tmp_path: Path
) -> None:
    (tmp_path / "pause").touch()
    workers = start()
    workers.wait(lambda: len(workers.done()) == HALF_WAY)
    (holder,) = {pid for _, pid in workers.done()}
    (other,) = (one.pid for one in workers.processes if one.pid != holder)
    workers.wait(lambda: workers.asked(other) >= 5)  # … and was told no: it has done nothing
    assert {pid for _, pid in workers.done()} == {holder}
    os.kill(holder, signal.SIGKILL)
    (tmp_path / "pause").unlink()
    workers.wait(lambda: len(workers.done()) >= ROWS)
    expected = [(row, holder if row < HALF_WAY else other) for row in range(ROWS)]
    assert workers.done() == expected


def test_control_where_everybody_has_the_turn_a_job_is_done_twice(
    start: Callable[[], Workers], tmp_path: Path
) -> None:
    (tmp_path / "everybody").touch()
    workers = start()
    workers.wait(lambda: Counter(row for row, _ in workers.done())[0] == 2)
