"""CSV as it really comes: any delimiter, any usual encoding, ragged rows, stray quotes."""

from __future__ import annotations

import codecs
import csv
import functools
import io
import re
from collections import Counter, deque
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from vivencia.interactions.formats.packed import Bytes, is_gzip, open_bytes
from vivencia.interactions.formats.rows import (
    MOST_COLUMNS,
    ROWS_A_BATCH,
    BadRow,
    Batch,
    Cell,
    Options,
    Reader,
    Torn,
    two_row_names,
    unique_names,
)
from vivencia.lib.errors import BadFile

LONGEST_LINE = 4 << 20
LONGEST_ROW = 1 << 20  # a quote left open swallows no more than this
_LARGEST_BLOCK = 4 << 20  # characters read ahead
_LINES_AT_ONCE = 64
_SAMPLE = 1 << 18
_SAMPLE_LINES = 200
_PICTURE = 512  # bytes: fewer tell little
DELIMITERS = (",", ";", "\t", "|")
_DELIMITER_NAMES = {",": "«,»", ";": "«;»", "\t": "tabulador / tab", "|": "«|»"}
_ENDS_LINES_WITH_ONE_BYTE = ("utf-8-sig", "cp1252", "latin-1")  # which is of no other letter
_CP1252_UNUSED = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_VALUE = re.compile(r"[+-]?[\d.,]+%?|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}.*")


