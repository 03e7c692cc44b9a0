"""What reaches the socket before it is a request: nothing in it is read in two ways, and nobody
who is slow, large or insistent keeps others waiting."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.promises.sizes import FULL, figure, size
from vivencia.columns.tests.made import interactions, write
from vivencia.interactions.tests.intake_kit import new_installation, new_key
from vivencia.lib.datadir import DataDir
from vivencia.shell.security import METHODS
from vivencia.shell.tests.serving import PATIENCE_S, Served, environ

# The gate does not lean on the speed of the machine; only the full figure is a promise of time.
OTHERS_WAIT_S = 1.0 if FULL else 20.0
ANSWER = re.compile(rb"HTTP/1\.1 (\d{3}) ")
HIDDEN = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Hidden: 1\r\nConnection: close\r\n\r\n"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> DataDir:
    data = new_installation(tmp_path_factory.mktemp("http") / "data")
    write(data, interactions(size(2_000, 100_000)))
    return data


@pytest.fixture(scope="module")
def key(data: DataDir) -> str:
    return new_key(data)


@pytest.fixture(scope="module")
def served(data: DataDir, key: str) -> Iterator[Served]:
    server = Served(data.path)
    yield server
    server.stop()


def said_to(served: Served, request: bytes, patience_s: float = PATIENCE_S) -> bytes:
    """All the server says until it closes the connection."""
    said = b""
    with socket.create_connection(("127.0.0.1", served.port), timeout=patience_s) as connection:
        connection.sendall(request)
        try:
            while part := connection.recv(65536):
                said += part
        except ConnectionResetError:  # it closed with something of ours unread
            pass
    return said


def statuses(said: bytes) -> list[int]:
    return [int(status) for status in ANSWER.findall(said)]


# ------------------------------------------------------------------ one request, or two?
def heads(key: str) -> dict[str, bytes]:
    """A page and a door, which reads its requests on a way of its own."""
    return {
        "page": b"POST /login/ HTTP/1.1\r\nHost: 127.0.0.1\r\n",
        "door": b"POST /api/v1/interactions HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer "
        + key.encode() + b"\r\nContent-Type: application/json\r\n",
    }  # fmt: skip


HIDES = b"%d" % len(HIDDEN)
CHUNKED = b"Transfer-Encoding: chunked\r\n"
EMPTY = b"\r\n0\r\n\r\n"
# Each hides a request from whoever reads its length the other way.
PAIRS = {
    "CL.TE": b"Content-Length: " + HIDES + b"\r\n" + CHUNKED + EMPTY,
    "TE.CL": CHUNKED + b"Content-Length: 4\r\n" + EMPTY,
    "CL.CL": b"Content-Length: 0\r\nContent-Length: " + HIDES + b"\r\n\r\n",
    "CL.CL, the other first": b"Content-Length: " + HIDES + b"\r\nContent-Length: 0\r\n\r\n",
    "a list of lengths": b"Content-Length: 0, " + HIDES + b"\r\n\r\n",
    "a length twice": b"Content-Length: 0\r\nContent-Length: 0\r\n\r\n",
    "a space before the colon": b"Transfer-Encoding : chunked\r\nContent-Length: 5\r\n" + EMPTY,
    "a folded coding": b"Transfer-Encoding:\r\n chunked\r\nContent-Length: 5\r\n" + EMPTY,
    "a folded length": b"Content-Length:\r\n 0\r\n\r\n",
    "a folded header": b"X: a\r\n b\r\nContent-Length: 0\r\n\r\n",
    "bare LF": b"X: a\nContent-Length: 0\r\n\r\n",
    "bare LF at the end": b"Content-Length: 0\r\n\n",
    "bare CR": b"X: a\rContent-Length: 5\r\n\r\n",
    "CR CR LF": b"Content-Length: 0\r\r\n\r\n",
    "NUL in a value": b"X: a\0b\r\nContent-Length: 0\r\n\r\n",
    "NUL in a name": b"Content-Length\0: 5\r\nContent-Length: 0\r\n\r\n",
    "no chunk size": CHUNKED + b"\r\n\r\n\r\n",
    "chunk size with 0x": CHUNKED + b"\r\n0x0\r\n\r\n",
    "chunk size below zero": CHUNKED + b"\r\n-0\r\n\r\n",
    "chunk size past 64 bits": CHUNKED + b"\r\nfffffffffffffffff0\r\n\r\n",
    "chunk size and a space": CHUNKED + b"\r\n0 \r\n\r\n",
    "chunk ended by LF": CHUNKED + b"\r\n0\n\n",
    "chunk extension ended by LF": CHUNKED + b"\r\n0;x\n\r\n\r\n",
    "chunk longer than it says": CHUNKED + b"\r\n1\r\nxy\r\n0\r\n\r\n",
    "a length in the trailer": CHUNKED + b"\r\n0\r\nContent-Length: " + HIDES + b"\r\n\r\n",
}
PAIRS |= {
    f"length {value!r}": b"Content-Length: " + value + b"\r\n\r\n"
    for value in (b"+0", b"-1", b"0x0", b"0 0", b"", b" ", b"1e1", b"\x0b0", b"9" * 26)
}
PAIRS |= {
    f"coding {value!r}": b"Transfer-Encoding: " + value + b"\r\n" + EMPTY
    for value in (
        b"xchunked", b"chunked, identity", b"identity, chunked", b"gzip, chunked", b"identity",
        b"chunked, chunked", b"chunked\x0b", b'"chunked"', b"chunked;x", b"", b"chunked,",
    )
}  # fmt: skip
PAIRS |= {
    f"length beside coding {value!r}": b"Content-Length: 5\r\nTransfer-Encoding: "
    + value + b"\r\n" + EMPTY
    for value in (b"xchunked", b"cHuNkEd", b"\tchunked", b"identity", b"chunked, identity")
}  # fmt: skip


@pytest.mark.parametrize("where", ["page", "door"])
def test_s19_what_could_be_two_requests_is_none(served: Served, key: str, where: str) -> None:
    read = {
        name: said_to(served, heads(key)[where] + pair + HIDDEN) for name, pair in PAIRS.items()
    }
    twice = {name: said for name, said in read.items() if statuses(said) not in ([400], [501])}
    assert twice == {}
    old = heads(key)[where].replace(b"HTTP/1.1", b"HTTP/1.0") + CHUNKED
    assert len(statuses(said_to(served, old + b"Connection: keep-alive\r\n" + EMPTY + HIDDEN))) == 1
    figure(pairs=len(PAIRS), read_in_two_ways=0)


@pytest.mark.parametrize("where", ["page", "door"])
def test_s19_what_is_plainly_two_requests_is_two(served: Served, key: str, where: str) -> None:
    for plain in (b"Content-Length: 0\r\n\r\n", CHUNKED + EMPTY):
        first, second = statuses(said_to(served, heads(key)[where] + plain + HIDDEN))
        assert (first // 100, second) == (4, 200)


PATIENCE = "from vivencia.shell import protocol\nprotocol.HEAD_S = protocol.BODY_S = {seconds}"
LENIENT = """
from vivencia.shell.protocol import BoundedProtocol
made = BoundedProtocol.connection_made
def lenient(self, transport):
    made(self, transport)
    self.parser.set_dangerous_leniencies(
        lenient_headers=True, lenient_chunked_length=True, lenient_transfer_encoding=True,
        lenient_optional_lf_after_cr=True, lenient_optional_cr_before_lf=True,
    )
