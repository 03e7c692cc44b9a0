"""The intake as a bare ASGI application: routes, keys, status codes.

2xx only after the fsynced commit; an answer per item; never a 5xx for what was sent.
"""

from __future__ import annotations

import asyncio
import logging
import random
import sqlite3
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

import msgspec

from vivencia.interactions import checks
from vivencia.interactions.append import Fate
from vivencia.interactions.database import open_database
from vivencia.interactions.intake import recent
from vivencia.interactions.intake.beside import Beside
from vivencia.interactions.intake.bodies import Gone, body_from, body_of, let_go
from vivencia.interactions.intake.door import FORMS, Form, SetAside, raws, read
from vivencia.interactions.intake.interpret import Sender
from vivencia.interactions.intake.limits import LARGEST_BODY, LARGEST_SEGMENT_BATCH
from vivencia.interactions.intake.refusals import REFUSALS, BadBody
from vivencia.interactions.intake.writer import Submission, Writer, busy
from vivencia.interactions.reasons import REASONS, BadItem
from vivencia.interactions.record import Flag, Interaction
from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import Busy
from vivencia.lib.language import asked_language
from vivencia.lib.postgres.lost import is_lost
from vivencia.people.keys import KeyInfo, KeyRing, key_in_header

log = logging.getLogger(__name__)

_KEY_REMEMBERED_S = 0.5  # beside the second of the key ring
REFUSED_AFTER_S = 0.3
_MOST_KEYS = 1_000
OWN_PATH = "/api/v1/interactions"
Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]


class Route(msgspec.Struct, frozen=True):
    form: Form
    door: str  # as the quarantine remembers it, so that it can be replayed
    largest: int = LARGEST_BODY
    segment: bool = False


ROUTES = {OWN_PATH: Route(FORMS["interactions"], "interactions")} | {
    f"/v1/{door.partition('/')[2]}": Route(form, door, LARGEST_SEGMENT_BATCH, segment=True)
    for door, form in FORMS.items()
    if door.startswith("segment/")
}
BY_DOOR = {route.door: route for route in ROUTES.values()}


class Result(msgspec.Struct, omit_defaults=True, gc=False):
    """What became of one item."""

    status: str
    id: str | None = None
    reason: str | None = None
    field: str | None = None
    message: str | None = None
    warnings: tuple[str, ...] = ()


class Answer(msgspec.Struct, omit_defaults=True):
    results: list[Result]
    success: bool | None = None  # what Segment's SDKs look for


class Told(NamedTuple):
    """What a request is answered; its type and length are added by who sends it."""

    status: int
    body: bytes
    headers: tuple[tuple[bytes, bytes], ...] = ()


_encode = msgspec.json.Encoder().encode
_STORED = Fate.stored
JSON_TYPE = (b"content-type", b"application/json")


