"""Requests to addresses somebody typed: checked where the socket is opened. No Django here.

The name is resolved once, every address it has must be a public one (or the host be named in
VIVENCIA_PRIVATE_HOSTS), and that very address is connected to: a name that answers otherwise the
second time leads nowhere. No redirect is followed, no proxy of the environment used, and an
answer longer than expected is cut off.
"""

from __future__ import annotations

import http.client
import ipaddress
import os
import socket
import ssl
import time
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from vivencia.lib.errors import BadInput

PATIENCE_S = 20.0
LONGEST_ANSWER = 64 * 1024


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
    scheme, host, port, target = _parts(url)
    until = time.monotonic() + patience_s
    at = _address(host, port, host in _private_hosts(environ))
    connection = http.client.HTTPConnection(host, port, timeout=patience_s)
    try:
        connection.sock = socket.create_connection(at, timeout=patience_s)
        if scheme == "https":
            context = ssl.create_default_context()
            connection.sock = context.wrap_socket(connection.sock, server_hostname=host)
    except OSError as error:
        connection.close()
        raise NotReached(str(error)) from error
    try:
        connection.request("POST", target, body, dict(headers))
        connection.sock.settimeout(max(0.1, until - time.monotonic()))
        answer = connection.getresponse()
        return Answer(answer.status, answer.read(LONGEST_ANSWER))
    except (OSError, http.client.HTTPException) as error:
        raise NoAnswer(type(error).__name__) from error
    finally:
        connection.close()


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
    plain = parts.scheme in ("http", "https") and parts.hostname and not parts.username
    if not plain or any(c.isspace() or ord(c) < 32 for c in url):
        raise _not_a_url(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    default = 443 if parts.scheme == "https" else 80
    return parts.scheme, parts.hostname or "", port or default, target


def _address(host: str, port: int, private: bool) -> tuple[str, int]:
    """Where to connect: the first address, once every one of them is found public."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise NotReached(str(error)) from error
    addresses = [str(one[4][0]) for one in found]
    if not private and not all(_is_public(address) for address in addresses):
        raise NotReached("not a public address")
    return addresses[0], port


def _is_public(text: str) -> bool:
    address = ipaddress.ip_address(text.partition("%")[0])
    inner = getattr(address, "ipv4_mapped", None) or address
    return inner.is_global and not inner.is_multicast


def _private_hosts(environ: Mapping[str, str]) -> set[str]:
    named = environ.get("VIVENCIA_PRIVATE_HOSTS", "")
    return {host.strip().lower() for host in named.split(",") if host.strip()}


def _not_a_url(url: str) -> BadInput:
    return BadInput(
        es=f"«{url[:80]}» no es una dirección web a la que se pueda llamar.",
        en=f"“{url[:80]}” is not a web address that can be called.",
    )
