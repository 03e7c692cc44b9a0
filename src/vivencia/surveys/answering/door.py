"""The short way of an answer: from a posted form into the intake writer's group, beside Django.

The writer's one fsync makes the answer, its spent link and its interactions durable together, for
all that wait. What is unusual (a problem to show, a refusal, a file, a browser without cookies, a
change of language) goes on to the page's own way with its body, so that it is said in one place.
No Django.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from vivencia.interactions.intake.writer import Submission, Writer
from vivencia.interactions.record import Interaction
from vivencia.lib.clock import now_ms
from vivencia.lib.errors import BadInput, Busy, VivenciaError
from vivencia.lib.networks import network_of
from vivencia.surveys.answering import steps, tokens, web
from vivencia.surveys.answering.web import Answered, Asked

Scope = Mapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
App = Callable[[Any, Any, Any], Awaitable[None]]

LARGEST = 64 * 1024  # a longer form is read by the page, which bounds it
_FORM = b"application/x-www-form-urlencoded"
_AGE_S = 30 * 24 * 3600


class Door:
    """POST under /s/: `pages` is asked for everything else, and for what is not plain."""

    def __init__(
        self, writer: Writer, secret: bytes, pages: App, *, trusted: int = 0, secure: bool = False
    ) -> None:
        """`trusted` is how many proxies of ours stand in front, `secure` whether by HTTPS."""
        self._writer, self._secret, self._pages = writer, secret, pages
        self._trusted, self._secure = trusted, secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        cookie = _cookie(headers.get(b"cookie", b""))
        if scope["method"] != "POST" or not cookie or not _is_short_form(headers):
            await self._pages(scope, receive, send)
            return
        body, whole = await _read(receive)
        answered = await self._taken(scope, headers, cookie, body) if whole else None
        if answered is None:
            await self._pages(scope, _again(body, receive, whole=whole), send)
            return
        where = web.next_address(scope["path"], answered)
        token = scope["path"].removeprefix(web.PATH)
        line = web.cookie(self._secure, token, answered.means.browser, _AGE_S)
        await _see_other(send, where, line)

    async def _taken(
        self, scope: Scope, headers: Mapping[bytes, bytes], cookie: str, body: bytes
    ) -> Answered | None:
        """What the form came to, once it is durable; None when the page has to say something."""
        asked = self._asked(scope, headers, cookie, body)
        if asked is None or steps.SWITCH in asked.form:
            return None
        found: list[Answered] = []

        def answer(connection: sqlite3.Connection) -> list[Interaction]:
            found[:] = [web.post(connection, self._secret, asked)]
            return found[0].outcome.interactions

        loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = loop.create_future()
        submission = Submission(
            [], received_at=asked.at, also=answer, loop=loop, done=lambda _: _set(done)
        )
        try:
            self._writer.submit(submission)
        except Busy:
            return None
        await done
        if submission.error is not None and not isinstance(submission.error, VivenciaError):
            raise submission.error
        refused = submission.error is not None or not found or found[0].outcome.problems
        return None if refused else found[0]

    def _asked(
        self, scope: Scope, headers: Mapping[bytes, bytes], cookie: str, body: bytes
    ) -> Asked | None:
        try:
            form = web.form_of(body)
        except BadInput:
            return None
        peer = scope.get("client") or ("", 0)
        forwarded = headers.get(b"x-forwarded-for", b"").decode("latin-1")
        network = network_of(peer[0], forwarded, self._trusted)
        return Asked(scope["path"].removeprefix(web.PATH), cookie, form, network, now_ms())


def _cookie(header: bytes) -> str:
    """The browser's name on this link; "" for none."""
    for part in header.decode("latin-1").split(";"):
        name, _, value = part.strip().partition("=")
        if name == tokens.COOKIE:
            return value
    return ""


def _is_short_form(headers: Mapping[bytes, bytes]) -> bool:
    kind = headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
    length = headers.get(b"content-length", b"")
    return kind == _FORM and length.isdigit() and int(length[:9]) <= LARGEST


async def _read(receive: Receive) -> tuple[bytes, bool]:
    """(the body, whether it came whole and short)."""
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if message["type"] != "http.request" or len(body) > LARGEST:
            return body, False
        if not message.get("more_body"):
            return body, True


def _again(body: bytes, receive: Receive, *, whole: bool) -> Receive:
    """`receive` for whoever reads the same request afresh."""
    told = False

    async def replay() -> Any:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": not whole}

    return replay


def _set(done: asyncio.Future[None]) -> None:
    if not done.done():
        done.set_result(None)


async def _see_other(send: Send, where: str, cookie: str) -> None:
    headers = [
        (b"location", where.encode("latin-1")),
        (b"set-cookie", cookie.encode("latin-1")),
        (b"referrer-policy", b"no-referrer"),
        (b"content-length", b"0"),
    ]
    await send({"type": "http.response.start", "status": 303, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
