"""The bytes of one request, bounded at every step: type, length, gzip, encoding."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from vivencia.interactions.intake.limits import LARGEST_BODY
from vivencia.interactions.intake.refusals import BadBody

Receive = Callable[[], Awaitable[dict[str, Any]]]
_TYPES = ("application/json", "text/json")
_SEGMENT_TYPES = (*_TYPES, "text/plain", "")  # browsers' beacons send JSON as text/plain
_BOM = b"\xef\xbb\xbf"
_PATIENCE_S = 15.0  # for a body to arrive whole
_LINGER_S, _LINGER_BYTES = 3.0, 64 * 1024 * 1024  # for the rest of one that was refused


class Gone(Exception):
    """The sender hung up before its body was whole."""


async def body_of(
    headers: Mapping[bytes, bytes],
    receive: Receive,
    *,
    largest: int = LARGEST_BODY,
    segment: bool = False,
) -> bytes:
    """The body as plain JSON bytes without a byte order mark. Raises BadBody or Gone."""
    _check_type(headers, segment)
    declared = _declared_length(headers, largest)
    try:
        async with asyncio.timeout(_PATIENCE_S):
            data = await _read(receive, declared, largest)
    except TimeoutError:
        raise BadBody("bad_length") from None
    return _plain(headers, data, largest)


def body_from(
    headers: Mapping[bytes, bytes],
    data: bytes,
    *,
    largest: int = LARGEST_BODY,
    segment: bool = False,
) -> bytes:
    """The same of a body that is here already."""
    _check_type(headers, segment)
    _check_length(data, _declared_length(headers, largest), largest)
    return _plain(headers, data, largest)


def _plain(headers: Mapping[bytes, bytes], data: bytes, largest: int) -> bytes:
    encoding = headers.get(b"content-encoding", b"identity").strip().lower()
    if encoding == b"gzip":
        data = _inflated(data, largest)
    elif encoding != b"identity":
        raise BadBody("bad_content_encoding")
    data = data.removeprefix(_BOM)
    if not data or data.isspace():
        raise BadBody("empty")
    return data


async def let_go(receive: Receive) -> None:
    """Take no notice of the rest of a body that was refused, until it ends.

    Closed at once, the connection would be reset under a sender still busy sending, and the
    answer lost with it (what nginx calls a lingering close).
    """
    left = _LINGER_BYTES
    try:
        async with asyncio.timeout(_LINGER_S):
            while left > 0 and (message := await receive()).get("more_body"):
                left -= len(message.get("body", b""))
    except TimeoutError:
        return


def _check_type(headers: Mapping[bytes, bytes], segment: bool) -> None:
    given = headers.get(b"content-type", b"")
    if given == b"application/json":
        return
    kind, _, parameters = given.decode("latin-1").partition(";")
    if kind.strip().lower() not in (_SEGMENT_TYPES if segment else _TYPES):
        raise BadBody("bad_content_type")
    name, _, charset = parameters.strip().lower().partition("=")
    if name == "charset" and charset.strip('" ') not in ("utf-8", "utf8"):
        raise BadBody("bad_encoding")


def _declared_length(headers: Mapping[bytes, bytes], largest: int) -> int | None:
    text = headers.get(b"content-length")
    if text is None:
        return None
    if not text.isdigit() or len(text) > 18:
        raise BadBody("bad_length")
    if int(text) > largest:
        raise BadBody("too_large", limit=largest)
    return int(text)


async def _read(receive: Receive, declared: int | None, largest: int) -> bytes:
    message = await receive()
    data = message.get("body", b"")
    if message.get("more_body"):
        parts = [data]
        size = len(data)
        while message.get("more_body"):
            message = await receive()
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > largest:
                raise BadBody("too_large", limit=largest)
        data = b"".join(parts)
    if message["type"] == "http.disconnect":
        raise Gone
    _check_length(data, declared, largest)
    return bytes(data)


def _check_length(data: bytes, declared: int | None, largest: int) -> None:
    if len(data) > largest:
        raise BadBody("too_large", limit=largest)
    if declared is not None and declared != len(data):
        raise BadBody("bad_length")


_MOST_MEMBERS = 64


def _inflated(data: bytes, largest: int) -> bytes:
    """The plain bytes of a gzip body of a few members, never more than `largest`.

    What follows each member is copied to read the next, so many tiny ones would cost a square.
    """
    plain = b""
    for _ in range(_MOST_MEMBERS):
        if not data:
            return plain
        inflater = zlib.decompressobj(wbits=31)
        try:
            plain += inflater.decompress(data, largest + 1 - len(plain))
        except zlib.error:
            raise BadBody("bad_gzip") from None
        if len(plain) > largest:
            raise BadBody("inflated_too_large", limit=largest)
        if not inflater.eof:
            raise BadBody("bad_gzip")
        data = inflater.unused_data
    raise BadBody("bad_gzip")