BoundedProtocol.connection_made = lenient
"""


@pytest.fixture(scope="module")
def careless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The controls' server: it reads leniently and waits for ten minutes."""
    data = new_installation(tmp_path_factory.mktemp("careless") / "data")
    server = Served(data.path, changed=LENIENT + PATIENCE.format(seconds=600))
    yield server
    server.stop()


def test_s19_control_a_lenient_reader_is_led_on(careless: Served) -> None:
    for name in ("CL.TE", "bare LF"):
        assert len(statuses(said_to(careless, heads("")["page"] + PAIRS[name] + HIDDEN))) == 2


# ------------------------------------------------------------------ methods
def test_s19_head_is_the_page_without_its_body_and_tracing_is_off(served: Served) -> None:
    ending = b" HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nX-Canary: told\r\n\r\n"
    for path in (b"/login/", b"/healthz", b"/static/vivencia/tokens.css", b"/none/"):
        page = said_to(served, b"GET " + path + ending)
        head = said_to(served, b"HEAD " + path + ending)
        assert statuses(head) == statuses(page)
        assert head.endswith(b"\r\n\r\n")
        assert not page.endswith(b"\r\n\r\n")  # the control
    for method in (b"TRACE", b"TRACK", b"DEBUG", b"PROPFIND", b"CONNECT", b"get"):
        assert method.decode() not in METHODS
        for path in (b"/login/", b"/api/v1/interactions", b"/static/vivencia/tokens.css"):
            said = said_to(served, method + b" " + path + ending)
            assert statuses(said) in ([400], [405]), (method, said)
            assert b"told" not in said


