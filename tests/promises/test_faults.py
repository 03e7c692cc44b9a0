"""R8: a write, sync, open or rename that fails, at the Nth call, never turns into loss. strace
makes the calls fail on the database's own files; whoever was answered finds their data."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.promises.crashing import BATCH
from tests.promises.sizes import chance, figure, size
from vivencia.interactions.database import check_triggers, open_database
from vivencia.interactions.tests.intake_kit import new_installation
from vivencia.lib.datadir import DataDir
from vivencia.shell.backup import manifest

CALLS = ("pwrite64", "fdatasync", "openat", "ftruncate")
ERRORS = ("EIO", "ENOSPC", "EINTR")
LAST = 200  # the call that fails is one of the first this many
CAUSE = re.compile(r"the intake can not commit for now: (\w.+)$", re.MULTILINE)
# Calls a backup makes, and about how many.
OF_A_BACKUP = {"rename": 1, "openat": 40, "write": 8, "pwrite64": 200, "fsync": 12, "mkdir": 3}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.sqlite("the calls that fail are those on its file"),
    pytest.mark.skipif(shutil.which("strace") is None, reason="NOT RUN: no strace"),
]


def attempt(data: DataDir, call: str, error: str, when: str, batches: int = 30) -> dict[str, Any]:
    """What `tests.promises.failing` told of its batches while calls failed."""
    files = [data.database, f"{data.database}-wal", f"{data.database}-shm"]
    words = [
        "strace", "-f", "-qq", "-o", "/dev/null", *(f"--trace-path={path}" for path in files),
        "-e", f"trace={call}", "-e", f"inject={call}:error={error}:when={when}",
        sys.executable, "-m", "tests.promises.failing", data.path, batches,
    ]  # fmt: skip
    done = subprocess.run([*map(str, words)], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout) | {"causes": CAUSE.findall(done.stderr)}


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
        assert len(told["causes"]) == told["refused"], (call, error, when)  # each once, and why
        failures += bool(told["refused"])
        shutil.rmtree(data.path)
    figure(cases=cases, with_refusals=failures, lost=0, corrupt=0)


def test_r8_a_disk_that_goes_on_failing_is_told_and_never_acknowledged(tmp_path: Path) -> None:
    data = new_installation(tmp_path / "data")
    told = attempt(data, "fdatasync", "EIO", "10+", batches=10)
    assert told["refused"] > 0
    assert told["after"] == 503
    assert told["causes"] == ["disk I/O error"] * told["refused"]
    assert set(told["acked"]) <= whole(data)


def saved(data: DataDir, place: Path, call: str, error: str, when: int) -> tuple[int, str]:
    """(exit code, what was said) of a backup whose Nth such call fails; 0 is none."""
    words = [sys.executable, "-m", "tests.promises.saving", str(data.path), str(place)]
    pipe = subprocess.PIPE
    process = subprocess.Popen(words, stdin=pipe, stdout=pipe, stderr=pipe, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    tracer = subprocess.Popen(
        ["strace", "-f", "-o", "/dev/null", "-p", str(process.pid), "-e", f"trace={call}",
         "-e", f"inject={call}:error={error}:when={when or 65_535}"],
        stderr=pipe, text=True,
    )  # fmt: skip
    assert tracer.stderr is not None
    assert "attached" in tracer.stderr.readline()
    _, said = process.communicate("go\n", timeout=300)
    tracer.stderr.close()
    tracer.wait(10)
    return process.returncode, said


def test_r8_a_backup_whose_call_fails_is_none_and_says_why(tmp_path: Path) -> None:
    data = new_installation(tmp_path / "data")
    drawn, cases, refused = chance(), size(3, 150), 0
    for case in range(cases):
        place = tmp_path / f"place{case}"
        call, most = ("rename", 1) if case == 0 else drawn.choice(list(OF_A_BACKUP.items()))
        error, when = drawn.choice(("EIO", "ENOSPC")), drawn.randint(1, most)
        code, said = saved(data, place, call, error, when)
        made = list(place.glob("vivencia-*Z"))
        told = (call, error, when, said)
        if code:
            refused += 1
            assert said.startswith("vivencia: "), told  # once, and why
            assert said.count("\n") == 1, told
        assert all(manifest.read(one) for one in made), told
        assert code or len(made) == 1, told
        assert saved(data, place, "rename", error, 0) == (0, ""), told  # the next one is whole
        assert not list(place.glob(".vivencia-*")), told
        shutil.rmtree(place)
    assert refused
    figure(backups=cases, refused=refused, half_made=0)


def test_r8_control_acknowledged_without_looking_it_would_be_lost(tmp_path: Path) -> None:
    data = new_installation(tmp_path / "data")
    told = attempt(data, "pwrite64", "EIO", "12+", batches=10)
    assert set(range(10)) - whole(data), told
