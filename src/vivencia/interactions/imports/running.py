"""The processes this server has started for files on their way in. No Django."""

from __future__ import annotations

import subprocess
import sys
import threading
from contextlib import suppress

from vivencia.interactions.imports import drafts
from vivencia.interactions.imports.drafts import Task, Work
from vivencia.lib.clock import now_ms
from vivencia.lib.datadir import DataDir

_ENDING_S = 5
_processes: dict[str, subprocess.Popen[bytes]] = {}
_lock = threading.Lock()


def start(data: DataDir, token: str, task: Task) -> None:
    """Begin `task` on the draft `token`, instead of whatever was being done with it."""
    with _lock:
        _end(token)
        drafts.save_work(data, token, Work(task, now_ms()))
        _processes[token] = subprocess.Popen(
            [sys.executable, "-m", "vivencia.interactions.imports.job", data.path, token, task],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
        )  # fmt: skip


def stop(token: str) -> None:
    """End what is being done with the draft `token`; what came in stays."""
    with _lock:
        _end(token)


def wait(token: str, seconds: float) -> None:
    """Until it is done, or `seconds` have passed: what is quick needs no page of progress."""
    process = _processes.get(token)
    if process is not None:
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)


def work_of(data: DataDir, token: str) -> Work | None:
    """What is being done with the draft, or became of it; "stopped" where nobody is at it."""
    process = _processes.get(token)
    at_it = process is not None and process.poll() is None
    work = drafts.work_of(data, token)  # read after asking: it writes before it ends
    if work is not None and work.state == "working" and not at_it:
        work.state = "stopped"
    return work


def _end(token: str) -> None:
    process = _processes.pop(token, None)
    if process is None:
        return
    assert process.stdin is not None
    process.stdin.close()  # which it takes as a sign
    try:
        process.wait(_ENDING_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
