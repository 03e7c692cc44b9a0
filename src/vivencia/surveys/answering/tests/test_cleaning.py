"""S13, by bytes: what is kept of a file shows the same and tells no more."""

from __future__ import annotations

import io
import struct
import time
import tracemalloc
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vivencia.surveys.answering.files.bounds import LARGEST, Refused
from vivencia.surveys.answering.files.cleaning import Clean, clean

SCRIPT = b"<script>alert(1)</script>"
GPS = b"Exif\0\0MM\0*\0\0\0\x08GPSLatitude 40.4168"


# ------------------------------------------------------------------ made files
def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width: int = 2, height: int = 2, *more: bytes, pixels: bytes | None = None) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = pixels if pixels is not None else (b"\0" + b"\x80" * width) * height
    parts = [chunk(b"IHDR", head), *more, chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


FRAME = struct.pack(">BHHB", 8, 2, 2, 1) + b"\1\x11\0"
SCAN = segment(0xDA, b"\1\1\0\0\x3f\0") + b"\x12\xff\0\x34\xff\xd0\x56"
DRAWN = segment(0xDB, b"\0" * 65) + segment(0xC0, FRAME) + SCAN


def jpeg(*more: bytes, drawn: bytes = DRAWN) -> bytes:
    jfif = segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")
    return b"\xff\xd8" + jfif + b"".join(more) + drawn + b"\xff\xd9"


def webp(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"WEBP" + b"".join(
        name + struct.pack("<I", len(said)) + said + b"\0" * (len(said) % 2)
        for name, said in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body)) + body


LOSSY = (b"VP8 ", b"\0\0\0\x9d\x01\x2a\x02\0\x02\0" + b"\x55" * 9)
EXTENDED = (b"VP8X", bytes([0x0C | 0x10, 0, 0, 0]) + b"\1\0\0" + b"\1\0\0")


def pdf(*objects: bytes) -> bytes:
    made = b"".join(b"%d 0 obj\n%s\nendobj\n" % (n, said) for n, said in enumerate(objects, 1))
    return b"%PDF-1.7\n" + made + b"trailer <</Root 1 0 R>>\nstartxref\n9\n%%EOF"


def unfolding(said: bytes) -> bytes:
    folded = zlib.compress(said)
    head = b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>" % len(folded)
    return head + b"\nstream\n" + folded + b"\nendstream"


PAGE = b"<</Type/Catalog/Pages 2 0 R>>"


# ------------------------------------------------------------------ what is kept
def test_a_plain_file_of_each_sort_stays_as_it_is() -> None:
    for sort, raw in (("png", png()), ("jpeg", jpeg()), ("webp", webp(LOSSY))):
        assert clean(raw) == Clean(sort, raw)
    assert clean(pdf(PAGE)) == Clean("pdf", pdf(PAGE) + b"\n")


@pytest.mark.parametrize("raw", [
    jpeg(segment(0xE1, GPS), segment(0xFE, b"GPSLatitude"), segment(0xED, b"GPSLatitude")),
    jpeg() + GPS,
    jpeg(drawn=DRAWN + segment(0xE1, GPS)),
    png(2, 2, chunk(b"eXIf", GPS), chunk(b"tEXt", b"place\0GPSLatitude"), chunk(b"prIV", GPS)),
    png() + GPS,
    webp(EXTENDED, LOSSY, (b"EXIF", GPS), (b"XMP ", b"GPSLatitude"), (b"priv", GPS)),
    webp(LOSSY) + GPS,
], ids=["segments", "behind", "between", "chunks", "behind png", "riff", "after riff"])  # fmt: skip
def test_where_it_was_made_is_gone(raw: bytes) -> None:
    assert b"GPSLatitude" in raw, "the control: it was there"
    kept = clean(raw)
    assert b"GPSLatitude" not in kept.body
    assert b"Exif" not in kept.body
    assert clean(kept.body) == kept, "cleaned twice it is the same"


def test_the_picture_itself_stays() -> None:
    rows = b"".join(b"\0" + bytes(range(n, n + 9)) for n in range(9))
    kept = clean(png(9, 9, chunk(b"tEXt", b"a\0b"), pixels=rows)).body
    at = kept.index(b"IDAT")
    length = struct.unpack(">I", kept[at - 4 : at])[0]
    assert zlib.decompress(kept[at + 4 : at + 4 + length]) == rows
    assert clean(jpeg(segment(0xE1, GPS))).body == jpeg()
    flags = clean(webp(EXTENDED, LOSSY, (b"EXIF", GPS))).body[20]
    assert flags == 0x10, "of the flags only that it is see-through"


# ------------------------------------------------------------------ what is not kept
@pytest.mark.parametrize("raw", [
    b"", b"GIF89a" + SCRIPT, b'<svg xmlns="http://www.w3.org/2000/svg">' + SCRIPT + b"</svg>",
    b"<!doctype html>" + SCRIPT, SCRIPT + png(), b"PK\3\4" + b"\0" * 30, b"\x1f\x8b\x08" * 9,
    b"MZ\x90\0", b"#!/bin/sh\n", b"\xff\xd8\xff", jpeg()[:-9], png()[:-3], webp(LOSSY)[:-4],
    png(0, 2), jpeg(drawn=segment(0xC0, FRAME)), b"RIFF\4\0\0\0WAVE", b"%PDF-1.7 nothing",
    webp((b"ANIM", b"\0" * 6), (b"ANMF", GPS)),
    png().replace(b"IDAT", b"IDAX"), png(50_000, 50_000, pixels=b""), png(30_000, 1, pixels=b""),
    jpeg(drawn=segment(0xC2, struct.pack(">BHHB", 8, 65_000, 65_000, 1)) + SCAN),
    png() + b"\0" * LARGEST,
    pdf(PAGE, b"<</S/JavaScript/JS(app.alert(1))>>"), pdf(PAGE, b"<</S/J#61vaScript/JS(1)>>"),
    pdf(PAGE, b"<</S/Launch/F(cmd.exe)>>"), pdf(PAGE, b"<</EmbeddedFiles 3 0 R>>"),
    pdf(PAGE, unfolding(b"<</S/JavaScript/JS(1)>>")), pdf(PAGE, b"<</Encrypt 4 0 R>>"),
    pdf(PAGE, unfolding(b"\0" * 30_000_000)), pdf(PAGE, jpeg(segment(0xE1, GPS))),
    pdf(PAGE, unfolding(b"").replace(b"/ObjStm", b"/Obj#53tm")),
])  # fmt: skip
def test_s13_whatever_acts_unfolds_or_is_broken_is_refused_at_once(raw: bytes) -> None:
    tracemalloc.start()
    begun = time.process_time()
    with pytest.raises(Refused) as refused:
        clean(raw)
    took, most = time.process_time() - begun, tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert took < 1
    assert most < 100 * 1024 * 1024
    assert refused.value.problem["es"] != refused.value.problem["en"]


def test_control_a_bomb_does_unfold_where_it_is_read_as_a_picture() -> None:
    bomb = zlib.compress(b"\0" * 30_000_000)
    assert len(bomb) < 100_000
    assert len(zlib.decompress(bomb)) == 30_000_000


def test_a_polyglot_keeps_its_picture_and_loses_the_rest() -> None:
    archive = io.BytesIO()
    import zipfile

    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("../../evil.html", SCRIPT)
    for picture in (png(), jpeg(), webp(LOSSY)):
        both = picture + archive.getvalue()
        assert zipfile.is_zipfile(io.BytesIO(both)), "the control: it is an archive too"
        assert clean(both).body == picture


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_file_bent_anywhere_is_kept_clean_or_refused(data: st.DataObject) -> None:
    made = [png(2, 2, chunk(b"eXIf", GPS)), jpeg(segment(0xE1, GPS)), webp(EXTENDED, LOSSY),
            pdf(PAGE, unfolding(b"<<>>"))]  # fmt: skip
    raw = bytearray(data.draw(st.sampled_from(made)))
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.integers(len(raw) // 2, len(raw)))
    try:
        kept = clean(bytes(raw[:cut]))
    except Refused:
        return
    assert clean(kept.body) == kept
