"""What every answer carries and every request must pass, before any room sees it.

Wrapped around the whole application (asgi.py), so that pages, doors, files and errors have it
alike: nobody can forget it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from functools import lru_cache
from time import perf_counter
from typing import Any

from django.http.request import split_domain_port, validate_host

from vivencia.lib.content_policy import content_policy
from vivencia.lib.language import asked_language
from vivencia.shell.watching.counters import REQUESTS

# ASGI's own loose types: what the servers and frameworks around us agree on.
Scope = dict[str, Any]
Header = tuple[bytes, bytes]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
App = Callable[[Any, Any, Any], Awaitable[None]]

POLICY = content_policy()
HEADERS: dict[bytes, bytes] = {
    b"content-security-policy": POLICY.encode(),
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"same-origin",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"camera=(), microphone=(), geolocation=(), payment=(), usb=(), "
    b"browsing-topics=()",
}
# A page is somebody's own view of personal data: no cache on the way may keep it.
NO_STORE = (b"cache-control", b"no-store")

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_ENDING = {
    "es": "El servidor se está parando. Vuelve a intentarlo en unos segundos.",
    "en": "The server is stopping. Try again in a few seconds.",
}
LONGEST_TARGET = 8 * 1024  # path and query: a page's filters are in its address


def secured(app: App, hosts: Iterable[str]) -> App:
    """`app`, with every answer's headers set and impossible requests turned away."""
    allowed = tuple(hosts)

    async def secure(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return

        began, answering = perf_counter(), False

        async def send_with_headers(message: Message) -> None:
            nonlocal answering
            if message["type"] == "http.response.start":
                answering = True
                REQUESTS.answered(message["status"], perf_counter() - began)
                message["headers"] = with_headers(message.get("headers", ()))
            await send(message)

        refused = refusal(scope, allowed)
        if refused is not None:
            await plain_answer(send_with_headers, *refused)
            return
        try:
            await app(scope, receive, send_with_headers)
        except asyncio.CancelledError:  # the server ends, and has waited as long as it may
            if not answering:
                said = _ENDING[language_of(scope)]
                await plain_answer(send_with_headers, 503, said, (b"retry-after", b"5"))

    return secure


def with_headers(headers: Iterable[Header]) -> list[Header]:
    """`headers` with ours added; one that the room has set itself stays."""
    kept = [(name.lower(), value) for name, value in headers if name.lower() != b"server"]
    present = {name for name, _ in kept}
    kept += [(name, value) for name, value in HEADERS.items() if name not in present]
    if b"cache-control" not in present:
        kept.append(NO_STORE)
    return kept


def language_of(scope: Scope) -> str:
    """ "es" or "en": the language of what is said before a page could be made."""
    return asked_language(dict(scope["headers"]).get(b"accept-language", b""))


async def plain_answer(send: Send, status: int, sentence: str, *more: Header) -> None:
    """A short answer of plain text, for what no page is made for."""
    await short_answer(send, status, b"text/plain; charset=utf-8", f"{sentence}\n", *more)


async def short_answer(send: Send, status: int, kind: bytes, text: str, *more: Header) -> None:
    """An answer that ends the connection; `more` headers go along."""
    body = text.encode()
    length = (b"content-length", b"%d" % len(body))
    headers = [(b"content-type", kind), length, *more, (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def refusal(scope: Scope, allowed: tuple[str, ...]) -> tuple[int, str] | None:
    """Why a request reaches no room, as a status and a sentence; None for one that does."""
    if scope["method"] not in METHODS:
        return 405, "This method is not used here."
    if len(scope.get("raw_path") or b"") + len(scope.get("query_string", b"")) > LONGEST_TARGET:
        return 414, "This address is too long."
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    if len(hosts) != 1 or not _host_is_ours(hosts[0], allowed):
        return 400, "This server does not answer to that name. See VIVENCIA_URL."
    lengths = [value for name, value in scope["headers"] if name == b"content-length"]
    if len(lengths) > 1 or not all(length.isdigit() for length in lengths):
        return 400, "The length of the body is not clear."
    codings = [value for name, value in scope["headers"] if name == b"transfer-encoding"]
    if len(codings) > 1 or not all(coding.strip().lower() == b"chunked" for coding in codings):
        return 501, "Bodies are taken as they are or chunked."  # RFC 9112 §6.1
    return None


@lru_cache(maxsize=256)
def _host_is_ours(host: bytes, allowed: tuple[str, ...]) -> bool:
    domain, _ = split_domain_port(host.decode("latin-1"))
    return bool(domain) and validate_host(domain, allowed)