# ------------------------------------------------------------------ too much of it
def test_s19_a_head_of_a_megabyte_is_not_gathered(served: Served) -> None:
    for head in (
        b"X: " + b"a" * 1_000_000,
        b"\r\n".join(b"X-%d: a" % number for number in range(90_000)),
        b"Cookie: " + b"; ".join(b"a%d=b" % number for number in range(90_000)),
    ):
        sent = b"GET /login/ HTTP/1.1\r\nHost: 127.0.0.1\r\n" + head + b"\r\n\r\n"
        assert statuses(said_to_unheard(served, sent)) in ([], [400])
    long = b"GET /login/?" + b"a" * 60_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    assert statuses(said_to(served, long)) == [414]
    assert served.ask("/healthz").status == 200


def said_to_unheard(served: Served, request: bytes) -> bytes:
    """The same for a request that may be cut off while it is being sent."""
    try:
        return said_to(served, request)
    except (BrokenPipeError, ConnectionResetError):
        return b""


def test_s19_a_gzip_bomb_never_unfolds(served: Served, key: str) -> None:
    unfolded = 200 * 1024 * 1024
    bomb = gzip.compress(gzip.compress(bytes(unfolded), 9), 9), gzip.compress(bytes(unfolded), 9)
    assert len(bomb[1]) * 1_000 < unfolded
    process = psutil.Process(served.process.pid)
    before = process.memory_info().rss
    for body in bomb:
        for path in ("/api/v1/interactions", "/v1/batch", "/login/", "/api/v1/answers"):
            connection = http.client.HTTPConnection("127.0.0.1", served.port, timeout=PATIENCE_S)
            headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json",
                       "Content-Encoding": "gzip"}  # fmt: skip
            connection.request("POST", path, body, headers)
            assert 400 <= connection.getresponse().status < 500, path
    grown = process.memory_info().rss - before
    assert grown < 64 * 1024 * 1024
    figure(bomb="1:1000", grown_mb=grown >> 20)


# ------------------------------------------------------------------ the slow
HEAD_THAT_DRIPS = b"GET /login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: "
BODY_THAT_DRIPS = b"POST /login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n\r\n"


def test_s19_who_drips_holds_nobody_up_and_is_let_go(tmp_path: Path) -> None:
    """The gate's server has less patience than ours; in full it is ours, with its 20 seconds."""
    changed = "" if FULL else PATIENCE.format(seconds=2)
    server = Served(new_installation(tmp_path / "data").path, changed=changed)
    try:
        waits, held = dripped_on(server, size(40, 200), until_let_go_s=60)
    finally:
        server.stop()
    assert held == 0
    p99 = waits[int(len(waits) * 0.99)]
    assert p99 < OTHERS_WAIT_S
    figure(slow=size(40, 200), p99_of_others_s=f"{p99:.3f}", still_held=0)


