"""Requests to addresses somebody typed: checked where the socket is opened. No Django here.

The name is resolved once, every address it has must be a public one (or the host be named in
VIVENCIA_PRIVATE_HOSTS, or be the one the caller was set up for), and those very addresses are
connected to: a name that answers otherwise the second time leads nowhere. No redirect is
followed, no proxy of the environment used, an answer longer than expected is cut off, and so is
one that takes too long, byte by byte.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import NamedTuple
from urllib.parse import urlsplit

from vivencia.lib.errors import BadInput

PATIENCE_S = 10.0
LONGEST_ANSWER = 64 * 1024
# An IPv4 address is the end of these (RFC 4291 §2.5.5.2, RFC 6052).
_V4_INSIDE = (IPv6Network("::ffff:0:0/96"), IPv6Network("64:ff9b::/96"))
_V6_UNICAST = IPv6Network("2000::/3")
_V6_TUNNELS = (IPv6Network("2001::/32"), IPv6Network("2002::/16"))  # Teredo, 6to4
THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})
_V4_PROTOCOLS = ip_network("192.0.0.0/24")  # RFC 6890; one cloud answers its secrets there


class Answer(NamedTuple):
    status: int
    body: bytes


class NotReached(Exception):
    """Nobody was there, or not a place we may talk to: nothing was said."""


class NoAnswer(Exception):
    """The request left and no answer came: nobody knows what became of it."""


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    patience_s: float = PATIENCE_S,
    environ: Mapping[str, str] = os.environ,
) -> Answer:
    """The answer to a POST. NotReached before, NoAnswer after the request has left."""
    return ask("POST", url, body, headers, patience_s=patience_s, environ=environ)


def ask(
    method: str,
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    allowed_host: str = "",
    patience_s: float = PATIENCE_S,
    environ: Mapping[str, str] = os.environ,
) -> Answer:
    """The answer to a request. NotReached before, NoAnswer after it has left.

    `allowed_host` may be on a private network: one that the environment named for this purpose,
    never one that came from outside.
    """
    scheme, host, port, target = _parts(url)
    until = time.monotonic() + patience_s
    addresses = _addresses(host, port, host in _private_hosts(environ) | {allowed_host})
    connection = http.client.HTTPConnection(host, port)
    with _connected(addresses, port, until) as plain:
        try:
            connection.sock = _encrypted(plain, host) if scheme == "https" else plain
        except OSError as error:
            raise NotReached(str(error)) from error
        try:
            connection.request(method, target, body or None, dict(headers))
            answer = connection.getresponse()
            return Answer(answer.status, answer.read(LONGEST_ANSWER))
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswer(type(error).__name__) from error
        finally:
            connection.close()


def connect(
    host: str, port: int, *, patience_s: float, environ: Mapping[str, str] = os.environ
) -> socket.socket:
    """A connection for another protocol than HTTP: mail's. NotReached where we may not talk.

    A server of mail on this machine is an ordinary one, but only by its plain name: a name of
    elsewhere that leads here is none.
    """
    private = host in THIS_MACHINE or host in _private_hosts(environ)
    addresses = _addresses(host, port, private)
    plain = _first_that_answers(addresses, port, time.monotonic() + patience_s)
    plain.settimeout(patience_s)
    return plain


def checked_public(url: str, environ: Mapping[str, str] = os.environ) -> str:
    """`url` if its host may be talked to as far as it says itself; BadInput otherwise.

    Asks no network: what a name leads to is looked at when it is called.
    """
    _, host, port, _ = _parts(url)
    try:
        found = socket.getaddrinfo(host, port, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        is_inside = host == "localhost" or host.endswith(".localhost")
    else:
        is_inside = not all(is_public(str(one[4][0])) for one in found)
    if is_inside and host not in _private_hosts(environ):
        raise BadInput(
            es="A esa dirección no se llega desde internet.",
            en="This address is not reachable from the internet.",
        )
    return url


def checked_url(url: str) -> str:
    """`url` if it can be talked to at all; BadInput otherwise. Asks no network."""
    _parts(url)
    return url


def _parts(url: str) -> tuple[str, str, int, str]:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _not_a_url(url) from None
    plain = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc
    if not plain or not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        raise _not_a_url(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    default = 443 if parts.scheme == "https" else 80
    return parts.scheme, parts.hostname or "", port or default, target


def _addresses(host: str, port: int, private: bool) -> list[str]:
    """Where to connect, once every address of the host is found to be public."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotReached(str(error)) from error
    addresses = [str(one[4][0]) for one in found]
    if not private and not all(map(is_public, addresses)):
        raise NotReached("not a public address")
    return addresses


@contextlib.contextmanager
def _connected(addresses: list[str], port: int, until: float) -> Iterator[socket.socket]:
    """A connection to the first of `addresses` that takes one; cut off at `until`."""
    plain = _first_that_answers(addresses, port, until)
    handle = plain.dup()  # TLS takes the first one over
    # A patience per read would let a server that drips keep us for ever.
    deadline = threading.Timer(max(0.0, until - time.monotonic()), _shut, [handle])
    deadline.daemon = True
    deadline.start()
    try:
        yield plain
    finally:
        deadline.cancel()
        handle.close()
        plain.close()


def _first_that_answers(addresses: list[str], port: int, until: float) -> socket.socket:
    trouble: OSError = TimeoutError("nobody answered in time")
    for address in addresses:
        if (left := until - time.monotonic()) <= 0:
            break
        try:
            plain = socket.create_connection((address, port), timeout=left)
        except OSError as error:
            trouble = error
        else:
            plain.settimeout(None)  # the deadline holds for all of it together
            return plain
    raise NotReached(str(trouble)) from trouble


def _encrypted(plain: socket.socket, host: str) -> ssl.SSLSocket:
    return ssl.create_default_context().wrap_socket(plain, server_hostname=host)


def _shut(plain: socket.socket) -> None:
    with contextlib.suppress(OSError):
        plain.shutdown(socket.SHUT_RDWR)


def is_public(text: str) -> bool:
    """Whether an address is somebody's out there: not this machine, its networks, or a way
    around (an IPv4 address inside an IPv6 one is looked at itself; tunnels are not taken)."""
    address: IPv4Address | IPv6Address = ip_address(text.partition("%")[0])
    if isinstance(address, IPv6Address):
        if any(address in network for network in _V4_INSIDE):
            address = IPv4Address(int(address) & 0xFFFFFFFF)
        elif address not in _V6_UNICAST or any(address in tunnel for tunnel in _V6_TUNNELS):
            return False
    return address.is_global and not address.is_multicast and address not in _V4_PROTOCOLS


def _private_hosts(environ: Mapping[str, str]) -> set[str]:
    named = environ.get("VIVENCIA_PRIVATE_HOSTS", "")
    return {host.strip().lower() for host in named.split(",") if host.strip()}


def _not_a_url(url: str) -> BadInput:
    return BadInput(
        es=f"«{url[:80]}» no es una dirección web a la que se pueda llamar.",
        en=f"“{url[:80]}” is not a web address that can be called.",
    )
