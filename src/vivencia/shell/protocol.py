"""HTTP as it reaches us: uvicorn's own protocol, with an end to what a sender may weigh and take.

httptools gathers a request's head without a bound, slower the longer it gets: one connection
that never ends its first header would keep the whole server busy. Who trickles a body, or does
not take the answer, would keep one of our connections for as long as they please.
"""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LARGEST_HEAD = 64 * 1024  # bytes: address and headers
HEAD_S = 20.0  # for a head to arrive whole
BODY_S = 20.0  # for a body to arrive whole, and …
BODY_RATE = 16 * 1024  # … a second more for so many bytes that have
TAKING_S = 60.0  # for what waits to be sent to be taken, down to uvicorn's low mark

_LATE = b"The body of this request took too long."
_TIMEOUT = (
    b"HTTP/1.1 408 Request Timeout\r\ncontent-type: text/plain; charset=utf-8\r\n"
    b"content-length: %d\r\nconnection: close\r\n\r\n%b" % (len(_LATE), _LATE)
)


class BoundedProtocol(HttpToolsProtocol):
    """Closes a connection whose head grows past LARGEST_HEAD, whose head or body takes too long
    to come, or whose answer too long to be taken."""

    _head = 0  # bytes of a head not yet whole, 0 while there is none
    _in_head = True
    _in_body = False
    _body = 0  # bytes of the body so far
    _body_began = 0.0
    _waiting: asyncio.TimerHandle | None = None  # for a head, else for a body
    _taking: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        self._stop_taking()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._in_head:
            self._head += len(data)
        super().data_received(data)
        if self.transport.is_closing():
            return
        if self._in_head and self._head > LARGEST_HEAD:
            self.send_400_response("The head of this request is too large.")
        elif self._in_body and self._waiting is None:
            self._await_body()

    # ── what arrives ─────────────────────────────────────────────────────────

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head = True
        if self._waiting is None:  # the next request on the same connection
            self._await_head()

    def on_headers_complete(self) -> None:
        self._in_head, self._head = False, 0
        self._stop_waiting()
        self._in_body, self._body, self._body_began = True, 0, self.loop.time()
        self._heed_the_address()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._body += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._in_body = False
        self._stop_waiting()
        super().on_message_complete()

    def _heed_the_address(self) -> None:
        """A whole address names the host, whatever the header says (RFC 9112 §3.2.2)."""
        if not self.url.startswith(b"/") and (host := urlsplit(self.url).netloc):
            self.headers[:] = [
                (name, host if name == b"host" else value) for name, value in self.headers
            ]

    # ── clocks ───────────────────────────────────────────────────────────────

    def _await_head(self) -> None:
        self._waiting = self.loop.call_later(HEAD_S, self.transport.close)

    def _await_body(self) -> None:
        self._waiting = self.loop.call_at(self._body_due(), self._look_at_body)

    def _body_due(self) -> float:
        return self._body_began + BODY_S + self._body / BODY_RATE

    def _look_at_body(self) -> None:
        """Wait on for a body that has kept up meanwhile, or that we ourselves hold back."""
        if self.flow.read_paused:
            self._body_began = self.loop.time()
        if self._body_due() > self.loop.time():
            self._await_body()
            return
        if not self.cycle.response_started and not self.pipeline:
            self.transport.write(_TIMEOUT)
        self.transport.close()

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    # ── what is sent ─────────────────────────────────────────────────────────

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._taking is None:
            self._taking = self.loop.call_later(TAKING_S, self.transport.abort)

    def resume_writing(self) -> None:
        self._stop_taking()
        super().resume_writing()

    def _stop_taking(self) -> None:
        if self._taking is not None:
            self._taking.cancel()
            self._taking = None
