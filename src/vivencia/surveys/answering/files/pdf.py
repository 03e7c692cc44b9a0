"""PDF (ISO 32000) that only shows pages; it can not be cleaned by hand, so what acts is refused.

Looked through are the file and its compressed object streams: a name of anything that runs, opens
or carries other files, a password, or a photograph that still says where it was taken, and the
file is not taken. What cannot be looked through is refused too.
"""

from __future__ import annotations

import re
import zlib

from vivencia.surveys.answering.files.bounds import Refused, broken

START = b"%PDF-"
MOST_UNFOLDED = 20 * 1024 * 1024
_ACTING = re.compile(
    rb"/(?:JavaScript|Launch|EmbeddedFiles?|Filespec|RichMedia|XFA|SubmitForm|ImportData|GoToE"
    rb"|GoToR|Rendition|Movie|Sound|OnInstantiate|Encrypt)(?![A-Za-z0-9])"
)
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")  # a name may say any letter by its number
_OBJECTS = re.compile(rb"<<([^>]*/ObjStm[^>]*)>>\s*stream\r?\n")
_ONE_FLATE = re.compile(rb"/Filter\s*(?:/FlateDecode|\[\s*/FlateDecode\s*\])(?![^/>]*/Filter)")
_PLACED = (b"Exif\0\0", b"GPSLatitude")


def clean(raw: bytes) -> bytes:
    """The file as it came. Raises Refused."""
    end = raw.rfind(b"%%EOF")
    if end < 0 or b"startxref" not in raw[-2048:]:
        raise broken()
    raw = raw[: end + 5] + b"\n"
    plain = _named(raw)
    texts = [plain, *_unfolded(plain, raw)]
    if any(_ACTING.search(text) for text in texts):
        raise Refused(
            "Ese PDF lleva programas, otros archivos o una contraseña. "
            "Guárdelo como PDF sencillo, o envíe una foto.",
            "That PDF holds programs, other files or a password. "
            "Save it as a plain PDF, or send a photo.",
        )
    if any(mark in text for text in texts for mark in _PLACED):
        raise Refused(
            "Las fotos de ese PDF aún dicen dónde se hicieron. Envíe las fotos por separado.",
            "The photos in that PDF still say where they were taken. Send the photos themselves.",
        )
    return raw


def _named(text: bytes) -> bytes:
    """`text` with the escapes of its names undone."""
    return _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), text)


def _unfolded(plain: bytes, raw: bytes) -> list[bytes]:
    """The object streams, unfolded; each of them has to be one Flate stream."""
    found, left = [], MOST_UNFOLDED
    heads = list(_OBJECTS.finditer(raw))
    if len(heads) != plain.count(b"/ObjStm"):
        raise broken()  # a name in disguise
    for head in heads:
        if not _ONE_FLATE.search(head[1]) or b"/DecodeParms" in head[1]:
            raise broken()
        unfolding = zlib.decompressobj()
        try:
            text = unfolding.decompress(raw[head.end() :], left)
        except zlib.error:
            raise broken() from None
        left -= len(text)
        if left <= 0 or not unfolding.eof:
            raise broken()
        found.append(_named(text))
    return found
