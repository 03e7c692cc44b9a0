"""How much a page takes: bodies are counted as they arrive, whatever their length says.

A stranger may send a small form; only who may bring files in may send a large one. Who it is,
is asked once, when a body grows past what strangers may send.
"""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connection

from vivencia.people.access import may
from vivencia.people.models import User
from vivencia.people.reading import person_of_session
from vivencia.shell.security import (
    App,
    Message,
    Receive,
    Scope,
    Send,
    language_of,
    plain_answer,
)

STRANGER_BYTES = 1024 * 1024
FORM_BYTES = 4 * 1024 * 1024
UPLOAD_BYTES = 8 * 1024**3
ANSWER_BYTES = 4 * 1024 * 1024  # of anybody: a text too long is shown again, not lost
FILES_BYTES = 16 * 1024 * 1024  # of anybody: an answer with its files, spooled to the disk
UPLOADS = "/imports/"
ANSWERS = "/s/"


class _TooLarge(Exception):
    """A body has more bytes than its sender may send: the number is the limit."""


_SAID = {
    "es": "El envío es demasiado grande: aquí caben {} bytes como mucho.",
    "en": "The body is too large: at most {} bytes here.",
}


def bounded(app: App) -> App:
    """`app`, whose requests are refused with 413 as soon as their body is too large."""

    async def bound(scope: Scope, receive: Receive, send: Send) -> None:
        answering = False

        async def counted_send(message: Message) -> None:
            nonlocal answering
            answering = True
            await send(message)

        try:
            counted = _Counted(scope, receive)
            await counted.check(_declared(scope))
            await app(scope, counted, counted_send)
        except _TooLarge as error:
            if not answering:
                said = _SAID[language_of(scope)].format(error.args[0])
                await plain_answer(send, 413, said)

    return bound


class _Counted:
    """`receive`, which raises _TooLarge at the first byte too many."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._scope = scope
        self._receive = receive
        self._size = 0
        self._most = _anybodys(scope)
        self._known = False

    async def __call__(self) -> Message:
        message: Message = await self._receive()
        self._size += len(message.get("body", b""))
        await self.check(self._size)
        return message

    async def check(self, size: int) -> None:
        """Go on, or raise _TooLarge."""
        if size > self._most and not self._known:
            self._known = True
            self._most = await _most(self._scope)
        if size > self._most:
            raise _TooLarge(self._most)


def _anybodys(scope: Scope) -> int:
    """How many bytes anybody may send here."""
    if not scope["path"].startswith(ANSWERS):
        return STRANGER_BYTES
    kind = dict(scope["headers"]).get(b"content-type", b"").lower()
    return FILES_BYTES if kind.startswith(b"multipart/form-data") else ANSWER_BYTES


def _declared(scope: Scope) -> int:
    """What the request says of its length; it is only ever one number (security.py)."""
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value[:20])
    return 0


async def _most(scope: Scope) -> int:
    """How many bytes whoever sent this may send here."""
    user = await sync_to_async(_person)(session_cookie(scope))
    if user is None:
        return STRANGER_BYTES
    brings_files = scope["path"].startswith(UPLOADS) and may(user, "imports.run")
    return UPLOAD_BYTES if brings_files else FORM_BYTES


def _person(cookie: str) -> User | None:
    """Who is signed in. No request ends in this thread, which would give its connection back: one
    that PostgreSQL had ended would stay here for good."""
    try:
        return person_of_session(cookie)
    finally:
        connection.close()


def session_cookie(scope: Scope) -> str:
    """What the browser says its session is; "" without one."""
    sent = b"; ".join(value for name, value in scope["headers"] if name == b"cookie")
    try:
        cookie = SimpleCookie(sent.decode("latin-1")).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return ""
    return cookie.value if cookie else ""
