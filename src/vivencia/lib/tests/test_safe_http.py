"""An address somebody typed leads to public places only, whatever it looks like or turns into."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from vivencia.lib import safe_http
from vivencia.lib.errors import BadInput
from vivencia.lib.tests.certificates import self_signed
from vivencia.lib.tests.elsewhere import Answering, Local, Names

OURS = {"VIVENCIA_PRIVATE_HOSTS": "gateway.test"}
PUBLIC = "93.184.216.34"


@pytest.fixture
def local() -> Iterator[Local]:
    with Local() as server:
        yield server


@pytest.fixture
def names(monkeypatch: Any) -> Names:
    resolver = Names(gateway_test=[["127.0.0.1"]])
    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    return resolver


@pytest.fixture
def dialled(monkeypatch: Any) -> list[str]:
    """Every address a connection was opened to; those elsewhere do not answer."""
    tried: list[str] = []
    system = socket.create_connection

    def connect(at: tuple[str, int], *rest: Any, **more: Any) -> socket.socket:
        tried.append(at[0])
        if at[0] == PUBLIC:
            raise ConnectionRefusedError("nobody is out there")
        return system(at, *rest, **more)

    monkeypatch.setattr(socket, "create_connection", connect)
    return tried


def post(url: str, **more: Any) -> safe_http.Answer:
    return safe_http.post(url, b"{}", {"Authorization": "Bearer x"}, environ=OURS, **more)


def test_a_host_that_is_named_as_ours_is_talked_to(local: Local, names: Names):
    assert post(local.url()) == (200, b"taken")
    path, headers, body = local.heard[0]
    assert (path, body, headers["Host"]) == (
        "/send?x=1",
        b"{}",
        f"gateway.test:{local.server_port}",
    )


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "0",
     "0.0.0.0", "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]"],
)  # fmt: skip
def test_this_machine_is_not_reached_in_any_spelling(host: str, local: Local, names: Names):
    with pytest.raises(safe_http.NotReached, match="not a public address"):
        post(local.url(host))
    assert not local.heard


def test_control_without_the_check_most_spellings_reach_it(
    local: Local, names: Names, monkeypatch: Any
):
    monkeypatch.setattr(safe_http, "is_public", lambda address: True)
    for host in ("127.0.0.1", "localhost", "127.1", "2130706433", "0x7f.1", "0177.0.0.1", "0"):
        post(local.url(host))
    assert len(local.heard) == 7


@pytest.mark.parametrize(
    "address",
    ["10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "192.0.0.192",
     "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "fe80::1", "fe80::1%lo", "fc00::1",
     "fec0::1", "ff02::1", "::127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "64:ff9b:1::1",
     "2002:7f00:1::", "2001:0:7f00:1::", "2001:db8::1", "100::1"],
)  # fmt: skip
def test_addresses_that_are_nobodys_out_there(address: str):
    assert not safe_http.is_public(address)


@pytest.mark.parametrize(
    "address",
    [PUBLIC, "1.1.1.1", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::101:101"],
)
def test_addresses_that_are_public(address: str):
    assert safe_http.is_public(address)


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "gopher://public.test/", "ftp://public.test/", "javascript:alert(1)",
     "//public.test/", "http://", "http://user@public.test/", "http://u:p@public.test/",
     "http://@public.test/", "http://public.test\\@127.0.0.1/", "http://public.test/\r\nX: y",
     "http://public.test/a b", "http://públic.test/", "http://public.test:99999/", "http://[::1/"],
)  # fmt: skip
def test_what_is_no_plain_web_address_is_refused_before_anything_is_asked(
    url: str, names: Names, dialled: list[str]
):
    with pytest.raises(BadInput):
        safe_http.checked_url(url)
    with pytest.raises(BadInput):
        post(url)
    assert not names.asked
    assert not dialled


def test_one_private_address_among_public_ones_is_enough(names: Names, dialled: list[str]):
    names.names["mixed.test"] = [[PUBLIC, "10.0.0.1"]]
    with pytest.raises(safe_http.NotReached, match="not a public address"):
        post("http://mixed.test/")
    assert not dialled


def test_a_name_that_turns_inwards_after_the_check_leads_nowhere(
    local: Local, names: Names, dialled: list[str]
):
    names.names["turning.test"] = [[PUBLIC], ["127.0.0.1"]]
    with pytest.raises(safe_http.NotReached, match="nobody is out there"):
        post(local.url("turning.test"))
    assert (names.asked["turning.test"], dialled) == (1, [PUBLIC])
    assert not local.heard


def test_control_connecting_to_the_name_would_reach_this_machine(
    local: Local, names: Names, dialled: list[str], monkeypatch: Any
):
    names.names["turning.test"] = [[PUBLIC], ["127.0.0.1"]]
    check = safe_http._addresses

    def by_name(host: str, port: int, private: bool) -> list[str]:
        check(host, port, private)
        return [host]

    monkeypatch.setattr(safe_http, "_addresses", by_name)
    post(local.url("turning.test"))
    assert len(local.heard) == 1


def test_the_next_address_is_tried_when_one_does_not_answer(local: Local, names: Names):
    names.names["gateway.test"] = [["127.0.0.9", "127.0.0.1"]]
    assert post(local.url()).status == 200


def test_a_redirect_is_an_answer_and_is_not_followed(local: Local, names: Names):
    local.reply = lambda to: to.say(307, b"", Location=local.url(path="/elsewhere"))
    assert post(local.url()).status == 307
    assert [path for path, _headers, _body in local.heard] == ["/send?x=1"]


def test_no_proxy_of_the_environment_is_used(local: Local, names: Names, monkeypatch: Any):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    assert post(local.url()).status == 200


def test_a_long_answer_is_cut_off(local: Local, names: Names):
    local.reply = lambda to: to.say(200, b"x" * 300_000)
    assert len(post(local.url()).body) == safe_http.LONGEST_ANSWER == 65_536


class Dripping:
    """A part of an answer every 50 ms, for as long as somebody listens, up to `seconds`."""

    def __init__(self, part: bytes, seconds: float = 120) -> None:
        self.part, self.parts, self.ended = part, int(seconds / 0.05), False

    def __call__(self, to: Answering) -> None:
        for _ in range(self.parts):
            to.wfile.write(self.part)
            time.sleep(0.05)
        self.ended = True


def test_a_server_that_drips_its_answer_is_left_in_time(local: Local, names: Names):
    local.reply = drip = Dripping(b"H")
    with pytest.raises(safe_http.NoAnswer):
        post(local.url(), patience_s=0.4)
    assert not drip.ended
    assert safe_http.PATIENCE_S == 10


def test_control_with_a_patience_for_each_read_it_would_go_on(
    local: Local, names: Names, monkeypatch: Any
):
    monkeypatch.setattr(safe_http, "_shut", lambda plain: None)
    local.reply = drip = Dripping(b"H", seconds=2)
    with pytest.raises(safe_http.NoAnswer):
        post(local.url(), patience_s=0.4)
    assert drip.ended


def test_nobody_there_and_no_answer_are_told_apart(local: Local, names: Names):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(safe_http.NotReached):
        post(f"http://gateway.test:{port}/")
    local.reply = lambda to: to.connection.shutdown(socket.SHUT_RDWR)
    with pytest.raises(safe_http.NoAnswer):
        post(local.url())


def test_https_takes_only_a_certificate_that_is_trusted_and_of_that_name(
    local: Local, names: Names, tmp_path: Path, monkeypatch: Any
):
    import ssl

    certificate, key = self_signed(tmp_path, "127.0.0.1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    local.socket = context.wrap_socket(local.socket, server_side=True)
    url = f"https://127.0.0.1:{local.server_port}/"
    ours = {"VIVENCIA_PRIVATE_HOSTS": "127.0.0.1, gateway.test"}
    with pytest.raises(safe_http.NotReached, match="CERTIFICATE_VERIFY_FAILED"):
        safe_http.post(url, b"", {}, environ=ours)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert safe_http.post(url, b"", {}, environ=ours).status == 200
    with pytest.raises(safe_http.NotReached, match="CERTIFICATE_VERIFY_FAILED"):
        safe_http.post(url.replace("127.0.0.1", "gateway.test"), b"", {}, environ=ours)
    local.reply = drip = Dripping(b"H")
    with pytest.raises(safe_http.NoAnswer):
        safe_http.post(url, b"", {}, environ=ours, patience_s=0.4)
    assert not drip.ended
