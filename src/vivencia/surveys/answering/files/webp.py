"""WebP without its notes (RFC 9649): EXIF, XMP, profiles, unknown chunks. One still picture.

What follows the end is cut. Moving pictures are refused: their frames may hold chunks of any sort.
"""

from __future__ import annotations

from vivencia.surveys.answering.files.bounds import broken, check_size

START = b"RIFF"
_DRAWING = {b"VP8X", b"VP8 ", b"VP8L", b"ALPH"}
_ALPHA = 0x10  # of the flags of VP8X the only one that is kept


def clean(raw: bytes) -> bytes:
    """The picture alone. Raises Refused for one that is broken, moving or too large."""
    end = 8 + int.from_bytes(raw[4:8], "little")
    if raw[8:12] != b"WEBP" or end > len(raw):
        raise broken()
    kept, at, drawn = [], 12, False
    while at < end:
        name, length = raw[at : at + 4], int.from_bytes(raw[at + 4 : at + 8], "little")
        body = raw[at + 8 : at + 8 + length]
        at += 8 + length + length % 2
        if len(body) != length or at > end or name in (b"ANIM", b"ANMF"):
            raise broken()
        if name in _DRAWING:
            check_size(*_size(name, body))
            kept.append(_chunk(name, body))
        drawn = drawn or name in (b"VP8 ", b"VP8L")
    if not drawn:
        raise broken()
    whole = b"WEBP" + b"".join(kept)
    return START + len(whole).to_bytes(4, "little") + whole


def _size(name: bytes, body: bytes) -> tuple[int, int]:
    """(width, height) as a chunk has them; of ALPH, which has none, one by one."""
    if name == b"VP8X" and len(body) == 10:
        width, height = body[4:7], body[7:10]
        return int.from_bytes(width, "little") + 1, int.from_bytes(height, "little") + 1
    if name == b"VP8 " and body[3:6] == b"\x9d\x01\x2a" and len(body) >= 10:
        width, height = body[6:8], body[8:10]
        return int.from_bytes(width, "little") & 0x3FFF, int.from_bytes(height, "little") & 0x3FFF
    if name == b"VP8L" and body[:1] == b"\x2f" and len(body) >= 5:
        bits = int.from_bytes(body[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if name == b"ALPH":
        return 1, 1
    raise broken()


def _chunk(name: bytes, body: bytes) -> bytes:
    if name == b"VP8X":
        body = bytes([body[0] & _ALPHA, 0, 0, 0]) + body[4:]
    return name + len(body).to_bytes(4, "little") + body + b"\0" * (len(body) % 2)
