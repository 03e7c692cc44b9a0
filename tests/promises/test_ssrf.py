"""Whatever address somebody types, no client of ours connects to this machine or its networks.

What a process connects to is seen where Python opens sockets (its audit events), whichever
library asks; nothing of these tests leaves the machine.
"""

from __future__ import annotations

import socket
import ssl
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.promises.sizes import figure
from vivencia.lib import safe_http
from vivencia.lib.errors import BadInput
from vivencia.lib.tests.elsewhere import Local, Names
from vivencia.outbox import returning
from vivencia.outbox.carriers import Lost, Parcel, Refusal, Unreachable
from vivencia.outbox.carriers.gateway import HttpGateway
from vivencia.outbox.carriers.smtp import Server, Smtp

PUBLIC = "93.184.216.34"
SPELLED = (  # this machine, and the networks around it
    "127.0.0.1", "127.1", "127.0.1", "127.127.127.127", "2130706433", "017700000001",
    "0x7f000001", "0x7f.1", "0x7f.0.0.1", "0177.0.0.1", "0177.1", "0x7F.0x0.0x0.0x1",
    "00000177.0.0.01", "127.0.0.1.", "0", "0.0.0.0", "0x0", "00", "0.0", "[::1]", "[::]",
    "[0:0:0:0:0:0:0:1]", "[0000::0001]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]",
    "[0:0:0:0:0:ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[64:ff9b::127.0.0.1]",
    "[64:ff9b:1::7f00:1]", "[2002:7f00:1::]", "[2002:7f00:0001::1]", "[2001:0:7f00:1::]",
    "[2001:0:53aa:64c:0:fbff:80ff:fffe]", "[::ffff:0:127.0.0.1]", "[fe80::1]", "[fc00::1]",
    "[fd00:ec2::254]", "[fec0::1]", "[ff02::1]", "[100::1]", "[2001:db8::1]", "[5f00::1]",
    "10.0.0.1", "10.1", "167772161", "0xa000001", "012.0.0.1", "172.16.0.1", "172.31.255.254",
    "2886729729", "192.168.0.1", "192.168.1", "3232235521", "0300.0250.0.1", "169.254.169.254",
    "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "169.254.43518", "[::ffff:169.254.169.254]",
    "[64:ff9b::a9fe:a9fe]", "[2002:a9fe:a9fe::]", "100.64.0.1", "100.100.100.200", "192.0.0.192",
    "192.0.0.8", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1",
    "239.255.255.250", "240.0.0.1", "255.255.255.255", "localhost", "[::ffff:10.0.0.1]",
    "[::ffff:192.168.0.1]", "[::ffff:0.0.0.0]",
)  # fmt: skip
# What a name leads to, the first and every later time it is asked.
NAMED: dict[str, list[list[str]]] = {
    "loops.test": [["127.0.0.1"]], "loops6.test": [["::1"]], "zero.test": [["0.0.0.0"]],
    "mapped.test": [["::ffff:127.0.0.1"]], "inside.test": [["10.0.0.1"]],
    "clouds.test": [["169.254.169.254"]], "nat64.test": [["64:ff9b::7f00:1"]],
    "sixtofour.test": [["2002:7f00:1::1"]], "mixed.test": [[PUBLIC, "127.0.0.1"]],
    "mixed-last.test": [[PUBLIC, PUBLIC, "10.0.0.1"]], "mixed6.test": [["::1", PUBLIC]],
    "turns.test": [[PUBLIC], ["127.0.0.1"]], "turns6.test": [[PUBLIC], ["::1"]],
    "turns-zero.test": [[PUBLIC], ["0.0.0.0"]], "turns-late.test": [[PUBLIC], [PUBLIC], ["::1"]],
    "turns-back.test": [["127.0.0.1"], [PUBLIC]], "trailing.test.": [["127.0.0.1"]],
    "LOOPS.test": [["127.0.0.1"]], "localhost.": [["127.0.0.1"]],
}  # fmt: skip
WRITTEN = (  # what is no plain web address, or means another host than it seems to
    "file:///etc/passwd", "file://127.0.0.1/etc/passwd", "gopher://127.0.0.1:6379/_INFO",
    "dict://127.0.0.1:11211/stat", "ftp://127.0.0.1/", "ldap://127.0.0.1/", "jar:http://127.0.0.1!/",
    "http://public.test@127.0.0.1/", "http://127.0.0.1@public.test/", "http://a:b@127.0.0.1/",
    "http://public.test#@127.0.0.1/", "http://public.test\\@127.0.0.1/", "http://127.0.0.1\t/",
    "http://127.0.0.1\r\n/", "http:// 127.0.0.1/", "http://①②⑦.⓪.⓪.①/", "http://127。0。0。1/",
    "http://[::1%25lo]/", "http://[::1/", "//127.0.0.1/", "http:127.0.0.1/", "http:///127.0.0.1/",
    "HTTP://127.0.0.1/", "http://127.0.0.1:80:80/", "http://0x7f.1/", "http://127.0.0.1?public.test",
)  # fmt: skip
URLS = [*(f"http://{host}:PORT/" for host in (*SPELLED, *NAMED)), *WRITTEN]
PARCEL = Parcel(bytes(16), "ana@example.org", "b@example.org", b"Subject: x\r\n\r\nx\r\n")

