"""A file as it may be kept: what it is by its own bytes, without where and when it was made.

    clean(raw) -> Clean(sort, body)        raises Refused, with the sentence for whoever sent it

Nothing is decoded: pictures are walked part by part, and only the parts that draw are kept. So a
picture that would unfold to gigabytes costs as little as any other, and what hides behind its end
is gone. Pure.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from vivencia.surveys.answering.files import jpeg, pdf, png, webp
from vivencia.surveys.answering.files.bounds import LARGEST, Refused, too_large

_SORTS: dict[str, tuple[bytes, Callable[[bytes], bytes]]] = {
    "jpeg": (jpeg.START, jpeg.clean),
    "png": (png.START, png.clean),
    "webp": (webp.START, webp.clean),
    "pdf": (pdf.START, pdf.clean),
}


class Clean(NamedTuple):
    """What is kept of a file, and its sort (`jpeg`, `png`, `webp`, `pdf`)."""

    sort: str
    body: bytes


def clean(raw: bytes) -> Clean:
    """The file without what it would give away. Raises Refused."""
    if len(raw) > LARGEST:
        raise too_large()
    for sort, (start, cleaner) in _SORTS.items():
        if raw.startswith(start):
            return Clean(sort, cleaner(raw))
    raise Refused(
        "Ese tipo de archivo no se admite. Puede enviar una foto (JPEG, PNG o WebP) o un PDF.",
        "That sort of file is not taken. You can send a photo (JPEG, PNG or WebP) or a PDF.",
    )
