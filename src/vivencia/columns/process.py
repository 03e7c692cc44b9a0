"""The columns' owner as a process of its own, beside the server.

    python -m vivencia.columns.process DATA ZONE

Copying the log and answering questions then never hold the interpreter that takes interactions
in. It ends when the server does, however that ends: its standard input closes. If it dies the
server starts another, which goes on from the watermark. Of several servers on one PostgreSQL
database, that of one owns the columns and the others' stand by.
"""

from __future__ import annotations

import logging
import os
import select
import signal
import subprocess
import sys
import threading
from types import TracebackType

from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import Busy
from vivencia.lib.postgres import choice

READY = b"ready\n"
_NICENESS = 5  # whoever waits for an answer comes before the copy
_OWNED_BY_ANOTHER = 75
_PATIENCE_S = 30.0
_STAND_BY_S = 0.5  # between two looks whether the columns have lost their owner
# What Arrow and the C library keep for later, of every thread, would be memory at rest.
_FRUGAL = {"ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_ARENA_MAX": "2"}

logger = logging.getLogger(__name__)


def main(path: str, zone: str) -> int:
    """Own the columns until standard input closes."""
    from vivencia.columns.owner import start_owner  # noqa: PLC0415  (the server needs none of it)

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, which tells us
    os.nice(_NICENESS)
    data = DataDir(path)
    owner = start_owner(data, zone)
    if owner is None and choice.url() is None:
        return _OWNED_BY_ANOTHER
    sys.stdout.buffer.write(READY)
    sys.stdout.buffer.flush()
    while owner is None and not _is_over(_STAND_BY_S):
        owner = start_owner(data, zone)
    if owner is not None:
        owner.store.keep_level()
        try:
            sys.stdin.buffer.read()
        finally:
            owner.close()
    return 0


def _is_over(patience_s: float) -> bool:
    """Whether standard input closed meanwhile: nobody ever writes to it."""
    return bool(select.select([sys.stdin.buffer], [], [], patience_s)[0])


class OwnerProcess:
    """Keeps one owner running for as long as the context lasts."""

    def __init__(self, data: DataDir, zone: str) -> None:
        self._command = [sys.executable, "-m", __name__, str(data.path), zone]
        self._stop = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._watcher = threading.Thread(target=self._watch, name="columns", daemon=True)

    def __enter__(self) -> OwnerProcess:
        waited = 0.0
        while not self._start():
            if waited > _PATIENCE_S:
                raise Busy(
                    es="Una orden está usando las columnas. Espera a que acabe y vuelve a empezar.",
                    en="A command is using the columns. Wait for it to end and start again.",
                )
            self._stop.wait(0.3)
            waited += 0.3
        self._watcher.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        if self._process is not None:
            _end(self._process)
        self._watcher.join(timeout=5)

    @property
    def pid(self) -> int:
        """The owner's process number now."""
        return self._process.pid if self._process else 0

    def _start(self) -> bool:
        """Whether an owner is up and has caught up with the log."""
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
            env={**_FRUGAL, **os.environ},
        )  # fmt: skip
        assert self._process.stdout is not None
        return self._process.stdout.readline() == READY

    def _watch(self) -> None:
        while not self._stop.is_set():
            assert self._process is not None
            code = self._process.wait()
            if self._stop.is_set():
                return
            logger.error("the owner of the columns ended (%s); starting another", code)
            self._stop.wait(0.5)
            _end(self._process)
            if not self._stop.is_set():
                self._start()


def _end(process: subprocess.Popen[bytes]) -> None:
    """Let an owner end, five seconds at most, and close our ends of its pipes."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    process.stdout.close()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
