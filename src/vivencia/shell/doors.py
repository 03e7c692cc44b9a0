"""The doors' short way: a request that came whole in one read goes straight to the intake.

Through ASGI it costs a task, two wrappers and four messages, several times what it costs to read
and check one interaction. Here its body is handed over as it is, and its answer goes out in one
write. Whatever is unusual goes the ASGI way: a body still on its way, another method, a refusal.
So refusals are said in one place, and both ways say the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from vivencia.interactions.intake.asgi import JSON_TYPE, Intake, Told
from vivencia.shell.protocol import BoundedProtocol
from vivencia.shell.security import refusal, with_headers

_CLOSE = (b"connection", b"close")
_FIXED = b"".join(b"%b: %b\r\n" % header for header in with_headers([JSON_TYPE]))


class DoorsProtocol(BoundedProtocol):
    """HTTP for pages and doors on one address; `hosts` are the names we answer to."""

    def __init__(self, *args: Any, intake: Intake, hosts: Sequence[str], **more: Any) -> None:
        super().__init__(*args, **more)
        self._intake = intake
        self._hosts = tuple(hosts)
        self._held: RequestResponseCycle | None = None  # until we know whether its body is here

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        scope = cycle.scope
        is_plain = app is self.app and scope["method"] == "POST" and cycle.more_body
        if is_plain and not cycle.waiting_for_100_continue and self._intake.has(scope["path"]):
            self._held = cycle
        else:
            super()._start_asgi_task(cycle, app)

    def on_message_complete(self) -> None:
        super().on_message_complete()
        cycle, self._held = self._held, None
        if cycle is not None and not self._handed_over(cycle):
            super()._start_asgi_task(cycle, self.app)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        cycle, self._held = self._held, None
        if cycle is not None:
            super()._start_asgi_task(cycle, self.app)

    def _handed_over(self, cycle: RequestResponseCycle) -> bool:
        scope: Any = cycle.scope
        if self.flow.write_paused or refusal(scope, self._hosts) is not None:
            return False
        return self._intake.take(
            scope["path"],
            dict(scope["headers"]),
            bytes(cycle.body),
            lambda told: self._say(cycle, told),
        )

    def _say(self, cycle: RequestResponseCycle, told: Told) -> None:
        cycle.response_started = cycle.response_complete = True
        if cycle.disconnected:
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
