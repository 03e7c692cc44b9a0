"""JPEG without its notes (ITU-T T.81, annex B): EXIF with its place, XMP, comments, thumbnails.

Kept are the segments that draw; of the application segments only JFIF's head (APP0, without its
thumbnail) and Adobe's (APP14), which says how colours are to be read. What follows the end of the
picture is cut.
"""

from __future__ import annotations

import re

from vivencia.surveys.answering.files.bounds import broken, check_size

START = b"\xff\xd8\xff"
_SCAN, _END = 0xDA, 0xD9
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}  # SOF0 to SOF15: the size stands in them
_DRAWING = {*_FRAMES, 0xC4, 0xCC, 0xDB, 0xDC, 0xDD, _SCAN}
_JFIF, _ADOBE = b"JFIF\0", b"Adobe"
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")  # in a scan: no stuffing, restart or filling


def clean(raw: bytes) -> bytes:
    """The picture alone. Raises Refused for one that is broken or too large."""
    kept, at, framed, scanned = [raw[:2]], 2, False, False
    while True:
        marker, at = _marker(raw, at)
        if marker == _END:
            break
        length = int.from_bytes(raw[at : at + 2], "big")
        body = raw[at + 2 : at + length]
        if length < 2 or len(body) != length - 2:
            raise broken()
        at += length
        if marker in _FRAMES:
            check_size(int.from_bytes(body[3:5], "big"), int.from_bytes(body[1:3], "big"))
            framed = True
        kept.append(_segment(marker, body))
        if marker == _SCAN:
            end = _MARKER.search(raw, at)
            if end is None:
                raise broken()
            kept.append(raw[at : end.start()])
            at, scanned = end.start(), True
    if not framed or not scanned:
        raise broken()
    return b"".join([*kept, b"\xff\xd9"])


def _marker(raw: bytes, at: int) -> tuple[int, int]:
    """(the marker at `at`, where its segment goes on); filling bytes are passed over."""
    if raw[at : at + 1] != b"\xff":
        raise broken()
    while raw[at : at + 1] == b"\xff":
        at += 1
    if at >= len(raw):
        raise broken()
    return raw[at], at + 1


def _segment(marker: int, body: bytes) -> bytes:
    """A segment as it is kept; empty where it does not draw."""
    if marker == 0xE0 and body.startswith(_JFIF) and len(body) >= 14:
        body = body[:12] + b"\0\0"  # no thumbnail
    elif marker == 0xEE and body.startswith(_ADOBE) and len(body) >= 12:
        body = body[:12]
    elif marker not in _DRAWING:
        return b""
    return bytes([0xFF, marker]) + (len(body) + 2).to_bytes(2, "big") + body
