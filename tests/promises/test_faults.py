"""R8: a write, sync, open or rename that fails, at the Nth call, never turns into loss. strace
makes the calls fail on the database's own files; whoever was answered finds their data."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.promises.crashing import BATCH
from tests.promises.sizes import chance, figure, size
from vivencia.interactions.database import check_triggers, open_database
from vivencia.interactions.tests.intake_kit import new_installation
from vivencia.lib.datadir import DataDir

CALLS = ("pwrite64", "fdatasync", "openat", "ftruncate")
ERRORS = ("EIO", "ENOSPC", "EINTR")
LAST = 200  # the call that fails is one of the first this many

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("strace") is None, reason="NOT RUN: no strace"),
]


def attempt(data: DataDir, call: str, error: str, when: str, batches: int = 30) -> dict[str, int]:
    """What `tests.promises.failing` told of its batches while calls failed."""
    files = [data.database, f"{data.database}-wal", f"{data.database}-shm"]
    words = [
        "strace", "-f", "-qq", "-o", "/dev/null", *(f"--trace-path={path}" for path in files),
        "-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={when}",
        sys.executable, "-m", "tests.promises.failing", data.path, batches,
    ]  # fmt: skip
    done = subprocess.run([*map(str, words)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout) | {"logged": done.stderr.count("the intake can not commit")}


def whole(data: DataDir) -> set[int]:
    """The batches that are in the log from their first interaction to their last."""
    connection = open_database(data.database)
    try:
        check_triggers(connection)
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        found = connection.execute("SELECT id FROM interactions").fetchall()
    finally:
        connection.close()
    numbers = [int.from_bytes(uid, "big") for (uid,) in found]
    assert len(numbers) == len(set(numbers))
    there = set(numbers)
    return {n for n in {k // BATCH for k in there}
            if there.issuperset(range(n * BATCH, (n + 1) * BATCH))}  # fmt: skip


def test_r8_a_call_that_fails_never_turns_into_loss(tmp_path: Path) -> None:
    drawn, cases, failures = chance(), size(8, 400), 0
    for case in range(cases):
        data = new_installation(tmp_path / "data")
        call, error = drawn.choice(CALLS), drawn.choice(ERRORS)
        when = f"{drawn.randint(1, LAST if call == 'pwrite64' else 20)}"
        told = attempt(data, call, error, when)
        assert set(told["acked"]) <= whole(data), (case, call, error, when)
        assert told["after"] == 200, (call, error, when)  # it healed by itself
        assert bool(told["refused"]) <= bool(told["logged"]), (call, error, when)
        failures += bool(told["refused"])
        shutil.rmtree(data.path)
    figure(cases=cases, with_refusals=failures, lost=0, corrupt=0)


def test_r8_a_disk_that_goes_on_failing_is_told_and_never_acknowledged(tmp_path: Path) -> None:
    data = new_installation(tmp_path / "data")
    told = attempt(data, "fdatasync", "EIO", "10+", batches=10)
    assert told["refused"] > 0
    assert told["after"] == 503
    assert set(told["acked"]) <= whole(data)


def test_r8_control_acknowledged_without_looking_it_would_be_lost(tmp_path: Path) -> None:
    data = new_installation(tmp_path / "data")
    told = attempt(data, "pwrite64", "EIO", "12+", batches=10)
    assert set(range(10)) - whole(data), told