Client = Callable[[str], object]
DOES_NOT_CONNECT = (
    safe_http.NotReached, safe_http.NoAnswer, BadInput, Unreachable, Lost, Refusal, OSError,
    ValueError,  # an address so bent that nobody can read it
)  # fmt: skip


def gateway(url: str) -> object:
    return HttpGateway(url, "token").hand_over(PARCEL)


def mail(security: str) -> Client:
    def offer(url: str) -> None:
        parts = urlsplit(url)
        server = Server(parts.hostname or "", parts.port or 25, security, patience_s=0.3)
        Smtp(server).offer(PARCEL)

    return offer


def mailbox(url: str) -> object:
    parts = urlsplit(url)
    return returning._mailbox(parts.hostname or "", parts.port or 993)


CLIENTS: dict[str, Client] = {
    "gateway": gateway, "mail": mail("none"), "mail by TLS": mail("tls"), "mailbox": mailbox,
    "any other": lambda url: safe_http.ask("GET", url, b"", {}, environ={}),
}  # fmt: skip


class Dialled:
    """Every address this process tries to connect to, while it is watched; all are refused but
    this machine's own, where `Local` listens."""

    def __init__(self) -> None:
        self.watching = False
        self.addresses: list[str] = []
        sys.addaudithook(self._saw)

    def _saw(self, event: str, seen: Any) -> None:
        if not self.watching or event != "socket.connect" or not isinstance(seen[1], tuple):
            return
        self.addresses.append(str(seen[1][0]))
        if not seen[1][0].startswith(("127.", "::1", "0.")):
            raise ConnectionRefusedError("nothing of a test leaves the machine")

    @property
    def inside(self) -> list[str]:
        return [address for address in self.addresses if not safe_http.is_public(address)]


@pytest.fixture(scope="module")
def watcher() -> Dialled:
    return Dialled()  # a hook stays as long as the process: one is enough


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    resolver = Names()
    resolver.names = {**NAMED, "public.test": [[PUBLIC]]}
    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    return resolver


@pytest.fixture
def dialled(watcher: Dialled, names: Names, monkeypatch: pytest.MonkeyPatch) -> Iterator[Dialled]:
    monkeypatch.delenv("VIVENCIA_PRIVATE_HOSTS", raising=False)
    trusted = ssl.create_default_context()  # reading all authorities anew takes most of the time
    monkeypatch.setattr(ssl, "create_default_context", lambda: trusted)
    watcher.addresses.clear()
    watcher.watching = True
    yield watcher
    watcher.watching = False


@pytest.fixture
def local() -> Iterator[Local]:
    with Local() as server:
        yield server


def try_all(client: Client, local: Local, names: Names) -> None:
    for url in URLS:
        names.asked.clear()  # each address is asked for the first time again
        try_one(client, url.replace("PORT", str(local.server_port)))


def try_one(client: Client, url: str) -> None:
    with suppress(*DOES_NOT_CONNECT):
        client(url)


@pytest.mark.parametrize("name", CLIENTS)
def test_s10_no_client_connects_inside(
    name: str, dialled: Dialled, names: Names, local: Local, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(safe_http, "THIS_MACHINE", frozenset())  # mail's, which is for this machine
    try_all(CLIENTS[name], local, names)
    assert len(URLS) >= 120
    assert dialled.inside == []
    assert local.heard == []
    assert PUBLIC in dialled.addresses  # names that turn were gone after, where they first led
    figure(client=name, addresses=len(URLS), connections_inside=0)


@pytest.mark.parametrize("name", CLIENTS)
def test_s10_control_without_the_check_they_all_do(
    name: str, dialled: Dialled, local: Local, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(safe_http, "is_public", lambda address: True)
    monkeypatch.setattr(safe_http, "PATIENCE_S", 0.2)
    reached = set()
    for host in ("127.1", "2130706433", "0x7f.1", "0177.0.0.1"):
        try_one(CLIENTS[name], f"http://{host}:{local.server_port}/")
        reached |= set(dialled.addresses)
    assert "127.0.0.1" in reached


def test_s10_a_redirect_inside_is_not_followed(
    names: Names, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two servers of this machine, of which the settings name one."""
    monkeypatch.setenv("VIVENCIA_PRIVATE_HOSTS", "gateway.test")
    names.names["gateway.test"] = [["127.0.0.1"]]
    with Local() as named, Local() as inside:
        for status in (301, 302, 303, 307, 308):
            to = inside.url("127.0.0.1", "/secret")
            named.reply = lambda to_, status=status, to=to: to_.say(status, b"", Location=to)
            with pytest.raises(Refusal):
                gateway(named.url())
        assert (len(named.heard), inside.heard) == (5, [])


def test_s10_a_form_says_the_same_of_each_of_them() -> None:
    """Bad input 50: one sentence for all, which tells nothing of what is there."""
    for host in SPELLED:
        if host == "127.0.0.1.":  # a name by its spelling, which is looked at when it is called
            continue
        with pytest.raises(BadInput) as refused:
            safe_http.checked_public(f"https://{host}/send", environ={})
        said = "This address is not reachable from the internet."
        assert refused.value.said("en") == said, host
    for good in ("https://gateway.example/send", f"https://{PUBLIC}/"):
        assert safe_http.checked_public(good, environ={}) == good
    named = {"VIVENCIA_PRIVATE_HOSTS": "10.0.0.1"}
    assert safe_http.checked_public("http://10.0.0.1/", environ=named)
