"""HTTP as it reaches us: uvicorn's own protocol, with an end to what a head may weigh and take.

httptools gathers a request's head without a bound, slower the longer it gets: one connection
that never ends its first header would keep the whole server busy.
"""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LARGEST_HEAD = 64 * 1024  # bytes: address and headers
HEAD_S = 20.0  # for a head to arrive whole


class BoundedProtocol(HttpToolsProtocol):
    """Closes a connection whose next head grows past LARGEST_HEAD or takes longer than HEAD_S."""

    _head = 0  # bytes of a head not yet whole, 0 while there is none
    _in_head = True
    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._in_head:
            self._head += len(data)
        super().data_received(data)
        if self._in_head and self._head > LARGEST_HEAD and not self.transport.is_closing():
            self.send_400_response("The head of this request is too large.")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head = True
        if self._waiting is None:  # the next request on the same connection
            self._await_head()

    def on_headers_complete(self) -> None:
        self._in_head, self._head = False, 0
        self._stop_waiting()
        super().on_headers_complete()

    def _await_head(self) -> None:
        self._waiting = self.loop.call_later(HEAD_S, self.transport.close)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None
