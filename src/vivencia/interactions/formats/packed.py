"""Opens a file as bytes, plain or gzip, and stops a small file that swells beyond reason."""

from __future__ import annotations

import gzip
import io
import zlib
from pathlib import Path

from vivencia.lib.errors import BadFile

LARGEST_INFLATED = 64 * 2**30
_BLOCK = 1 << 20
# gzip can not pack tighter than 1:1032; tables of real rows stay under 1:200.
_SUSPECT_RATIO = 500
_SUSPECT_FROM = 64 * 2**20


def is_gzip(path: Path) -> bool:
    """By its first two bytes, whatever its name."""
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


class Bytes(io.RawIOBase):
    """The content of a file, inflated if it is gzip. `packed_at` is how far on disk it is.

    `start` and `end` are places on disk, for a part of a file that is not packed.
    """

    def __init__(self, path: Path, start: int = 0, end: int | None = None) -> None:
        super().__init__()
        self._name = path.name
        self._disk = path.open("rb")
        self._source: io.BufferedIOBase = self._disk
        self.packed = is_gzip(path)
        if self.packed:
            self._source = gzip.GzipFile(fileobj=self._disk)
        self._disk.seek(start)
        self._end = end
        self._given = 0

    @property
    def packed_at(self) -> int:
        return 0 if self._disk.closed else self._disk.tell()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        if self._end is not None:
            view = view[: max(self._end - self._disk.tell(), 0)]
        try:
            n = self._source.readinto(view)
        except (gzip.BadGzipFile, zlib.error, EOFError):
            raise BadFile(
                es=f"{self._name} está comprimido con gzip y llegó dañado o cortado.",
                en=f"{self._name} is gzip, and damaged or cut short.",
                reason="bad_gzip",
            ) from None
        self._given += n
        if self.packed and self._given > _SUSPECT_FROM:
            self._refuse_bomb()
        return n

    def _refuse_bomb(self) -> None:
        ratio = self._given / max(self.packed_at, 1)
        if ratio > _SUSPECT_RATIO or self._given > LARGEST_INFLATED:
            raise BadFile(
                es=f"{self._name} se hincha demasiado al descomprimirse; no se ha leído más.",
                en=f"{self._name} swells too much when unpacked; nothing more was read.",
                reason="inflated_too_large",
            )

    def close(self) -> None:
        if not self.closed:
            self._source.close()
            self._disk.close()
        super().close()


def open_bytes(
    path: Path, start: int = 0, end: int | None = None
) -> tuple[io.BufferedReader, Bytes]:
    """(a buffered stream of the content, the same to ask how far it is)."""
    raw = Bytes(path, start, end)
    return io.BufferedReader(raw, _BLOCK), raw