class Intake:
    """`start()` it, serve it, `stop()` it: what was taken is committed before it ends."""

    def __init__(
        self, data: DataDir, *, most_waiting: int | None = None, beside: Beside | None = None
    ) -> None:
        """`beside` reads large bodies; without it all are read in the event loop."""
        self._beside = beside
        self._secret = data.derived("log")
        self._open: Callable[[], sqlite3.Connection] = lambda: open_database(data.database)
        self._keys = KeyRing(self._open, data.secret())
        settings = {} if most_waiting is None else {"most_waiting": most_waiting}
        self.writer = Writer(self._open, self._secret, **settings)
        self._good_keys: dict[bytes, tuple[float, KeyInfo]] = {}
        self._reader: sqlite3.Connection | None = None
        self._declared: Mapping[str, str] = {}
        self._declared_at = float("-inf")

    def start(self) -> None:
        self.writer.start()

    def stop(self, patience_s: float = 10.0) -> bool:
        """Commit what was taken; False if that took longer than `patience_s`."""
        done = self.writer.stop(patience_s)
        if self._beside is not None:
            self._beside.close()
        return done

    async def __call__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        unread = False
        try:
            told = await self._told(scope, headers, receive)
        except Gone:
            return
        except BadBody as bad:
            unread = bad.reason == "too_large"
            told = _refused(bad, _language(headers))
        except Busy as error:
            told = _come_back(error, _language(headers))
        except sqlite3.Error as error:
            log.warning("the intake can not read its keys: %s", error)
            told = _come_back(None, _language(headers))
        body = b"" if scope["method"] == "HEAD" else told.body
        length = (b"content-length", b"%d" % len(body))
        start = {"type": "http.response.start", "status": told.status}
        await send({**start, "headers": [JSON_TYPE, length, *told.headers]})
        if unread:
            await send({"type": "http.response.body", "body": body, "more_body": True})
            await let_go(receive)
            body = b""
        await send({"type": "http.response.body", "body": body})

    async def _told(
        self, scope: Mapping[str, Any], headers: Mapping[bytes, bytes], receive: Receive
    ) -> Told:
        route = ROUTES.get(scope["path"])
        if route is None:
            raise BadBody("not_found")
        if scope["method"] != "POST":
            raise BadBody("method")
        key = self._key(headers)
        body = await body_of(headers, receive, largest=route.largest, segment=route.segment)
        told: asyncio.Future[Told] = asyncio.get_running_loop().create_future()
        if self._is_full(body):
            self._refuse(key, headers, told.set_result)
        else:
            self._submit(route, key, headers, body, told.set_result)
        return await told

    def _is_full(self, body: bytes) -> bool:
        """Whether the writer, or the reader of large bodies, has too much to do to take it. What is
        being read will want a place with the writer: to read it in vain costs more than to refuse
        it."""
        if self._beside is None:
            return not self.writer.has_room()
        return not (self._beside.has_room(body) and self.writer.has_room(self._beside.waiting))

    def _refuse(
        self, key: KeyInfo, headers: Mapping[bytes, bytes], answer: Callable[[Told], None]
    ) -> None:
        """Ask to come back, before the body is looked into and a moment later: what it costs to
        refuse those who hammer on, those who were admitted pay."""
        error = busy("draining" if self.writer.is_stopping else "overloaded")
        sender = self._sender(key)
        recent.remember(
            recent.Received(sender.received_at, sender.source, "", "refused", error.reason)
        )
        told = _come_back(error, _language(headers))
        later_s = REFUSED_AFTER_S if error.reason == "overloaded" else 0.0
        asyncio.get_running_loop().call_later(later_s, answer, told)

    def has(self, path: str) -> bool:
        """Whether `path` is one of its doors."""
        return path in ROUTES

    def take(
        self,
        path: str,
        headers: Mapping[bytes, bytes],
        data: bytes,
        answer: Callable[[Told], None],
    ) -> bool:
        """Whether this POST, here as a whole, was taken: then `answer` is called in the running
        loop, once all is committed or too much is waiting. If not, ask `__call__` what to say."""
        route = ROUTES.get(path)
        if route is None:
            return False
        try:
            key = self._key(headers)
            if self._is_full(data):
                self._refuse(key, headers, answer)
                return True
            body = body_from(headers, data, largest=route.largest, segment=route.segment)
            self._submit(route, key, headers, body, answer)
        except (BadBody, Busy, sqlite3.Error):
            return False
        return True

    def _submit(
        self,
        route: Route,
        key: KeyInfo,
        headers: Mapping[bytes, bytes],
        body: bytes,
        answer: Callable[[Told], None],
    ) -> None:
        """Read the body and hand it to the writer. Raises BadBody, or Busy when it is full; of a
        large body, which is read beside, that is answered."""
        sender = self._sender(key)
        language = _language(headers)

        def enter(items: list[Interaction | SetAside]) -> None:
            self._enter(Submission(
                items,
                received_at=sender.received_at,
                done=lambda done: answer(_answered(done, items, sender.source, language, route)),
                loop=asyncio.get_running_loop(),
                door=route.door,
                api_key=key.id,
                raws=lambda: raws(body, route.form),
            ), sender.source)  # fmt: skip

        def then(items: list[Interaction | SetAside] | None) -> None:
            try:
                enter(read(body, route.form, sender) if items is None else items)
            except BadBody as bad:
                answer(_refused(bad, language))
            except Busy as error:
                answer(_come_back(error, language))
            except Exception:  # whoever waits is told, whatever it was
                log.exception("a large body could not be taken")
                answer(_come_back(None, language))

        if self._beside is None or not self._beside.read(route.door, sender, body, then):
            enter(read(body, route.form, sender))

    def _enter(self, submission: Submission, source: str) -> None:
        try:
            self.writer.submit(submission)
        except Busy as error:
            _remember(submission, source, error.reason)
            raise

    def _key(self, headers: Mapping[bytes, bytes]) -> KeyInfo:
        """The key of a request. A good one is remembered for half a second: its HMAC lets go of
        the interpreter's lock, and to get that back from the writer can take milliseconds."""
        header = headers.get(b"authorization", b"")
        now = time.monotonic()
        known = self._good_keys.get(header)
        if known is not None and known[0] > now:
            return known[1]
        text = key_in_header(header.decode("latin-1"))
        key = self._keys.check(text) if text else None
        if key is None:
            raise BadBody("no_key")
        if "intake" not in key.scopes:
            raise BadBody("no_scope")
        if len(self._good_keys) > _MOST_KEYS:
            self._good_keys.clear()
        self._good_keys[header] = now + _KEY_REMEMBERED_S, key
        return key

    def _sender(self, key: KeyInfo) -> Sender:
        now = time.monotonic()
        if now - self._declared_at > 1.0:
            self._declared = declared_facts(self._connection())
            self._declared_at = now
        return Sender(
            source=source_of(key),
            secret=self._secret,
            received_at=time.time_ns() // 1_000_000,
            verified=key.verified,
            facts=self._declared,
        )

    def _connection(self) -> sqlite3.Connection:
        if self._reader is None or is_lost(self._reader):
            self._reader = self._open()
        return self._reader


