"""Pages on threads of their own: each request has one while it lasts, and leaves nothing in it."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.core.signals import request_finished
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import translation

from vivencia.shell.handler import MOST_IDLE, Pages
from vivencia.shell.security import Message, Receive, Scope

PATIENCE_S = 20
Answer = Callable[[HttpRequest], HttpResponseBase]


def pages(answer: Answer) -> Pages:
    """Django with `answer` in the place of its views."""
    made = Pages()
    made.get_response = answer  # type: ignore[assignment]
    return made


async def ask(app: Pages, receive: Receive | None = None) -> list[Message]:
    scope: Scope = {
        "type": "http", "method": "GET", "path": "/", "raw_path": b"/", "query_string": b"",
        "headers": [(b"host", b"localhost")], "client": ("192.0.2.7", 1), "server": ("x", 80),
    }  # fmt: skip
    told: list[Message] = []

    async def send(message: Message) -> None:
        told.append(message)

    await asyncio.wait_for(app(scope, receive or browser(), send), PATIENCE_S)
    return told


def browser(*, goes_after_s: float | None = None) -> Receive:
    """One that sends no body, and stays to the end or goes away."""
    bodies = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Message:
        if bodies:
            return bodies.pop()
        await asyncio.sleep(PATIENCE_S if goes_after_s is None else goes_after_s)
        return {"type": "http.disconnect"}

    return receive


def test_the_next_request_has_the_thread_of_the_one_before() -> None:
    threads: list[int] = []

    def answer(_: HttpRequest) -> HttpResponse:
        threads.append(threading.get_ident())
        return HttpResponse("one")

    async def in_turn() -> None:
        app = pages(answer)
        for _ in range(5):
            assert [one.get("body") for one in await ask(app)][-1] == b"one"

    asyncio.run(in_turn())
    assert len(set(threads)) == 1
    assert threads[0] != threading.get_ident()


def test_those_at_once_have_each_their_own_and_not_all_are_kept() -> None:
    n, threads = 2 * MOST_IDLE, set[int]()
    all_here = threading.Barrier(n)

    def answer(_: HttpRequest) -> HttpResponse:
        threads.add(threading.get_ident())
        all_here.wait(PATIENCE_S)
        return HttpResponse()

    async def at_once() -> Pages:
        app = pages(answer)
        await asyncio.gather(*(ask(app) for _ in range(n)))
        return app

    app = asyncio.run(at_once())
    assert len(threads) == n
    assert len(app._idle) == MOST_IDLE


def test_nothing_of_one_request_is_there_in_the_next() -> None:
    found: list[str] = []

    def answer(_: HttpRequest) -> HttpResponse:
        found.append(translation.get_language())
        translation.activate("en")
        return HttpResponse()

    async def in_turn() -> None:
        app = pages(answer)
        for _ in range(2):
            await ask(app)

    with translation.override("es"):
        asyncio.run(in_turn())
    assert found == ["es", "es"]


def test_a_page_has_given_back_what_it_needed_before_it_is_sent() -> None:
    order: list[str] = []

    def finished(**_: object) -> None:
        order.append(f"finished on {threading.current_thread().name[:4]}")

    async def asked() -> None:
        app = pages(lambda _: HttpResponse("whole"))
        order.extend(str(one["type"]) for one in await ask(app))

    request_finished.connect(finished)
    try:
        asyncio.run(asked())
    finally:
        request_finished.disconnect(finished)
    assert order == ["finished on page", "http.response.start", "http.response.body"]


class Pieces:
    """A file made piece by piece, that knows whether it was let go."""

    def __init__(self, *, fails: bool = False) -> None:
        self.made, self.closed_by, self._fails = 0, "", fails

    async def __aiter__(self) -> Any:
        while self.made < 200:
            self.made += 1
            if self._fails and self.made == 3:
                raise OSError("the disk")
            await asyncio.sleep(0.005)
            yield b"piece"

    def close(self) -> None:
        self.closed_by = threading.current_thread().name


def test_a_stream_ends_when_whoever_asked_has_gone() -> None:
    pieces = Pieces()

    async def asked() -> float:
        app = pages(lambda _: StreamingHttpResponse(pieces))
        began = time.monotonic()
        await ask(app, browser(goes_after_s=0.05))
        return time.monotonic() - began

    asyncio.run(asked())
    assert 0 < pieces.made < 200
    assert pieces.closed_by.startswith("page")


def test_a_stream_is_sent_whole_to_who_stays() -> None:
    pieces = Pieces()
    told = asyncio.run(ask(pages(lambda _: StreamingHttpResponse(pieces))))
    assert b"".join(one.get("body", b"") for one in told) == b"piece" * 200
    assert not told[-1].get("more_body")
    assert pieces.closed_by.startswith("page")


def test_a_stream_that_fails_is_not_taken_for_whole() -> None:
    pieces = Pieces(fails=True)
    with pytest.raises(OSError, match="the disk"):
        asyncio.run(ask(pages(lambda _: StreamingHttpResponse(pieces))))
    assert pieces.closed_by.startswith("page")


def test_who_goes_before_the_body_is_here_costs_nothing() -> None:
    asked: list[HttpRequest] = []

    def answer(request: HttpRequest) -> HttpResponse:
        asked.append(request)
        return HttpResponse()

    async def gone() -> Message:
        return {"type": "http.disconnect"}

    assert asyncio.run(ask(pages(answer), gone)) == []
    assert asked == []