class CsvReader(Reader):
    """Every row has as many cells as the header, or it is bad (`ragged`)."""

    def __init__(self, path: Path, options: Options) -> None:
        super().__init__(path, options)
        csv.field_size_limit(LONGEST_ROW)
        self.encoding, self._may_break = _encoding(path, options.encoding)
        self._raw: Bytes | None = None
        sample = self._sample()
        self.delimiter = options.delimiter or _delimiter(sample)
        first = self._first_rows(sample)
        self.header = _has_header(first) if options.header is None else options.header
        width = len(first[0])
        if width > MOST_COLUMNS:
            raise _not_csv(path.name)
        pair = two_row_names(*first[:2]) if self.header and len(first) > 1 else None
        self._titles = 2 if pair else 1
        self.columns = unique_names(pair or (first[0] if self.header else [None] * width))
        self._say()

    def __iter__(self) -> Iterator[Batch]:
        return self.part(0, None)

    def part(self, start: int, end: int | None) -> Iterator[Batch]:
        with self._text(start, end) as text:
            lines = _Lines(text, self.path.name, torn=end is not None)
            rows = csv.reader(lines, delimiter=self.delimiter)
            number = 0
            if self.header and not start:
                number = self._pass_header(rows, lines)
            while True:
                batch, number = self._batch(rows, lines, number)
                if not batch.numbers and not batch.bad:
                    return
                yield batch

    def middle(self) -> int | None:
        """The start of a line that stands between two rows of one line each."""
        if is_gzip(self.path) or self.encoding not in _ENDS_LINES_WITH_ONE_BYTE:
            return None
        with self.path.open("rb") as file:
            file.seek(self.size // 2)
            file.readline(LONGEST_LINE)
            fits = False
            for line in islice(iter(lambda: file.readline(LONGEST_LINE), b""), _SAMPLE_LINES):
                text = line.decode(self.encoding, "replace")
                before, fits = fits, _closed([text]) and self._is_row(text)
                if before and fits:
                    return file.tell() - len(line)
        return None

    @property
    def at(self) -> int:
        return self._raw.packed_at if self._raw else 0

    def _pass_header(self, rows: Iterator[list[str]], lines: _Lines) -> int:
        """The row number of the header, once it is behind us; empty lines may stand before it."""
        number = 0
        for _ in range(self._titles):
            number += 1
            while next(rows, ["end"]) == []:
                number += 1
        lines.taken.clear()
        return number

    def _batch(self, rows: Iterator[list[str]], lines: _Lines, number: int) -> tuple[Batch, int]:
        """The next rows, and the number of the last one."""
        if (block := self._plain_rows(lines)) is not None:
            end = number + len(block)
            return Batch(block, range(number + 1, end + 1), texts=True), end
        width, taken = len(self.columns), lines.taken
        good: list[tuple[Cell, ...]] = []
        numbers: list[int] = []
        bad: list[BadRow] = []
        while len(good) + len(bad) < ROWS_A_BATCH:
            try:
                row = next(rows)
                whole = True
            except StopIteration:
                break
            except csv.Error:  # a field beyond LONGEST_ROW: a quote was left open
                row, whole = [], False
            number += 1
            if not row and whole:  # an empty line
                taken.clear()
                continue
            if (
                len(row) == width
                and (len(taken) == 1 or _closed(taken))
                and not (self._may_break and _broken(row))
            ):
                good.append(tuple(row))
                numbers.append(number)
            else:
                bad.append(BadRow(number, *self._why(row, whole, lines)))
            taken.clear()
        return Batch(good, numbers, bad, texts=True), number

    def _plain_rows(self, lines: _Lines) -> list[tuple[Cell, ...]] | None:
        """The next rows all at once, where each is one line and none is bad; else None, and the
        lines are given back to be read one by one."""
        block = lines.next_block(ROWS_A_BATCH)
        try:
            cells = csv.reader(block, delimiter=self.delimiter)
            rows: list[tuple[Cell, ...]] = [tuple(row) for row in cells]
        except csv.Error:
            rows = []
        if (
            len(rows) == len(block) > 0
            and set(map(len, rows)) == {len(self.columns)}
            and _closed(block[-1:])  # or the end of the block would close its quote
            and not (self._may_break and _LONE_SURROGATE.search("".join(block)))
        ):
            return rows
        lines.give_back(block)
        return None

    def _why(self, row: list[str], whole: bool, lines: _Lines) -> tuple[str, str]:
        """(reason, raw text) of a bad row; rows that an open quote swallowed are given back."""
        taken = lines.taken
        if len(taken) > 1 and (not whole or not _closed(taken) or self._swallowed(taken)):
            lines.give_back(taken[1:])
            return "open_quote", _shown(taken[0])
        raw = _shown("".join(taken))
        if len(row) == len(self.columns):
            return "bad_encoding", raw
        return "ragged", raw

    def _swallowed(self, taken: list[str]) -> bool:
        """Whether most lines after the first are rows of their own: then a quote was left open."""
        after = [line for line in taken[1:] if line.strip()][:50]
        fits = sum(map(self._is_row, after))
        return bool(after) and 2 * fits >= len(after)

    def _is_row(self, line: str) -> bool:
        return _width(line, self.delimiter) == len(self.columns)

    def _sample(self) -> list[str]:
        with self._text() as text:
            lines = _Lines(text, self.path.name)
            found, size = [], 0
            for line in lines:
                found.append(line)
                size += len(line)
                if len(found) >= _SAMPLE_LINES or size > _SAMPLE:
                    break
            return found

    def _first_rows(self, sample: list[str]) -> list[list[str]]:
        try:
            rows = [row for row in csv.reader(sample, delimiter=self.delimiter) if row]
        except csv.Error:
            rows = [row for row in csv.reader(sample[:1], delimiter=self.delimiter) if row]
        if not rows:
            raise _not_csv(self.path.name)
        return rows

    def _text(self, start: int = 0, end: int | None = None) -> io.TextIOWrapper:
        stream, self._raw = open_bytes(self.path, start, end)
        errors = "surrogateescape" if self._may_break else "replace"
        encoding = self.encoding.removesuffix("-sig") if start else self.encoding
        return io.TextIOWrapper(stream, encoding, errors=errors, newline="")

    def _say(self) -> None:
        name = {"utf-8-sig": "UTF-8", "cp1252": "Windows-1252", "latin-1": "Latin-1"}.get(
            self.encoding, self.encoding.upper()
        )
        self.note("encoding", es=f"leído como {name}", en=f"read as {name}")
        mark = _DELIMITER_NAMES.get(self.delimiter, self.delimiter)
        self.note("delimiter", es=f"separado por {mark}", en=f"delimiter {mark}")
        if not self.header:
            self.note("header", es="sin fila de títulos", en="no header row")


class _Lines:
    """The lines of a text, remembering those of the row being read, so that it can be undone."""

    def __init__(self, text: io.TextIOWrapper, name: str, *, torn: bool = False) -> None:
        self._read = iter(functools.partial(text.readline, LONGEST_LINE), "")
        self._again: deque[str] = deque()
        self._name = name
        self._torn = torn  # the text goes on after its end
        self.taken: list[str] = []

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._read, "")
        if not line:
            if self._torn and self.taken:
                raise Torn
            raise StopIteration
        if len(line) >= LONGEST_LINE:
            raise _not_csv(self._name)
        self.taken.append(line)
        return line

    def next_block(self, most: int) -> list[str]:
        """Up to `most` lines, fewer where they are long; not remembered as taken."""
        block, size = [*islice(self._again, most)], 0
        for _ in block:
            self._again.popleft()
        while len(block) < most and size < _LARGEST_BLOCK:
            some = [*islice(self._read, min(_LINES_AT_ONCE, most - len(block)))]
            block += some
            size += sum(map(len, some))
            if len(some) < _LINES_AT_ONCE:
                break
        if block and max(map(len, block)) >= LONGEST_LINE:
            raise _not_csv(self._name)
        return block

    def give_back(self, lines: list[str]) -> None:
        self._again.extendleft(reversed(lines))


