"""Whether a text, some bytes or a file name somebody: by the identities they are known by.

For what no key leads to: quarantined bytes, files on their way in, their error files, details of
the audit trail. No Django here.
"""

from __future__ import annotations

import gzip
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

from vivencia.interactions.record import Sort

_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_NUMBERS = re.compile(r"[+\d][\d\s().\-/\u00a0\u2010-\u2015]{5,24}\d")
_DIGITS_TOLD = 9  # of a telephone, its last: the country may be written in many ways, or not
_SHORT = 4  # a shorter account is looked for only where it fills a cell
_BLOCK, _OVERLAP = 1 << 20, 4096


class Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


class Mentions:
    """`values` are (sort, normal form), as the vault keeps them."""

    def __init__(self, values: Iterable[tuple[int, str]]) -> None:
        patterns: list[str] = []
        self._phones: set[str] = set()
        for sort, value in values:
            if sort == Sort.phone:
                self._phones.add(_ending(value))
            else:
                patterns += [_pattern(written) for written in _spellings(sort, value)]
        self._pattern = (
            re.compile("|".join(patterns), re.IGNORECASE | re.MULTILINE) if patterns else None
        )

    def __bool__(self) -> bool:
        return bool(self._phones or self._pattern)

    def in_text(self, text: str) -> bool:
        if self._pattern is not None and self._pattern.search(text):
            return True
        return bool(self._phones) and any(
            _ending(found) in self._phones for found in _NUMBERS.findall(text)
        )

    def in_bytes(self, raw: bytes) -> bool:
        """As `in_text`, of UTF-8 or Latin-1, with what JSON escapes read as it is meant."""
        text = raw.decode(errors="replace")
        if "\\u" in text:
            text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
        return self.in_text(text.replace("\\/", "/"))

    def in_file(self, path: Path) -> bool:
        """Also within gzip, zip (a spreadsheet is one) and Parquet; True for a file that can not
        be read: nobody can say that they are not in it."""
        try:
            return any(self.in_bytes(block) for block in _blocks(path))
        except FileNotFoundError:
            return False
        except (OSError, EOFError, ValueError, zipfile.BadZipFile, zlib.error):
            return True


def _spellings(sort: int, value: str) -> set[str]:
    """The value, and an e-mail's domain in letters where the network writes it in ASCII."""
    local, at, domain = value.rpartition("@")
    if sort != Sort.email or not at or "xn--" not in domain:
        return {value}
    try:
        return {value, f"{local}@{domain.encode().decode('idna')}"}
    except UnicodeError:
        return {value}


def _pattern(value: str) -> str:
    if len(value) < _SHORT:
        return rf"(?:^|[\"',;\t|>]){re.escape(value)}(?=$|[\"'\\,;\t|<\r\n])"
    return rf"(?<![\w.+-]){re.escape(value)}(?!\.?[\w-])"


def _ending(number: str) -> str:
    return "".join(letter for letter in number if letter.isdigit())[-_DIGITS_TOLD:]


# ------------------------------------------------------------------ files, whatever they are in
def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        begun = file.read(4)
    if begun == b"PAR1":
        yield from _of_parquet(path)
    elif begun == b"PK\x03\x04":
        with zipfile.ZipFile(path) as packed:
            for name in packed.namelist():
                with packed.open(name) as member:
                    yield from _pieces(member)
    elif begun[:2] == b"\x1f\x8b":
        with gzip.open(path) as unpacked:
            yield from _pieces(unpacked)
    else:
        with path.open("rb") as plain:
            yield from _pieces(plain)


def _pieces(file: Readable) -> Iterator[bytes]:
    """Its bytes in blocks that overlap, so that nothing is cut in two."""
    kept = b""
    while block := file.read(_BLOCK):
        yield kept + block
        kept = block[-_OVERLAP:]


def _of_parquet(path: Path) -> Iterator[bytes]:
    import pyarrow.parquet as pq  # noqa: PLC0415 - heavy, and few files are Parquet

    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=5_000):
            for column in batch.columns:
                yield "\n".join(map(str, column.to_pylist())).encode(errors="replace")
