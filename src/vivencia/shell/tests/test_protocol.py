"""A head that never ends, a body that trickles and an answer nobody takes are cut off; a whole
request, whatever body follows, is answered."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from vivencia.shell import protocol
from vivencia.shell.protocol import LARGEST_HEAD, BoundedProtocol

_LONG_S = 30.0  # for what ends sooner, however busy the machine is


async def _hello(scope: Any, receive: Any, send: Any) -> None:
    size = 0
    while (message := await receive())["type"] == "http.request":
        size += len(message["body"])
        if not message["more_body"]:
            break
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"%d bytes" % size})


async def _listening(app: Any, protocol: type[HttpToolsProtocol]) -> asyncio.Server:
    config = uvicorn.Config(app, http=protocol, lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    loop = asyncio.get_running_loop()
    return await loop.create_server(lambda: protocol(config, server.server_state, {}), "127.0.0.1")


async def _answer(
    *pieces: bytes,
    every_s: float = 0.01,
    app: Any = _hello,
    protocol: type[HttpToolsProtocol] = BoundedProtocol,
    within_s: float = 1.0,
) -> bytes:
    """What the server says to `pieces` until it closes the connection, or the time is over. Who
    goes on sending to a closed connection is told so by a reset."""
    listener = await _listening(app, protocol)
    reader, writer = await asyncio.open_connection(*listener.sockets[0].getsockname())
    said = bytearray()
    reading = asyncio.create_task(_read_into(said, reader))
    for piece in pieces:
        if not reading.done():  # a sender who is still sending would lose the answer
            writer.write(piece)
            await asyncio.sleep(every_s)
    try:
        await asyncio.wait_for(reading, within_s)
    except TimeoutError:
        return bytes(said)
    except ConnectionError:
        return bytes(said) + b" closed"
    else:
        return bytes(said) + b" closed"
    finally:
        writer.close()
        listener.close()


async def _read_into(said: bytearray, reader: asyncio.StreamReader) -> None:
    while part := await reader.read(65536):
        said += part


def test_a_header_without_end_is_cut_off() -> None:
    said = asyncio.run(_answer(b"GET / HTTP/1.1\r\nX: ", *[b"a" * 32_768] * 8))
    assert b" 400 " in said or said == b" closed"
    assert b"200 OK" not in said


def test_who_only_trickles_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "HEAD_S", 0.1)
    assert asyncio.run(_answer(b"GET / HTTP/1.1\r\nX", within_s=_LONG_S)) == b" closed"


def test_a_body_larger_than_any_head_and_the_next_request_are_answered() -> None:
    body = b"x" * (5 * LARGEST_HEAD)
    one = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(body)
    said = asyncio.run(_answer(one + body, one, body))
    assert said.count(b"%d bytes" % len(body)) == 2


# ------------------------------------------------------------------ bodies
HEAD = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n"
TRICKLE = [HEAD % 100, *[b"x"] * 30]


def test_a_body_that_trickles_is_refused_and_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "BODY_S", 0.2)
    said = asyncio.run(_answer(*TRICKLE, within_s=_LONG_S))
    assert said.startswith(b"HTTP/1.1 408 ")
    assert said.endswith(b" closed")


def test_a_body_nobody_waits_for_holds_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hasty(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 404, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    monkeypatch.setattr(protocol, "BODY_S", 0.2)
    said = asyncio.run(_answer(*TRICKLE, app=hasty, within_s=_LONG_S))
    assert said.startswith(b"HTTP/1.1 404 ")
    assert said.endswith(b" closed")
    assert b" 408 " not in said


def test_a_large_body_that_keeps_coming_has_the_time_it_takes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(protocol, "BODY_S", 0.2)
    piece = b"x" * 1024
    said = asyncio.run(_answer(HEAD % (50 * 1024), *[piece] * 50))  # over 0.5 s
    assert b"51200 bytes" in said


def test_control_an_unbounded_body_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "BODY_S", 0.2)
    assert asyncio.run(_answer(*TRICKLE, protocol=HttpToolsProtocol)) == b""


# ------------------------------------------------------------------ answers
async def _seconds_to_be_let_go(protocol: type[HttpToolsProtocol]) -> float:
    """How long an answer goes on that its asker never takes; at most one second."""
    gone = asyncio.Event()

    async def endless(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        asking = asyncio.create_task(_until_gone(receive))
        while not asking.done():
            part = {"type": "http.response.body", "body": bytes(65536), "more_body": True}
            await send(part)
            await asyncio.sleep(0)
        gone.set()

    listener = await _listening(endless, protocol)
    loop = asyncio.get_running_loop()
    began = loop.time()
    address = listener.sockets[0].getsockname()
    _, writer = await asyncio.open_connection(*address, limit=1024)
    writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
    try:
        async with asyncio.timeout(1):
            await gone.wait()
    except TimeoutError:
        pass
    took = loop.time() - began
    writer.transport.abort()
    listener.close()
    await asyncio.sleep(0.05)
    return took


async def _until_gone(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def test_an_answer_nobody_takes_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "TAKING_S", 0.2)
    assert asyncio.run(_seconds_to_be_let_go(BoundedProtocol)) < 0.9
    assert asyncio.run(_seconds_to_be_let_go(HttpToolsProtocol)) >= 1  # the control


# ------------------------------------------------------------------ whole addresses
async def _host(scope: Any, receive: Any, send: Any) -> None:
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    body = b"%b at %b" % (b",".join(hosts), scope["path"].encode())
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})


@pytest.mark.parametrize(
    ("address", "host"),
    [
        (b"http://evil.example:81/x", b"evil.example:81 at /x"),
        (b"http://user@127.0.0.1/x", b"user@127.0.0.1 at /x"),
        (b"http://[::1]:80/x", b"[::1]:80 at /x"),
        (b"/x", b"127.0.0.1 at /x"),
        (b"//evil.example/x", b"127.0.0.1 at //evil.example/x"),
    ],
)
def test_a_whole_address_names_the_host(address: bytes, host: bytes) -> None:
    request = b"GET %b HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n" % address
    said = asyncio.run(_answer(request, app=_host))
    assert host in said
    assert (host in asyncio.run(_answer(request, app=_host, protocol=HttpToolsProtocol))) == (
        address.startswith(b"/")
    )


def test_a_whole_address_of_another_host_is_refused() -> None:
    from vivencia.shell.security import secured

    app = secured(_host, ["127.0.0.1"])
    for address, status in ((b"http://evil.example/", 400), (b"http://127.0.0.1/", 200)):
        request = b"GET %b HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n" % address
        assert asyncio.run(_answer(request, app=app)).startswith(b"HTTP/1.1 %d " % status)
