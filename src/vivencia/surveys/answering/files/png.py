"""PNG without its notes (W3C PNG, third edition): texts, EXIF, time, profiles, private chunks.

Kept are the chunks that draw one still picture; what follows its end is cut.
"""

from __future__ import annotations

import zlib

from vivencia.surveys.answering.files.bounds import broken, check_size

START = b"\x89PNG\r\n\x1a\n"
_DRAWING = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT"}


def clean(raw: bytes) -> bytes:
    """The picture alone. Raises Refused for one that is broken or too large."""
    kept, at, name, drawn = [START], len(START), b"", False
    while name != b"IEND":
        first = not name
        length = int.from_bytes(raw[at : at + 4], "big")
        name, body = raw[at + 4 : at + 8], raw[at + 8 : at + 8 + length]
        whole = raw[at : at + 12 + length]
        if len(whole) != 12 + length or first != (name == b"IHDR"):
            raise broken()
        if zlib.crc32(name + body).to_bytes(4, "big") != whole[-4:]:
            raise broken()
        if first:
            check_size(int.from_bytes(body[:4], "big"), int.from_bytes(body[4:8], "big"))
        if name in _DRAWING:
            kept.append(whole)
        drawn = drawn or name == b"IDAT"
        at += 12 + length
    if not drawn:
        raise broken()
    return b"".join(kept)
