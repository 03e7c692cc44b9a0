"""Who is let through to the pages, and when: few at once, each sender in turn.

Django gives each request a thread, and threads share one interpreter: sixty at work make each sixty
times slower, a person signing in too. So a request waits here, where it costs next to nothing, from
when its body is whole until its answer begins; whoever asks for more than there is room for is told
when to come back before Django does anything. Files to take away have turns of their own, since no
page shall stand in line behind them; what is streamed of them has bounds of its own
(people/downloads.py).
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import OrderedDict
from urllib.parse import parse_qsl

from django.conf import settings

from vivencia.lib.networks import network_of
from vivencia.lib.turns import Refused, Sender, Turns
from vivencia.people import downloads
from vivencia.reports.files import KINDS
from vivencia.shell.bodies import session_cookie
from vivencia.shell.security import (
    App,
    Message,
    Receive,
    Scope,
    Send,
    language_of,
    plain_answer,
    short_answer,
)

AT_ONCE, IN_LINE = 8, 500  # of all
FILES_AT_ONCE = 2  # being begun, beside the pages
OF_ONE = 3, 60  # of somebody signed in, or of a key: at once, and in line
# Of all those of one network whom we do not know. Of six at once each took six times as long, and
# the doors' writer had to get the interpreter back from all of them.
OF_STRANGERS = 2, 300
LONGEST_S = 10.0  # in line
REFUSED_AFTER_S = 0.3  # what it costs to refuse those who hammer on, the others pay
RETRY_AFTER_S = 2
FILES = (".csv", "answers.xlsx", "answers.parquet", "answers.sav")
_MOST_KNOWN = 10_000
_SAID = {
    429: {"es": "Pides demasiado a la vez. Vuelve a intentarlo en unos segundos.",
          "en": "You are asking for too much at once. Try again in a few seconds."},
    503: {"es": "Hay demasiado que hacer ahora mismo. Vuelve a intentarlo en unos segundos.",
          "en": "There is too much to do just now. Try again in a few seconds."},
}  # fmt: skip

_known: OrderedDict[bytes, None] = OrderedDict()  # hashes of sessions and keys that were good


def recognise(secret: str) -> None:
    """This session or key was good: what comes with it is somebody's own from now on. Others wait
    with all the strangers of their network, since anybody can make a cookie up."""
    hashed = _hash(secret)
    _known[hashed] = None
    _known.move_to_end(hashed)
    if len(_known) > _MOST_KNOWN:
        _known.popitem(last=False)


def admitted(app: App, turns: Turns | None = None) -> App:
    """`app`, which is asked few things at once; the others wait, or are refused with 429 where the
    sender alone is too many, and with 503 where all are."""
    turns, files = turns or Turns(AT_ONCE, IN_LINE), Turns(FILES_AT_ONCE, IN_LINE)

    async def admit(scope: Scope, receive: Receive, send: Send) -> None:
        is_file = asks_for_file(scope)
        if is_file and downloads.all_taken():
            await asyncio.sleep(REFUSED_AFTER_S)
            await _refuse(scope, send, 503)
            return
        turn = _Turn(files if is_file else turns, sender_of(scope), receive, send)
        try:
            await app(scope, turn.receive, turn.send)
        except Refused as refused:
            await asyncio.sleep(REFUSED_AFTER_S)
            await _refuse(scope, send, 429 if refused.own else 503)
        finally:
            turn.leave()

    return admit


class _Turn:
    """A request's turn: taken when its body is here whole, given back when its answer begins."""

    def __init__(self, turns: Turns, sender: Sender, receive: Receive, send: Send) -> None:
        self._turns, self._sender = turns, sender
        self._receive, self._send = receive, send
        self._asked = self._has = False

    async def receive(self) -> Message:
        message: Message = await self._receive()
        is_whole = message["type"] == "http.request" and not message.get("more_body")
        if not is_whole or self._asked:
            return message
        self._asked = True
        self._has = self._turns.take_at_once(self._sender)
        return message if self._has else await self._wait(message)

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.leave()
        await self._send(message)

    def leave(self) -> None:
        """Give it back; once."""
        if self._has:
            self._has = False
            self._turns.leave(self._sender)

    async def _wait(self, message: Message) -> Message:
        """`message` when it is our turn; if the sender goes away before, that they have."""
        turn = asyncio.ensure_future(self._turns.take(self._sender))
        gone = asyncio.ensure_future(self._receive())
        try:
            await asyncio.wait((turn, gone), timeout=LONGEST_S, return_when="FIRST_COMPLETED")
            if turn.done():
                turn.result()  # or its refusal
                self._has = True
                return message
            if gone.done():
                left: Message = gone.result()
                return left
            raise Refused(own=False)
        finally:
            turn.cancel()
            gone.cancel()
            had, _ = await asyncio.gather(turn, gone, return_exceptions=True)
            if had is None and not self._has:  # it was given to us as we went away
                self._turns.leave(self._sender)


def sender_of(scope: Scope) -> Sender:
    """Whose turn a request takes: of a session or key we know, else of its network's strangers."""
    headers = dict(scope["headers"])
    authorization = headers.get(b"authorization", b"").decode("latin-1")
    for secret in (authorization, session_cookie(scope)):
        if secret and (hashed := _hash(secret)) in _known:
            return Sender(hashed.hex(), *OF_ONE)
    peer = (scope.get("client") or ("",))[0]
    forwarded = headers.get(b"x-forwarded-for", b"").decode("latin-1")
    return Sender(network_of(peer, forwarded, settings.TRUSTED_PROXIES), *OF_STRANGERS)


def asks_for_file(scope: Scope) -> bool:
    """Whether it asks for a file to take away: `variants.csv`, `?show=xlsx`, `answers.sav`."""
    if scope["method"] != "GET":
        return False
    if scope["path"].endswith(FILES):
        return True
    asked = parse_qsl(scope.get("query_string", b"").decode("latin-1"))
    return any(name == "show" and value in KINDS for name, value in asked)


async def _refuse(scope: Scope, send: Send, status: int) -> None:
    """Says when to come back, to people in a sentence and to programs in JSON."""
    sentence, is_api = _SAID[status][language_of(scope)], scope["path"].startswith("/api/")
    later = (b"retry-after", b"%d" % RETRY_AFTER_S)
    if not is_api:
        await plain_answer(send, status, sentence, later)
        return
    told = {"error": "too_many" if status == 429 else "overloaded", "message": sentence}
    text = json.dumps(told, ensure_ascii=False)
    await short_answer(send, status, b"application/json", text, later)


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()
