"""Copying the log in a process beside a command that writes very many rows.

    python -m vivencia.columns.following DATA ZONE

The columns then stand almost ready when the command has written its last row. It owns the columns
meanwhile and answers whoever asks. It ends when its standard input closes, with all copied.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from types import TracebackType

from vivencia.columns.limits import COPYING_MB
from vivencia.lib.datadir import DataDir

WORTH_IT = 50_000  # rows to come; fewer are copied sooner than a process starts
_NICENESS = 5  # whoever writes comes before the copy
_OWNED_BY_ANOTHER = 75
# Of the allocator in DuckDB: what a copy needed goes back to the machine, not to the next copy.
_GIVES_BACK = {"DUCKDB_JE_MALLOC_CONF": "dirty_decay_ms:0,muzzy_decay_ms:0"}


def main(path: str, zone: str) -> int:
    """Follow the log until standard input closes."""
    # The command is spared DuckDB.
    from vivencia.columns.owner import try_to_own  # noqa: PLC0415
    from vivencia.columns.store import THREADS  # noqa: PLC0415

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the command, which tells us
    os.nice(_NICENESS)
    owner = try_to_own(DataDir(path), zone)
    if owner is None:
        return _OWNED_BY_ANOTHER
    try:
        owner.store.keep_small(COPYING_MB)
        owner.serve(bulk=True)
        sys.stdin.buffer.read()
        with owner.projector.at_rest():
            owner.store.keep_small(threads=THREADS)  # who read the file is gone, who wrote it waits
        owner.catch_up()
    finally:
        owner.close()
    return 0


class Following:
    """What the command holds: `expect()` rows as soon as they are known to come, `finish()` when
    all are written."""

    def __init__(self, data: DataDir, zone: str = "UTC") -> None:
        self._command = [sys.executable, "-m", __name__, str(data.path), zone]
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Following:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.finish()

    def expect(self, rows: int) -> None:
        """Begin to follow, if so many rows are worth it."""
        if rows >= WORTH_IT and self._process is None:
            environ = {**_GIVES_BACK, **os.environ}
            self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, env=environ)

    def finish(self) -> bool:
        """Whether all that was written is in the columns; if not, ask their owner."""
        if self._process is None:
            return False
        assert self._process.stdin is not None
        self._process.stdin.close()
        return self._process.wait() == 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
