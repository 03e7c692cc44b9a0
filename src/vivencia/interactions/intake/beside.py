"""Large bodies are read in a process of their own, so that reading and writing have a core each.

    python -m vivencia.interactions.intake.beside

Reading a batch holds Python's interpreter for milliseconds, and the writer, who needs it after each
statement, would wait as long. Here bytes go in and interactions come out, in order; nothing is
shared and nothing kept. What this process refuses or does not live to read is read in the event
loop, as small bodies are: so the answers are the same, and said in one place. With too much to read
already, who sends more is asked to come back, as when the writer is full.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable
from io import BufferedRWPair

import msgspec

from vivencia.interactions.intake.door import FORMS, SetAside, read
from vivencia.interactions.intake.interpret import Sender
from vivencia.interactions.record import Interaction

log = logging.getLogger(__name__)

LARGE = 8 * 1024  # bytes of a body; a smaller one is read sooner than it travels
# Bytes of bodies that wait to be read before senders of large ones are asked to wait: read within a
# tenth of a second by a reader that is given half a core, and then they wait for the writer.
MOST_THERE = 2 * 1024 * 1024
_EACH = 250.0  # bytes of an interaction, before any was seen
_HEED = 0.2  # of each new body in the moving average
_AGAIN_S = 5.0  # between two beginnings, should it not live
_LENGTH = 4  # bytes before each message that tell its own
_READY = b""
Items = list[Interaction | SetAside]
Then = Callable[[Items | None], None]


class Asked(msgspec.Struct, array_like=True):
    """A body to be read, and who sent it through which door."""

    door: str
    sender: Sender
    body: bytes


class Found(msgspec.Struct, array_like=True):
    """The items of a body: those that can be stored, and the others with their places."""

    made: list[Interaction]
    aside: list[tuple[int, SetAside]]


_encode = msgspec.msgpack.Encoder().encode
_decode_asked = msgspec.msgpack.Decoder(Asked).decode
_decode_found = msgspec.msgpack.Decoder(Found | None).decode


def _message(content: bytes) -> bytes:
    return len(content).to_bytes(_LENGTH, "big") + content


# ── the process ──────────────────────────────────────────────────────────────


def main() -> None:
    """Read bodies until the other side has gone."""
    for number in (signal.SIGINT, signal.SIGTERM):  # for the server, which answers first
        signal.signal(number, signal.SIG_IGN)
    gc.freeze()
    gc.set_threshold(50_000)
    with (
        contextlib.suppress(OSError),  # the other side has gone
        socket.socket(fileno=sys.stdin.fileno()) as line,
        line.makefile("rwb") as file,
    ):
        _answer(file)


def _answer(file: BufferedRWPair) -> None:
    file.write(_message(_READY))
    file.flush()
    while length := file.read(_LENGTH):
        content = file.read(int.from_bytes(length, "big"))
        file.write(_message(_found(_decode_asked(content))))
        file.flush()


def _found(asked: Asked) -> bytes:
    """The items, or None for whatever the event loop shall say itself."""
    try:
        items = read(asked.body, FORMS[asked.door], asked.sender)
        made = [one for one in items if isinstance(one, Interaction)]
        aside = [(place, one) for place, one in enumerate(items) if isinstance(one, SetAside)]
        return _encode(Found(made, aside))
    except Exception:  # a bad body, or a number no message can carry
        return _encode(None)


def _items(content: bytes) -> Items | None:
    found = _decode_found(content)
    if found is None:
        return None
    items: Items = list(found.made)
    for place, one in found.aside:
        items.insert(place, one)
    return items


# ── the server's side ────────────────────────────────────────────────────────


class Beside:
    """One reader, begun by the first large body, and another in its place should it die."""

    def __init__(self) -> None:
        self._line: _Line | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._begin_from = 0.0

    @property
    def pid(self) -> int:
        """The reader's process number, 0 while there is none."""
        return self._process.pid if self._process else 0

    @property
    def waiting(self) -> int:
        """About how many interactions are there, to be read or on their way back."""
        return self._line.waiting if self._line else 0

    def has_room(self, body: bytes) -> bool:
        """Whether `body`, if it is a large one, would not wait behind too many others."""
        return len(body) < LARGE or self._line is None or not self._line.is_full

    def read(self, door: str, sender: Sender, body: bytes, then: Then) -> bool:
        """Whether `body` is read there: `then` is called in the running loop with its items, or
        with None when it must be read here all the same."""
        if len(body) < LARGE:
            return False
        if self._line is None or self._line.is_lost:
            self._begin()
            return False
        return self._line.ask(Asked(door, sender, body), then)

    def close(self) -> None:
        """Let it end: nothing is there that anybody waits for."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def _begin(self) -> None:
        now = time.monotonic()
        if now < self._begin_from:
            return
        self._begin_from = now + _AGAIN_S
        self.close()  # so that it leaves no entry in the table of processes
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                self._process = subprocess.Popen(
                    [sys.executable, "-m", __name__], stdin=theirs.fileno(), start_new_session=True
                )
        except OSError as error:  # no room for one more process
            ours.close()
            log.warning("large bodies are read in the event loop: %s", error)
            return
        line = self._line = _Line()
        loop = asyncio.get_running_loop()
        line.connecting = loop.create_task(loop.create_unix_connection(lambda: line, sock=ours))


class _Line(asyncio.Protocol):
    """The way to one reader. It answers in the order it is asked."""

    def __init__(self) -> None:
        self.connecting: asyncio.Task[object] | None = None
        self.is_lost = False
        self._is_ready = False
        self._transport: asyncio.WriteTransport | None = None
        self._waiting: deque[tuple[int, Then]] = deque()
        self._there = 0  # bytes of the bodies waited for
        self._each = _EACH  # bytes, of late
        self._come = bytearray()

    @property
    def is_full(self) -> bool:
        return self._there >= MOST_THERE

    @property
    def waiting(self) -> int:
        return round(self._there / self._each)

    def ask(self, asked: Asked, then: Then) -> bool:
        """Whether it could be asked. A body is taken whole where there is room for any of it."""
        size = len(asked.body)
        if not self._is_ready or self._transport is None or self.is_full:
            return False
        self._transport.write(_message(_encode(asked)))
        self._waiting.append((size, then))
        self._there += size
        return True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        self._come += data
        while len(self._come) >= _LENGTH:
            end = _LENGTH + int.from_bytes(self._come[:_LENGTH], "big")
            if len(self._come) < end:
                return
            content = bytes(self._come[_LENGTH:end])
            del self._come[:end]
            if content == _READY:
                self._is_ready = True
            else:
                self._tell(_items(content))

    def connection_lost(self, exc: Exception | None) -> None:
        log.warning("the reader of large bodies ended; they are read here until there is another")
        self._is_ready, self.is_lost = False, True
        while self._waiting:
            self._tell(None)

    def _tell(self, items: Items | None) -> None:
        size, then = self._waiting.popleft()
        self._there -= size
        if items:
            self._each += _HEED * (size / len(items) - self._each)
        try:
            then(items)
        except Exception:  # one request that fails shall not cost the others theirs
            log.exception("whoever sent a large body could not be answered")


if __name__ == "__main__":
    main()
