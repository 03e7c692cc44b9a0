"""R2: an answer leaves after its data are on the disk. Killing a process does not show it, for the
kernel keeps what was written; the order of system calls does."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.promises.sizes import figure, size
from vivencia.interactions.tests.intake_kit import new_installation, new_key
from vivencia.shell.tests.serving import PATIENCE_S, environ

CALLS = "write,writev,sendto,sendmsg,pwrite64,fsync,fdatasync"
LINE = re.compile(r"^(\d+) +(\w+)\((\d+)(?:<(.*?)>)?(.*)$")
RESUMED = re.compile(r"^(\d+) +<\.\.\. (fsync|fdatasync) resumed>")
SERVE = "from vivencia.cli import main\nraise SystemExit(main())"
# The usual advice, WAL with NORMAL, syncs at checkpoints and not at commits.
NORMAL = """import vivencia.interactions.database as d
d.PRAGMAS = tuple(p.replace("synchronous=FULL", "synchronous=NORMAL") for p in d.PRAGMAS)
"""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.sqlite("the order is that of its own fsync and our answer"),
    pytest.mark.skipif(shutil.which("strace") is None, reason="NOT RUN: no strace"),
]


class Told(NamedTuple):
    """What a trace shows: answers sent, those sent before their data were on the disk, and
    whether the folder was synced after the log's file was made."""

    answers: int
    early: int
    folder_synced: bool


def judge(trace: list[str], data: Path) -> Told:
    """Follow the thread that writes the write-ahead log: at each answer, everything it wrote has
    to be synced. The client sends one request at a time, so that it is that request's data."""
    lines = list(_events(trace))
    log = f"{data}/vivencia.sqlite3-wal"
    writers = Counter(thread for thread, call, path, _ in lines if call == "write" and path == log)
    writer = writers.most_common(1)[0][0]
    unsynced, answers, early, folder = False, 0, 0, False
    for thread, call, path, text in lines:
        if call == "write" and path == log and thread == writer:
            unsynced = True
        elif call == "sync":
            unsynced = unsynced and not (path == log and thread == writer)
            folder = folder or path == str(data)
        elif call == "write" and "HTTP/1.1 200" in text:
            answers += 1
            early += unsynced
    return Told(answers, early, folder)


def _events(trace: list[str]) -> list[tuple[str, str, str, str]]:
    """(thread, write or sync, path, text) in order: a write when it begins, a sync when it has
    ended, so that what is in doubt counts against us."""
    events: list[tuple[str, str, str, str]] = []
    begun: dict[str, str] = {}
    for line in trace:
        if found := RESUMED.match(line):
            events.append((found[1], "sync", begun.get(found[1], ""), ""))
        elif found := LINE.match(line):
            thread, call, _, path, rest = found.groups()
            if call not in ("fsync", "fdatasync"):
                events.append((thread, "write", path or "", rest))
            elif "<unfinished" in rest:
                begun[thread] = path or ""
            elif rest.rstrip().endswith("= 0"):
                events.append((thread, "sync", path or "", ""))
    return events


def traced(folder: Path, answers: int, changed: str = "") -> Told:
    """Serve under strace, send that many batches one after another, and judge the order."""
    data = new_installation(folder / "data")
    key = new_key(data)
    trace = folder / "trace"
    out = (folder / "log").open("w+")
    process = subprocess.Popen(
        ["strace", "-f", "-qq", "-y", "-s", "20", "-e", f"trace={CALLS}", "-o", trace,
         sys.executable, "-c", changed + SERVE, "--data", data.path, "serve", "--port", "0"],
        stdout=out, stderr=subprocess.STDOUT, env=environ(), start_new_session=True,
    )  # fmt: skip
    try:
        port = _port(folder / "log", process)
        client = [sys.executable, "-m", "tests.promises.sending", str(port), key, str(answers)]
        sent = json.loads(subprocess.run(client, capture_output=True, check=True).stdout)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(PATIENCE_S)
        out.close()
    assert sent == {"200": answers}
    return judge(trace.read_text(errors="replace").splitlines(), data.path)


def _port(log: Path, process: subprocess.Popen[bytes]) -> int:
    give_up = time.monotonic() + PATIENCE_S
    while time.monotonic() < give_up and process.poll() is None:
        if found := re.search(r"http://127\.0\.0\.1:(\d+)", log.read_text()):
            return int(found[1])
        time.sleep(0.05)
    raise AssertionError(log.read_text())


def test_r2_no_answer_leaves_before_its_data_are_on_the_disk(tmp_path: Path) -> None:
    answers = size(300, 10_000)
    told = traced(tmp_path, answers)
    assert told == Told(answers, 0, folder_synced=True)
    figure(answers=answers, early=0)


def test_r2_control_without_full_sync_answers_are_early(tmp_path: Path) -> None:
    told = traced(tmp_path, 50, NORMAL)
    assert told.answers == 50
    assert told.early > 40