def _encoding(path: Path, given: str | None) -> tuple[str, bool]:
    """(codec, whether single rows may still be broken). The whole file is looked through."""
    if given:
        try:
            name = codecs.lookup(given).name
        except LookupError:
            raise BadFile(
                es=f"No se conoce la codificación «{given}».",
                en=f'The encoding "{given}" is not known.',
            ) from None
        return ("utf-8-sig" if name == "utf-8" else name), "16" not in name
    stream, _ = open_bytes(path)
    with stream:
        start = stream.peek(4096)[:4096]
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16", False
        if (wide := _wide(start)) is not None:
            return wide, False
        if _is_no_text(start):
            raise _not_csv(path.name)
        decoder = codecs.getincrementaldecoder("utf-8")()
        while block := stream.read(_SAMPLE * 4):
            try:
                decoder.decode(block)
            except UnicodeDecodeError:
                return _eight_bits(block + stream.read(_SAMPLE * 4))
    return "utf-8-sig", False


def _is_no_text(start: bytes) -> bool:
    """A picture or a program: every tenth of its bytes is no letter in any encoding. A single NUL
    in a text is taken out of its cell."""
    controls = sum(1 for byte in start if byte < 9 or 13 < byte < 32)
    return len(start) >= _PICTURE and controls > len(start) / 20


def _wide(start: bytes) -> str | None:
    """UTF-16 without its mark: every other byte of Western text is zero."""
    if len(start) < 4 or b"\0" not in start:
        return None
    zeros = Counter(place % 2 for place, byte in enumerate(start) if byte == 0)
    half = len(start) // 2
    if zeros[1] > 0.6 * half and zeros[0] < 0.1 * half:
        return "utf-16-le"
    if zeros[0] > 0.6 * half and zeros[1] < 0.1 * half:
        return "utf-16-be"
    return None


def _eight_bits(block: bytes) -> tuple[str, bool]:
    """The codec of what is not all UTF-8: mostly UTF-8 with broken rows, or a byte a letter."""
    text = block.decode("utf-8", "surrogateescape")
    broken = len(_LONE_SURROGATE.findall(text))
    whole = sum(1 for character in text if character > "\x7f") - broken
    if whole > 4 * broken:
        return "utf-8-sig", True
    return ("latin-1", False) if _CP1252_UNUSED.search(block) else ("cp1252", True)


def _delimiter(sample: list[str]) -> str:
    """The mark that splits most lines into the same number of cells, more than one."""

    def evenness(mark: str) -> tuple[float, int]:
        widths = Counter(_widths(sample, mark))
        width, n = max(widths.items(), key=lambda item: (item[1], item[0]), default=(1, 0))
        return (n / max(len(sample), 1) if width > 1 else 0.0), width

    best = max(DELIMITERS, key=evenness)
    return best if evenness(best)[0] > 0 else ","


def _widths(sample: list[str], mark: str) -> list[int]:
    try:
        return [len(row) for row in csv.reader(sample, delimiter=mark) if row]
    except csv.Error:
        return [_width(line, mark) for line in sample]


def _width(line: str, mark: str) -> int:
    try:
        return len(next(csv.reader([line], delimiter=mark), []))
    except csv.Error:
        return 0


def _has_header(rows: list[list[str]]) -> bool:
    """A header has no numbers and no dates; its names differ, unless values stand below them."""
    named = [cell.strip() for cell in rows[0] if cell.strip()]
    if not named or any(_VALUE.fullmatch(cell) for cell in named):
        return False
    if len(set(named)) == len(named):
        return True
    return len(rows) > 1 and any(_VALUE.fullmatch(cell.strip()) for cell in rows[1])


def _closed(lines: list[str]) -> bool:
    """Whether every quote of a row over several lines has its other half."""
    return sum(line.count('"') for line in lines) % 2 == 0


def _broken(row: list[str]) -> bool:
    return any(not cell.isascii() and _LONE_SURROGATE.search(cell) for cell in row)


def _shown(text: str) -> str:
    """A bad row as text that can be written anywhere: broken bytes become �."""
    text = text.rstrip("\r\n")[:LONGEST_ROW]
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _not_csv(name: str) -> BadFile:
    return BadFile(
        es=f"{name} no parece un CSV: no se encuentran filas.",
        en=f"{name} does not look like CSV: no rows can be found.",
        reason="not_csv",
    )