def test_s19_control_a_patient_server_is_held(careless: Served) -> None:
    assert dripped_on(careless, 10, until_let_go_s=3)[1] == 10


def dripped_on(served: Served, slow: int, *, until_let_go_s: float) -> tuple[list[float], int]:
    """(how long others waited for a page, in order; how many of the slow are held to the end)."""
    served.ask("/login/")  # the first page of a process takes longer than all that follow
    begun = [HEAD_THAT_DRIPS, BODY_THAT_DRIPS]
    lines = [socket.create_connection(("127.0.0.1", served.port)) for _ in range(slow)]
    for number, line in enumerate(lines):
        line.sendall(begun[number % 2])
    waits, until, held = [], time.monotonic() + until_let_go_s, slow
    while held and time.monotonic() < until:
        drip(lines)
        began = time.monotonic()
        assert served.ask("/login/").status == 200
        waits.append(time.monotonic() - began)
        held = sum(is_held(line) for line in lines)
    for line in lines:
        line.close()
    return sorted(waits), held


def drip(lines: list[socket.socket]) -> None:
    for line in lines:
        with contextlib.suppress(OSError):  # it was let go, which is_held tells
            line.send(b"a")


def is_held(line: socket.socket) -> bool:
    """Whether the server still keeps this connection."""
    line.setblocking(False)
    try:
        while line.recv(4096):  # what it said before it closed
            pass
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


# ------------------------------------------------------------------ the insistent
COLLEAGUES = """
from uuid import uuid4
import django
django.setup()
from django.test import Client
from vivencia.people.actions import add_user
for number in range({many}):
    client = Client()
    client.force_login(add_user(None, f"{uuid4()}@example.org", "manager"))
    print(f"vivencia={client.cookies['vivencia'].value}")
"""


def colleagues(data: DataDir, many: int) -> list[str]:
    """The cookies of so many managers, signed in."""
    settings = {"DJANGO_SETTINGS_MODULE": "vivencia.shell.settings"}
    words = [sys.executable, "-c", COLLEAGUES.replace("{many}", str(many))]
    done = subprocess.run(
        words, env=environ(VIVENCIA_DATA=str(data.path), **settings), stdout=subprocess.PIPE,
        text=True, check=True,
    )  # fmt: skip
    return done.stdout.split()


@pytest.mark.sqlite("its module holds two installations; one process has one DATABASE_URL")
@pytest.mark.parametrize("by", ["one", "each"])
def test_s19_sixty_who_take_files_without_end_hold_no_page_up(
    served: Served, data: DataDir, by: str
) -> None:
    """They are one person, or each another: those who are too many wait or come back before any
    page is asked (shell/tests/test_admission.py)."""
    many, seconds = size(12, 60), size(3, 20)
    mine, *others = colleagues(data, 1 + (1 if by == "one" else many))
    served.ask("/account/", cookies=mine)
    insisting = subprocess.Popen(
        [sys.executable, "-m", "tests.promises.insisting", str(served.port), "|".join(others),
         str(many), str(seconds)],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    waits = []
    while insisting.poll() is None:
        began = time.monotonic()
        assert served.ask("/account/", cookies=mine).status == 200
        waits.append(time.monotonic() - began)
    told = insisting.communicate()[0].strip()
    waits.sort()
    p99 = waits[int(len(waits) * 0.99)]
    figure(insistent=f"{many} by {by}", p99_of_pages_s=f"{p99:.3f}", files=told)
    assert "200" in told
    assert set(re.findall(r"(\d{3}):", told)) <= {"200", "429", "503"}
    assert p99 < OTHERS_WAIT_S
