"""R10, on a real server whose clock is another's: libfaketime makes it jump under load, live
through the nights on which Madrid and Mexico change their clocks, a leap day and January 2038."""

from __future__ import annotations

import itertools
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from tests.promises.sizes import FULL, figure, size
from tests.promises.test_crashes import Load
from vivencia.interactions.database import open_database
from vivencia.interactions.tests.intake_kit import new_installation, new_key
from vivencia.interactions.tests.test_intake_server import Server
from vivencia.lib.datadir import DataDir
from vivencia.shell.tests.serving import Served

# As faketime(1) reads them: how far the clock is off, or where it goes on from (UTC).
CLOCKS = (
    "+1d", "-1d", "+0", "-1h", "+0",
    "@2026-03-29 00:59:59", "@2026-10-25 00:59:59",  # Madrid, forward and back
    "@2022-04-03 07:59:59", "@2022-10-30 06:59:59",  # Mexico City, forward and back
    "@2028-02-28 23:59:59", "@2038-01-19 03:14:06", "+0",
)  # fmt: skip

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        shutil.which("faketime") is None,
        reason="NOT RUN: no faketime" if FULL else "no faketime: tried by make promises",
    ),
]


class Clock:
    """A server's clock, read anew at each look from a file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.set("+0")
        told = subprocess.run(["faketime", "-f", "+0", "env"], capture_output=True, text=True)
        (library,) = (
            line.split("=", 1)[1]
            for line in told.stdout.splitlines()
            if line.startswith("LD_PRELOAD=")
        )
        self.environ = {
            "LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": str(path), "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1", "TZ": "UTC",
        }  # fmt: skip

    def set(self, clock: str) -> None:
        draft = self.path.with_suffix(".draft")
        draft.write_text(clock)
        draft.replace(self.path)  # whoever looks sees one or the other


def loads(served: Served, key: str) -> list[Load]:
    """Four senders that go on whatever the clock says."""
    target = Server.__new__(Server)  # its connection and headers are all they need
    target.port, target.key = served.port, key
    return [Load(target, f"t{n}") for n in range(4)]


def stored(data: DataDir) -> tuple[list[str], list[int]]:
    """(the ids that are there, when each was recorded), in the order of the log."""
    connection = open_database(data.database)
    try:
        rows = connection.execute(
            "SELECT t.sender_id, i.recorded_at FROM interactions i"
            " JOIN vault_texts t ON t.seq = i.seq ORDER BY i.seq"
        ).fetchall()
    finally:
        connection.close()
    return [one for one, _ in rows], [at for _, at in rows]


def test_r10_a_server_whose_clock_jumps_loses_nothing(tmp_path: Path) -> None:
    data = new_installation(tmp_path / "data")
    clock, key = Clock(tmp_path / "clock"), new_key(data)
    server = Served(data.path, **clock.environ)
    answers: list[int] = []
    try:
        threads = loads(server, key)
        for thread in threads:
            thread.start()
        for one in CLOCKS:
            clock.set(one)
            time.sleep(size(1, 4))
            answers.append(server.ask("/healthz").status)
    finally:
        server.stop()
        for thread in threads:
            thread.join(30)
    acked = set[str]().union(*(thread.acked for thread in threads))
    kept, recorded = stored(data)
    assert set(answers) == {200}
    assert len(kept) == len(set(kept))
    assert acked <= set(kept)
    assert len(acked) > len(CLOCKS) * 20
    backwards = sum(later < earlier for earlier, later in itertools.pairwise(recorded))
    assert backwards > 3  # the control: its clock was another's, and went back
    figure(clocks=len(CLOCKS), acknowledged=len(acked), lost=0, went_back=backwards)
