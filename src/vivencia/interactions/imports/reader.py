"""The process that reads a file, seen from whoever writes the log. No Django.

What it makes is taken in as it comes, so that it reads on while the log is written; it waits once
enough waits here, so that memory stays flat.
"""

from __future__ import annotations

import multiprocessing
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from queue import Empty, SimpleQueue

from vivencia.interactions.imports import child
from vivencia.interactions.imports.child import Compare, Failed, Go, Job, Message
from vivencia.interactions.imports.lineage import Earlier
from vivencia.lib import errors

_AHEAD = 280  # messages that may wait: more than a transaction takes, and a few megabytes
_ENDING_S = 2  # for the process to end by itself


class Reader:
    """One end of the pipe. `compare` is said once, during the survey or before; `go` after it."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._line = socket.socket(fileno=os.dup(pipe.fileno()))
        self._came = SimpleQueue[bytes | None]()
        self._room = threading.Semaphore(_AHEAD)
        self._ended = False

    def compare(self, earlier: list[Earlier]) -> None:
        with suppress(OSError):  # it may have ended already: `receive` tells of what
            self._pipe.send_bytes(child.encode(Compare(earlier)))

    def go(self, go: Go) -> None:
        self._pipe.send_bytes(child.encode(go))

    def receive(self, within_s: float | None = None) -> Message | None:
        """The next message; None if none came in that time. Its error is raised here as what it
        was, BadFile where the process is gone."""
        try:
            came = self._came.get(timeout=within_s)
        except Empty:
            return None
        if came is None:
            raise _gone()
        self._room.release()
        message: Message = child.decode(came)
        if isinstance(message, Failed):
            kind = getattr(errors, message.error, errors.BadFile)
            raise kind(es=message.es, en=message.en, reason=message.reason)
        return message

    def take_in(self) -> None:
        """Let wait here what comes, until either end is closed."""
        with self._pipe, suppress(EOFError, OSError):
            while self._room.acquire() and not self._ended:
                self._came.put(self._pipe.recv_bytes())
        self._came.put(None)

    def close(self) -> None:
        """Let `take_in` come to its end, and whoever is at the other one."""
        self._ended = True
        with self._line, suppress(OSError):
            self._line.shutdown(socket.SHUT_RDWR)
        self._room.release()


@contextmanager
def reading(job: Job) -> Iterator[Reader]:
    """A process that does `job`; it is gone when the block ends."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=child.main, args=(theirs, child.encode(job)), daemon=True)
    process.start()
    theirs.close()
    reader = Reader(ours)
    thread = threading.Thread(target=reader.take_in, name="import-reader", daemon=True)
    thread.start()
    try:
        yield reader
    finally:
        reader.close()
        thread.join()
        process.join(timeout=_ENDING_S)
        if process.is_alive():
            process.terminate()
            process.join()


def _gone() -> errors.BadFile:
    return errors.BadFile(
        es="La lectura del archivo se detuvo sin decir por qué. Lo que entró sigue dentro; "
        "vuelve a importarlo y seguirá.",
        en="Reading the file stopped without saying why. What came in stays; import it "
        "again and it goes on.",
        reason="child_gone",
    )
