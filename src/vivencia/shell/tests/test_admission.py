"""Few requests reach the pages at once; the others wait in line or come back later."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from django.test import Client

from vivencia.lib.turns import Turns
from vivencia.people import downloads
from vivencia.people.actions import add_user
from vivencia.shell import admission
from vivencia.shell.admission import (
    AT_ONCE,
    FILES_AT_ONCE,
    OF_ONE,
    OF_STRANGERS,
    admitted,
    asks_for_file,
    sender_of,
)
from vivencia.shell.security import Message, Receive, Scope, Send

Told = list[Message]


def scope(path: str = "/", cookie: str = "", peer: str = "192.0.2.7", **more: Any) -> Scope:
    headers = [(b"cookie", f"vivencia={cookie}".encode())] if cookie else []
    return {"type": "http", "method": "GET", "path": path, "query_string": b"",
            "headers": headers, "client": (peer, 1), **more}  # fmt: skip


class Pages:
    """Stands for Django: reads the body, then works until it is let go."""

    def __init__(self) -> None:
        self.at_work = self.begun = 0
        self.let_go = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        while (message := await receive()).get("more_body"):
            pass
        if message["type"] == "http.disconnect":
            return
        self.begun += 1
        self.at_work += 1
        await self.let_go.wait()
        self.at_work -= 1
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


def whole_body() -> Receive:
    messages = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Message:
        if messages:
            return messages.pop()
        return await asyncio.Future()

    return receive


async def ask(app: Any, about: Scope, receive: Receive | None = None) -> Told:
    told: Told = []

    async def send(message: Message) -> None:
        told.append(message)

    await app(about, receive or whole_body(), send)
    return told


def run(test: Callable[[], Awaitable[None]]) -> None:
    async def within() -> None:
        await asyncio.wait_for(test(), 60)

    asyncio.run(within())


async def _until(true: Callable[[], bool]) -> None:
    while not true():
        await asyncio.sleep(0.001)


@pytest.fixture(autouse=True)
def _soon_and_nobody_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admission, "REFUSED_AFTER_S", 0)
    monkeypatch.setattr(admission, "_known", type(admission._known)())


def test_one_who_asks_without_pause_leaves_room_for_others() -> None:
    admission.recognise("anas")

    async def test() -> None:
        pages = Pages()
        app = admitted(pages)
        anas = [asyncio.ensure_future(ask(app, scope(cookie="anas"))) for _ in range(40)]
        await _until(lambda: pages.at_work == OF_ONE[0])
        luis = asyncio.ensure_future(ask(app, scope(peer="198.51.100.1")))
        await _until(lambda: pages.at_work == OF_ONE[0] + 1)  # he need not wait for her
        pages.let_go.set()
        told = await asyncio.gather(luis, *anas)
        assert {one[0]["status"] for one in told} == {200}

    run(test)


def test_too_many_of_one_sender_come_back_later_and_reach_no_page() -> None:
    async def test() -> None:
        pages, (at_once, in_line) = Pages(), OF_STRANGERS
        app = admitted(pages)
        cookies = [f"made-up-{number}" for number in range(at_once + in_line)]
        first = [asyncio.ensure_future(ask(app, scope(cookie=one))) for one in cookies]
        await _until(lambda: pages.at_work == at_once)
        refused = await ask(app, scope("/api/v1/scores/nps", cookie="made-up-too"))
        assert refused[0]["status"] == 429
        assert int(dict(refused[0]["headers"])[b"retry-after"]) > 0
        assert b'"too_many"' in refused[1]["body"]
        pages.let_go.set()
        told = await asyncio.gather(*first)
        assert {one[0]["status"] for one in told} == {200}
        assert pages.begun == len(first)

    run(test)


def test_who_waits_too_long_or_is_one_too_many_of_all_comes_back_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def test() -> None:
        pages = Pages()
        app = admitted(pages, Turns(1, 1))
        first = asyncio.ensure_future(ask(app, scope()))
        await _until(lambda: pages.at_work == 1)
        monkeypatch.setattr(admission, "LONGEST_S", 0.02)
        late = asyncio.ensure_future(ask(app, scope(peer="198.51.100.1")))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        third = await ask(app, scope(peer="203.0.113.1"))
        assert (third[0]["status"], (await late)[0]["status"]) == (503, 503)
        pages.let_go.set()
        await first
        assert (await ask(app, scope()))[0]["status"] == 200  # nothing stayed taken

    run(test)


def test_a_body_still_on_its_way_takes_no_turn() -> None:
    async def test() -> None:
        pages = Pages()
        app = admitted(pages, Turns(1, 10))
        parts: asyncio.Queue[Message] = asyncio.Queue()
        slow = asyncio.ensure_future(ask(app, scope(), parts.get))
        parts.put_nowait({"type": "http.request", "body": b"a", "more_body": True})
        quick = asyncio.ensure_future(ask(app, scope(peer="198.51.100.1")))
        await _until(lambda: pages.at_work == 1)
        pages.let_go.set()
        assert (await quick)[0]["status"] == 200
        parts.put_nowait({"type": "http.request", "body": b"b", "more_body": False})
        assert (await slow)[0]["status"] == 200

    run(test)


def test_who_goes_away_while_waiting_costs_nothing() -> None:
    async def test() -> None:
        pages = Pages()
        app = admitted(pages, Turns(1, 10))
        first = asyncio.ensure_future(ask(app, scope()))
        await _until(lambda: pages.at_work == 1)
        messages: asyncio.Queue[Message] = asyncio.Queue()
        messages.put_nowait({"type": "http.request", "body": b""})
        messages.put_nowait({"type": "http.disconnect"})
        assert await ask(app, scope(), messages.get) == []
        pages.let_go.set()
        await first
        assert pages.begun == 1

    run(test)


def test_a_made_up_cookie_gives_no_place_of_its_own() -> None:
    strangers = {sender_of(scope(cookie=one)) for one in ("a", "b", "")}
    assert strangers == {sender_of(scope())}
    admission.recognise("a")
    assert sender_of(scope(cookie="a")) != sender_of(scope(cookie="b"))
    with_key = scope(headers=[(b"authorization", b"Bearer viv_x")])
    assert sender_of(with_key) == sender_of(scope())
    admission.recognise("Bearer viv_x")
    assert sender_of(with_key) != sender_of(scope())


@pytest.mark.django_db
def test_who_signs_in_is_known_from_the_next_page_on() -> None:
    client = Client()
    client.force_login(add_user(None, "ana@example.org", "manager"))
    hers = scope(cookie=client.cookies["vivencia"].value)
    assert sender_of(hers) == sender_of(scope())
    client.get("/account/")
    assert sender_of(hers) != sender_of(scope())


def test_one_file_too_many_reaches_no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "_turns", threading.BoundedSemaphore(1))

    async def test() -> None:
        pages = Pages()
        pages.let_go.set()
        app = admitted(pages)
        files = [scope("/journeys/variants.csv"), scope("/scores/", query_string=b"show=xlsx")]
        assert [(await ask(app, one))[0]["status"] for one in files] == [200, 200]
        turn = downloads.Turn()
        refused = [(await ask(app, one))[0] for one in files]
        assert [one["status"] for one in refused] == [503, 503]
        assert all(b"retry-after" in dict(one["headers"]) for one in refused)
        assert pages.begun == 2
        turn.leave()

    run(test)


def test_a_page_does_not_stand_in_line_behind_files() -> None:
    async def test() -> None:
        pages = Pages()
        app = admitted(pages)
        peers = [f"192.0.{number}.1" for number in range(2 * AT_ONCE)]
        files = [asyncio.ensure_future(ask(app, scope("/a.csv", peer=one))) for one in peers]
        await _until(lambda: pages.at_work == FILES_AT_ONCE)
        page = asyncio.ensure_future(ask(app, scope(peer="198.51.100.1")))
        await _until(lambda: pages.at_work == FILES_AT_ONCE + 1)
        assert pages.begun == FILES_AT_ONCE + 1
        pages.let_go.set()
        told = await asyncio.gather(page, *files)
        assert {one[0]["status"] for one in told} == {200}

    run(test)


def test_what_is_a_file_is_told_by_its_address() -> None:
    assert asks_for_file(scope("/surveys/a/results/answers.sav"))
    assert not asks_for_file(scope("/scores/", query_string=b"show=table"))
    assert not asks_for_file(scope("/delighted/v1/people.json"))
    assert not asks_for_file(scope("/imports/7/errors.csv", method="POST"))