def declared_facts(connection: sqlite3.Connection) -> dict[str, str]:
    """name -> sort of every property declared as not personal."""
    return dict(connection.execute("SELECT name, sort FROM fact_names"))


def source_of(key: KeyInfo) -> str:
    """The source's word: the key's name, so that a new key of the same name goes on with it."""
    try:
        return checks.word(key.name) or f"key {key.id}"
    except BadItem:  # somebody called it by an address or a telephone
        return f"key {key.id}"


# ── answers ──────────────────────────────────────────────────────────────────


def _language(headers: Mapping[bytes, bytes]) -> str:
    return asked_language(headers.get(b"accept-language", b""))


def _answered(
    submission: Submission,
    items: Sequence[Interaction | SetAside],
    source: str,
    language: str,
    route: Route,
) -> Told:
    """What became of each item, in order; or to come back, when none could be kept."""
    error = submission.error
    if error is not None:
        refusal = error if isinstance(error, Busy) else None
        _remember(submission, source, refusal.reason if refusal else "unavailable")
        return _come_back(refusal, language)
    _remember(submission, source)
    results = [
        _result(item, fate, language) for item, fate in zip(items, submission.fates, strict=True)
    ]
    return Told(200, _encode(Answer(results, True if route.segment else None)))


def _result(item: Interaction | SetAside, fate: Fate | SetAside, language: str) -> Result:
    if fate is _STORED and isinstance(item, Interaction) and not item.flags:  # nearly all
        return Result("stored", _id_of(item))
    uid = _id_of(item) if isinstance(item, Interaction) else None
    if isinstance(fate, SetAside):
        message = REASONS[fate.reason][language]
        return Result("quarantined", uid, fate.reason, fate.detail or None, message)
    flags = item.flags if isinstance(item, Interaction) else 0
    return Result(fate.value, uid, warnings=_warnings(flags))


@cache
def _warnings(flags: int) -> tuple[str, ...]:
    return tuple(flag.name or "" for flag in Flag(flags))


def _id_of(one: Interaction) -> str:
    """The id as the sender wrote it; a UUID in its canonical spelling."""
    if one.sender_id is not None:
        return one.sender_id
    text = one.id.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _refused(bad: BadBody, language: str) -> Told:
    said = bad.es if language == "es" else bad.en
    extra = []
    if bad.status == 405:
        extra.append((b"allow", b"POST"))
    if bad.status == 401:
        extra.append((b"www-authenticate", b'Bearer realm="vivencia"'))
    if bad.status == 413 or bad.reason == "bad_length":
        extra.append((b"connection", b"close"))  # what is left of the body is not read
    body = _encode({"error": bad.reason, "message": said, **bad.more})
    return Told(bad.status, body, tuple(extra))


def _come_back(error: Busy | None, language: str) -> Told:
    """429 or 503 with Retry-After, jittered so that senders do not all come back at once."""
    reason = error.reason if error is not None else "unavailable"
    refusal = REFUSALS[reason]
    wait = random.randint(1, 3) if reason == "overloaded" else random.randint(2, 6)  # noqa: S311
    extra = [(b"retry-after", b"%d" % wait)]
    if reason == "draining":
        extra.append((b"connection", b"close"))
    said = refusal.es if language == "es" else refusal.en
    return Told(refusal.status, _encode({"error": reason, "message": said}), tuple(extra))


def _remember(submission: Submission, source: str, refused: str = "") -> None:
    """What the page of the last items shows: times, fates and kinds, nobody's data."""
    start = max(0, len(submission.items) - recent.MOST)
    fates = submission.fates[start:]
    for place, item in enumerate(submission.items[start:]):
        kind = item.kind if isinstance(item, Interaction) else ""
        status, reason = ("refused", refused) if refused else _in_words(fates[place])
        recent.remember(recent.Received(submission.received_at, source, kind, status, reason))


def _in_words(fate: Fate | SetAside) -> tuple[str, str]:
    return ("quarantined", fate.reason) if isinstance(fate, SetAside) else (fate.value, "")
