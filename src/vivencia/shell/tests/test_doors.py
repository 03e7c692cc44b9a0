"""The doors' short way and the ASGI way say the same, byte for byte."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from django.conf import settings

from vivencia.interactions.intake import asgi, recent
from vivencia.interactions.intake.asgi import Intake
from vivencia.interactions.tests.intake_kit import Doors
from vivencia.shell.asgi import dispatcher
from vivencia.shell.doors import doors_protocol
from vivencia.shell.protocol import BoundedProtocol

ITEM = {"kind": "call.ended", "happened_at": 1_790_000_000_000, "identity": {"account": "ana"}}
CASES: dict[str, tuple[bytes, bytes]] = {  # more headers, body
    "stored": (b"", json.dumps({"id": "one", **ITEM}).encode()),
    "batch": (b"", json.dumps([{"id": f"b{n}", **ITEM} for n in range(5)]).encode()),
    "in Spanish": (b"Accept-Language: es\r\n", json.dumps({"id": "es", "kind": 5}).encode()),
    "set aside": (b"", json.dumps([{"id": "x", **ITEM, "scale": "nps", "score": 11}]).encode()),
    "no JSON": (b"", b'{"id": '),
    "nothing": (b"", b" \n"),
    "gzip": (b"Content-Encoding: gzip\r\n", gzip.compress(json.dumps(ITEM | {"id": "z"}).encode())),
    "no gzip": (b"Content-Encoding: gzip\r\n", b"plain"),
    "br": (b"Content-Encoding: br\r\n", b"{}"),
    "last one": (b"Connection: close\r\n", json.dumps({"id": "last", **ITEM}).encode()),
    "another host": (b"X-Host: elsewhere.example\r\n", json.dumps({"id": "h", **ITEM}).encode()),
}
KINDS = {"text/csv": b'{"id":"csv"}', "application/json; charset=latin-1": b'{"id":"latin"}'}


def request(
    body: bytes, key: str, more: bytes = b"", *, path: str = "/api/v1/interactions",
    kind: str = "application/json", method: str = "POST",
) -> bytes:  # fmt: skip
    host = b"elsewhere.example" if b"X-Host" in more else b"127.0.0.1"
    head = f"{method} {path} HTTP/1.1\r\nContent-Type: {kind}\r\nAuthorization: Bearer {key}\r\n"
    length = b"Content-Length: %d\r\n\r\n" % len(body)
    return head.encode() + b"Host: " + host + b"\r\n" + more + length + body


class Line:
    """The doors on a socket of this process; `taken` counts what went the short way."""

    def __init__(self, intake: Intake) -> None:
        self._intake, self.taken = intake, 0
        take = intake.take

        def counted(*args: Any) -> bool:
            taken = take(*args)
            self.taken += taken
            return taken

        intake.take = counted  # type: ignore[method-assign]

    def says(self, *pieces: bytes, answers: int = 1) -> bytes:
        """The answers to `pieces`, sent one after the other."""
        return asyncio.run(self._says(pieces, answers))

    def converses(self, *requests: bytes, before_the_last: Callable[[], object] = bool) -> bytes:
        """The answers to `requests`, each sent once the one before is answered."""
        return asyncio.run(self._converses(requests, before_the_last))

    async def _says(self, pieces: tuple[bytes, ...], answers: int) -> bytes:
        async with self._connected() as (reader, writer):
            for piece in pieces:
                writer.write(piece)
                await asyncio.sleep(0.02)
            said = [await _answer(reader) for _ in range(answers)]
        return re.sub(rb"retry-after: \d+", b"retry-after: n", b"".join(said))

    async def _converses(
        self, requests: tuple[bytes, ...], before_the_last: Callable[[], object]
    ) -> bytes:
        said = b""
        async with self._connected() as (reader, writer):
            for request in requests:
                if request is requests[-1]:
                    before_the_last()
                writer.write(request)
                said += await _answer(reader)
        return said

    @asynccontextmanager
    async def _connected(
        self,
    ) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        made: Any = doors_protocol(self._intake, settings.ALLOWED_HOSTS)
        app = dispatcher(self._intake)
        config = uvicorn.Config(app, http=made, lifespan="off", log_config=None)
        server = uvicorn.Server(config)
        listener = await asyncio.get_running_loop().create_server(
            lambda: made(config, server.server_state, {}), "127.0.0.1"
        )
        reader, writer = await asyncio.open_connection(*listener.sockets[0].getsockname())
        yield reader, writer
        writer.close()
        listener.close()


async def _answer(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head)
    assert length is not None
    return head + await reader.readexactly(int(length[1]))


@pytest.fixture
def doors(tmp_path: Path) -> Any:
    with Doors(tmp_path / "data") as made:
        yield made


@pytest.mark.parametrize("case", CASES)
def test_both_ways_say_the_same(doors: Doors, case: str) -> None:
    more, body = CASES[case]
    whole = request(body, doors.key, more)
    line = Line(doors.intake)
    line.says(whole)  # so that stored items are duplicates for both
    short, slow = line.says(whole), line.says(whole[:-1], whole[-1:])
    assert _in_order(short) == _in_order(slow)
    assert short.startswith(b"HTTP/1.1 ")


@pytest.mark.parametrize("kind", KINDS)
def test_a_type_that_is_refused_is_refused_by_both(doors: Doors, kind: str) -> None:
    whole = request(KINDS[kind], doors.key, kind=kind)
    line = Line(doors.intake)
    assert _in_order(line.says(whole)) == _in_order(line.says(whole[:-1], whole[-1:]))


def test_a_wrong_key_is_refused_by_both(doors: Doors) -> None:
    whole = request(CASES["stored"][1], "viv_" + "a" * 8 + "_" + "b" * 43)
    line = Line(doors.intake)
    assert b" 401 " in line.says(whole)
    assert _in_order(line.says(whole)) == _in_order(line.says(whole[:-1], whole[-1:]))


def test_only_what_is_whole_and_good_goes_the_short_way(doors: Doors) -> None:
    good = request(CASES["stored"][1], doors.key)
    line = Line(doors.intake)
    assert b'"stored"' in line.says(good)
    assert line.taken == 1
    assert b'"duplicate"' in line.says(good[:-1], good[-1:])
    assert b" 405 " in line.says(request(b"{}", doors.key, method="PUT"))
    assert b" 404 " in line.says(request(b"{}", doors.key, path="/v1/nothing"))
    assert b" 400 " in line.says(
        request(*CASES["another host"][::-1][:1], doors.key, b"X-Host: x\r\n")
    )
    assert line.taken == 1


def test_a_fault_of_ours_is_not_told_as_theirs(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> bool:
        raise ZeroDivisionError

    monkeypatch.setattr(doors.intake, "take", fails)
    assert b" 200 " in Line(doors.intake).says(request(CASES["stored"][1], doors.key))


def test_requests_sent_at_once_are_answered_in_their_order(doors: Doors) -> None:
    bodies = [json.dumps({"id": f"p{n}", **ITEM}).encode() for n in range(20)]
    said = Line(doors.intake).says(
        b"".join(request(body, doors.key) for body in bodies), answers=20
    )
    ids = re.findall(rb'"status":"stored","id":"(p\d+)"', said)
    assert ids == [b"p%d" % n for n in range(20)]


def test_a_head_that_came_before_needs_no_parser_and_says_the_same(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: list[bytes] = []
    feed = BoundedProtocol.data_received

    def counted(self: BoundedProtocol, data: bytes) -> None:
        parsed.append(data)
        feed(self, data)

    monkeypatch.setattr(BoundedProtocol, "data_received", counted)
    bodies = [json.dumps({"id": f"h{n}", **ITEM}).encode() for n in range(4)]
    broken = bodies[0][:-1] + b" "  # as long, so that its head is the same
    last = request(bodies[2], doors.key, b"Connection: close\r\n")
    requests = [request(body, doors.key) for body in (*bodies[:2], broken, bodies[3])]
    said = Line(doors.intake).converses(*requests, last)
    assert parsed == [requests[0], requests[2], last]
    heads = re.findall(rb"HTTP/1.1 (\d+)", said)
    assert heads == [b"200", b"200", b"400", b"200", b"200"]
    assert re.findall(rb'"id":"(h\d)"', said) == [b"h0", b"h1", b"h3", b"h2"]


def test_a_head_that_came_before_with_a_revoked_key_is_refused(doors: Doors) -> None:
    one, two = (request(json.dumps({"id": i, **ITEM}).encode(), doors.key) for i in "ab")

    def revoke() -> None:
        doors.rows("UPDATE people_apikey SET revoked_at = 1")
        time.sleep(1.6)  # as long as a key is remembered

    said = Line(doors.intake).converses(one, two, before_the_last=revoke)
    assert re.findall(rb"HTTP/1.1 (\d+)", said) == [b"200", b"401"]


@pytest.mark.parametrize("end", [b"\n\r\n", b"Content-Length: "])
@pytest.mark.parametrize("is_first", [True, False])
def test_the_end_of_a_head_that_came_in_pieces_lets_nobody_in(
    doors: Doors, end: bytes, is_first: bool
) -> None:
    one, its, anybodys = (request(json.dumps({"id": i, **ITEM}).encode(), doors.key) for i in "abc")
    before = b"" if is_first else one
    cut = len(before) + its.rindex(end)

    async def said() -> bytes:
        async with Line(doors.intake)._connected() as (reader, writer):
            writer.write((before + its)[:cut])
            await asyncio.sleep(0.02)
            writer.write((before + its)[cut:])
            for _ in range(2 - is_first):
                assert b'"stored"' in await _answer(reader)
            writer.write(anybodys[anybodys.rindex(end) :])
            return await _answer(reader)

    assert b" 400 " in asyncio.run(said())


def test_a_full_writer_says_come_back_on_both_ways(tmp_path: Path) -> None:
    with Doors(tmp_path / "data", most_waiting=0) as doors:
        doors.intake.writer._waiting = 1
        whole = request(CASES["stored"][1], doors.key)
        line = Line(doors.intake)
        short, slow = line.says(whole), line.says(whole[:-1], whole[-1:])
        assert b" 503 " in short
        assert b"retry-after: n" in short
        assert _in_order(short) == _in_order(slow)
        assert line.taken == 1
        assert [one.status for one in recent.last()[:2]] == ["refused", "refused"]


def test_who_hammers_on_waits_for_each_refusal_and_is_taken_when_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asgi, "REFUSED_AFTER_S", 0.05)
    with Doors(tmp_path / "data", most_waiting=0) as doors:
        bodies = [json.dumps({"id": f"w{n}", **ITEM}).encode() for n in range(9)]
        line, began = Line(doors.intake), time.monotonic()
        doors.intake.writer._waiting = 1

        def make_room() -> None:
            doors.intake.writer._waiting, doors.intake.writer._most_waiting = 0, 100

        said = line.converses(
            *(request(body, doors.key) for body in bodies), before_the_last=make_room
        )
        assert time.monotonic() - began >= 8 * 0.05
        assert re.findall(rb"HTTP/1.1 (\d+)", said) == [b"503"] * 8 + [b"200"]
        assert line.taken == 9


def test_a_wrong_key_is_told_so_however_much_is_waiting(tmp_path: Path) -> None:
    with Doors(tmp_path / "data", most_waiting=0) as doors:
        doors.intake.writer._waiting = 1
        assert b" 401 " in Line(doors.intake).says(request(CASES["stored"][1], "viv_wrong"))


def _in_order(said: bytes) -> tuple[bytes, list[bytes], bytes]:
    """Status, headers (their order says nothing) and body."""
    head, _, body = said.partition(b"\r\n\r\n")
    status, *headers = head.split(b"\r\n")
    return status, sorted(one for one in headers if not one.startswith(b"date:")), body
