"""Bodies are bounded as they arrive, on a real server: by their length, and without one.

What Django would take for a stranger is decided before Django reads a byte.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from vivencia.people import actions
from vivencia.people.models import User
from vivencia.shell import bodies
from vivencia.shell.bodies import FORM_BYTES, STRANGER_BYTES, bounded
from vivencia.shell.tests.serving import PATIENCE_S, Served

MIB = 1024 * 1024


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    server = Served(tmp_path_factory.mktemp("bodies") / "data")
    yield server
    server.stop()


@pytest.fixture(scope="module")
def cookies(served: Served) -> str:
    return served.join()


def send(served: Served, path: str, head: str, chunks: Iterable[bytes] = ()) -> bytes:
    """The status line of the answer; what is sent after the server hung up is dropped."""
    with socket.create_connection(("127.0.0.1", served.port), timeout=PATIENCE_S) as connection:
        begin = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{head}\r\n\r\n"
        connection.sendall(begin.encode())
        try:
            for chunk in chunks:
                connection.sendall(chunk)
        except OSError:
            pass
        try:
            return connection.recv(4096).split(b"\r\n")[0]
        except ConnectionResetError:
            return b"reset"


def chunked(mebibytes: int) -> Iterator[bytes]:
    for _ in range(mebibytes):
        yield b"%x\r\n" % MIB + bytes(MIB) + b"\r\n"
    yield b"0\r\n\r\n"


@pytest.mark.parametrize("path", ["/imports/", "/login/", "/nowhere/"])
def test_a_stranger_is_refused_by_the_length_before_sending(served: Served, path: str) -> None:
    answer = send(served, path, f"Content-Length: {8 * 1024 * MIB}")
    assert b" 413 " in answer


@pytest.mark.parametrize("path", ["/imports/", "/login/"])
def test_a_stranger_without_a_length_is_cut_off(served: Served, path: str) -> None:
    answer = send(served, path, "Transfer-Encoding: chunked", chunked(64))
    assert b" 413 " in answer or answer == b"reset"
    assert served.ask("/health/").status == 200


def test_who_may_bring_files_in_may_send_more(served: Served, cookies: str) -> None:
    head = f"Cookie: {cookies}\r\nTransfer-Encoding: chunked"
    taken = send(served, "/imports/", head, chunked(6))  # read whole, then refused as no form
    assert b" 403 " in taken or b" 404 " in taken
    assert b" 413 " in send(served, "/account/", f"Cookie: {cookies}\r\nContent-Length: 5000000")
    assert b" 403 " in send(served, "/account/", head, chunked(3))


def test_a_forged_or_spent_cookie_is_a_strangers(served: Served) -> None:
    answer = send(served, "/imports/", f"Cookie: vivencia=forged\r\nContent-Length: {2 * MIB}")
    assert b" 413 " in answer


# ------------------------------------------------------------------ without a socket
def answered(app: Any, path: str, parts: int, cookie: str = "") -> tuple[int, int]:
    """(status, bytes the application was given) of a body of `parts` mebibytes, no length."""
    sent: list[dict[str, Any]] = []
    left = [True] * (parts - 1) + [False]
    scope = {"type": "http", "path": path, "headers": [(b"cookie", cookie.encode())]}

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": bytes(MIB), "more_body": left.pop(0)}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    return sent[0]["status"], sent[0].get("taken", 0)


async def taking_all(scope: Any, receive: Any, send: Any) -> None:
    taken, more = 0, True
    while more:
        message = await receive()
        taken += len(message["body"])
        more = message["more_body"]
    await send({"type": "http.response.start", "status": 200, "headers": [], "taken": taken})
    await send({"type": "http.response.body", "body": b""})


@pytest.mark.parametrize(
    ("role", "path", "most"),
    [
        (None, "/imports/", STRANGER_BYTES),
        ("agent", "/imports/", FORM_BYTES),
        ("analyst", "/account/", FORM_BYTES),
        ("analyst", "/imports/", 3 * FORM_BYTES),
    ],
)
def test_each_may_send_so_much(
    monkeypatch: pytest.MonkeyPatch, role: str | None, path: str, most: int
) -> None:
    user = User(role=role) if role else None
    monkeypatch.setattr(bodies, "person_of_session", lambda cookie: user)
    monkeypatch.setattr(bodies, "UPLOAD_BYTES", 3 * FORM_BYTES)
    assert answered(bounded(taking_all), path, most // MIB) == (200, most)
    assert answered(bounded(taking_all), path, most // MIB + 1)[0] == 413


def test_control_unbounded_everything_is_taken() -> None:
    assert answered(taking_all, "/imports/", 20) == (200, 20 * MIB)


def test_who_sent_a_body_is_asked_without_keeping_a_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given_back: list[bool] = []
    kept = SimpleNamespace(close=lambda: given_back.append(True))
    monkeypatch.setattr(bodies, "connection", kept)
    monkeypatch.setattr(bodies, "person_of_session", lambda cookie: None)
    assert answered(bounded(taking_all), "/imports/", 2)[0] == 413
    assert given_back == [True]


@pytest.mark.django_db
def test_a_closed_account_opens_nothing(client: Any) -> None:
    from django.conf import settings

    from vivencia.people.reading import person_of_session

    user = actions.add_user(None, "eva@example.org", "analyst")
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert person_of_session(cookie) == user
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert person_of_session(cookie) is None
    assert person_of_session("") is None
