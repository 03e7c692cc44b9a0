"""A head that never ends is cut off; a whole one, whatever body follows, is answered."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
import uvicorn

from vivencia.shell import protocol
from vivencia.shell.protocol import LARGEST_HEAD, BoundedProtocol


async def _hello(scope: Any, receive: Any, send: Any) -> None:
    size = 0
    while (message := await receive())["type"] == "http.request":
        size += len(message["body"])
        if not message["more_body"]:
            break
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"%d bytes" % size})


async def _answer(*pieces: bytes) -> bytes:
    """What the server says to `pieces` until it closes the connection, or a second goes by."""
    config = uvicorn.Config(_hello, http=BoundedProtocol, lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    loop = asyncio.get_running_loop()
    listener = await loop.create_server(
        lambda: BoundedProtocol(config, server.server_state, {}), "127.0.0.1"
    )
    reader, writer = await asyncio.open_connection(*listener.sockets[0].getsockname())
    said = b""
    try:
        for piece in pieces:
            writer.write(piece)
            await asyncio.sleep(0.01)
        async with asyncio.timeout(1):
            while part := await reader.read(65536):
                said += part
        return said + b" closed"
    except (TimeoutError, ConnectionError):
        return said
    finally:
        writer.close()
        listener.close()


def test_a_header_without_end_is_cut_off() -> None:
    said = asyncio.run(_answer(b"GET / HTTP/1.1\r\nX: ", *[b"a" * 32_768] * 8))
    assert b" 400 " in said or not said
    assert b"200 OK" not in said


def test_who_only_trickles_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol, "HEAD_S", 0.1)
    assert asyncio.run(_answer(b"GET / HTTP/1.1\r\nX")) == b" closed"


def test_a_body_larger_than_any_head_and_the_next_request_are_answered() -> None:
    body = b"x" * (5 * LARGEST_HEAD)
    one = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(body)
    said = asyncio.run(_answer(one + body, one, body))
    assert said.count(b"%d bytes" % len(body)) == 2
