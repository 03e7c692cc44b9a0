"""The doors' short way: a request that came whole in one read goes straight to the intake.

Through ASGI it costs a task, two wrappers and four messages, several times what it costs to read
and check one interaction. Here its body is handed over as it is, and its answer goes out in one
write. Whatever is unusual goes the ASGI way: a body still on its way, another method, a refusal
other than that too much is waiting. What is said is made in one place, so both ways say the same.

A sender's heads are alike: one that was read and found good is remembered by its bytes, and the
next request that begins with them needs no parser. Its key is checked each time all the same. Only
a head read at once is remembered: the end of one, without its key, would let anybody in.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, NamedTuple

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from vivencia.interactions.intake.asgi import JSON_TYPE, Intake, Told
from vivencia.shell.protocol import BoundedProtocol
from vivencia.shell.security import refusal, with_headers

log = logging.getLogger(__name__)

_CLOSE = (b"connection", b"close")
_FIXED = b"".join(b"%b: %b\r\n" % header for header in with_headers([JSON_TYPE]))


_HEAD_ENDS = b"\r\n\r\n"
_MOST_HEADS, _LONGEST_HEAD = 1_000, 2_000


class _Head(NamedTuple):
    """What a head said that was good: it keeps the connection, and its body has a length."""

    path: str
    headers: dict[bytes, bytes]
    length: int


class DoorsProtocol(BoundedProtocol):
    """HTTP for pages and doors on one address; `hosts` are the names we answer to, `heads` what
    all connections know of heads that came before."""

    def __init__(
        self, *args: Any, intake: Intake, hosts: Sequence[str], heads: dict[bytes, _Head],
        **more: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **more)
        self._intake = intake
        self._hosts = tuple(hosts)
        self._heads = heads
        self._held: RequestResponseCycle | None = None  # until we know whether its body is here
        self._midway = False  # a request has begun and is not here whole
        self._read_at_once = b""  # what began with a request; nothing of one begun before

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        scope = cycle.scope
        is_plain = app is self.app and scope["method"] == "POST" and cycle.more_body
        if is_plain and not cycle.waiting_for_100_continue and self._intake.has(scope["path"]):
            self._held = cycle
        else:
            super()._start_asgi_task(cycle, app)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._midway = True

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._midway = False
        cycle, self._held = self._held, None
        if cycle is not None and not self._handed_over(cycle):
            super()._start_asgi_task(cycle, self.app)

    def data_received(self, data: bytes) -> None:
        if self._is_between_requests() and self._began_like_another(data):
            return
        self._read_at_once = b"" if self._midway else data
        super().data_received(data)
        cycle, self._held = self._held, None
        if cycle is not None:
            super()._start_asgi_task(cycle, self.app)

    def _handed_over(self, cycle: RequestResponseCycle) -> bool:
        scope: Any = cycle.scope
        if self.flow.write_paused or refusal(scope, self._hosts) is not None:
            return False
        head = _Head(scope["path"], dict(scope["headers"]), len(cycle.body))
        taken = self._take(cycle, head, bytes(cycle.body))
        if taken:
            self._remember(cycle, head)
        return taken

    def _take(self, cycle: RequestResponseCycle, head: _Head, body: bytes) -> bool:
        """Whether the intake took it. What fails goes the ASGI way and fails there: raised within
        the parser it would be told the sender as a bad request, who would not come back."""
        try:
            return self._intake.take(
                head.path, head.headers, body, lambda told: self._say(cycle, told)
            )
        except Exception:
            log.exception("the doors' short way failed; the request goes the long one")
            return False

    # ── heads that came before ───────────────────────────────────────────────

    def _is_between_requests(self) -> bool:
        """Whether the parser waits for a request, and nothing for an answer."""
        cycle: RequestResponseCycle | None = self.cycle
        return (
            cycle is not None
            and cycle.response_complete
            and not (self._in_head or self._in_body or self.pipeline or self.flow.write_paused)
        )

    def _began_like_another(self, data: bytes) -> bool:
        """Whether `data` was one whole request with a head we know, and was taken."""
        start = data.find(_HEAD_ENDS) + len(_HEAD_ENDS)
        head = self._heads.get(data[:start])
        if head is None or len(data) != start + head.length:
            return False
        cycle = self.cycle  # of the request before, which it goes on from
        if not self._take(cycle, head, data[start:]):
            return False
        self._unset_keepalive_if_required()
        cycle.response_started = cycle.response_complete = False
        return True

    def _remember(self, cycle: RequestResponseCycle, head: _Head) -> None:
        data = self._read_at_once
        start = len(data) - head.length
        is_whole = start <= _LONGEST_HEAD and data.find(_HEAD_ENDS) + len(_HEAD_ENDS) == start
        is_plain = b"content-length" in head.headers and b"upgrade" not in head.headers
        if is_whole and is_plain and cycle.keep_alive:
            if len(self._heads) >= _MOST_HEADS:
                self._heads.clear()
            self._heads[data[:start]] = head

    # ── answers ──────────────────────────────────────────────────────────────

    def _say(self, cycle: RequestResponseCycle, told: Told) -> None:
        cycle.response_started = cycle.response_complete = True
        if cycle.disconnected or self.transport.is_closing():
            return
        headers = [*self.server_state.default_headers, *told.headers]
        if not cycle.keep_alive and _CLOSE not in headers:
            headers.append(_CLOSE)
        head = b"".join(b"%b: %b\r\n" % header for header in headers)
        length = b"content-length: %d\r\n\r\n" % len(told.body)
        self.transport.write(b"".join((STATUS_LINE[told.status], head, _FIXED, length, told.body)))
        if _CLOSE in headers:
            self.transport.close()
        self.on_response_complete()


def doors_protocol(intake: Intake, hosts: Sequence[str]) -> Callable[..., DoorsProtocol]:
    """What makes the protocol of each connection."""
    return partial(DoorsProtocol, intake=intake, hosts=hosts, heads={})
