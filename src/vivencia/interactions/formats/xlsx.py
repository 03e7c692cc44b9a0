"""XLSX: the values of one sheet, as they were last computed. Formulas and macros are not run."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from vivencia.interactions.formats.packed import is_gzip, open_bytes
from vivencia.interactions.formats.rows import (
    MOST_COLUMNS,
    ROWS_A_BATCH,
    Batch,
    Cell,
    Options,
    Reader,
    two_row_names,
    unique_names,
)
from vivencia.lib.errors import BadFile

LARGEST_INFLATED = 2 << 30
_SUSPECT_RATIO = 500
_BLOCK = 1 << 20
# The reader makes room for every cell from the first to the furthest, filled or not.
_LAST_COLUMN, _LAST_ROW = 16_384, 1_048_576  # of a sheet, by the standard
_MOST_ROOM = 32_000_000  # cells, unless a quarter of them are there
_COLUMN = re.compile(rb"\br\s*=\s*[\"']([A-Za-z]{1,8})")
_ROW = re.compile(rb"\br\s*=\s*[\"'][A-Za-z]{0,8}(\d{1,16})")
_LONGEST_REFERENCE = 64


class XlsxReader(Reader):
    """The first visible sheet, or the one Options.sheet names; its first row holds the names."""

    def __init__(self, path: Path, options: Options) -> None:
        super().__init__(path, options)
        content = _content(path)
        self._look_inside(content)
        try:
            self._book = CalamineWorkbook.from_filelike(io.BytesIO(content))
            self._sheet = self._chosen()
        except (CalamineError, zipfile.BadZipFile, ValueError):
            raise _not_xlsx(path.name) from None
        self._header = options.header is not False
        self._read_header()
        self._done = 0

    @property
    def at(self) -> int:
        return self.size * self._done // max(self.total or 0, 1)

    def __iter__(self) -> Iterator[Batch]:
        width = len(self.columns)
        batch, numbers = Batch([], []), []
        self._done = 0
        for number, cells in self._filled_rows():
            self._done += 1
            if self._header and number in self._titles:
                continue
            batch.rows.append(tuple(_plain(cell) for cell in cells[:width]))
            numbers.append(number)
            if len(numbers) >= ROWS_A_BATCH:
                batch.numbers = numbers
                yield batch
                batch, numbers = Batch([], []), []
        if numbers:
            batch.numbers = numbers
            yield batch

    def _filled_rows(self) -> Iterator[tuple[int, Sequence[object]]]:
        """(row number, cells) of every row that is not empty."""
        for number, cells in enumerate(self._sheet.iter_rows(), 1):
            if any(cell != "" for cell in cells):
                yield number, cells

    def _read_header(self) -> None:
        rows = self._filled_rows()
        found, after = next(rows, None), next(rows, None)
        if found is None or len(found[1]) > MOST_COLUMNS:
            raise _not_xlsx(self.path.name)
        number, first = found
        pair = two_row_names(first, after[1]) if self._header and after else None
        self._titles = {number, after[0]} if pair and after else {number}
        names = [_plain(cell) for cell in first] if self._header else [None] * len(first)
        self.columns = unique_names(pair or names)
        self.total = self._sheet.total_height

    def _look_inside(self, content: bytes) -> None:
        """Note what is left out, and refuse an archive that lies about its size or swells."""
        size = 0
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                for entry in archive.infolist():
                    if "vbaProject" in entry.filename:
                        self.note("macros", es="macros: no se ejecutan", en="macros: not run")
                    size += self._unpack(archive, entry)
                    if size > LARGEST_INFLATED or size > max(
                        _SUSPECT_RATIO * len(content), 64 << 20
                    ):
                        raise BadFile(
                            es=f"{self.path.name} se hincha demasiado; no se ha leído más.",
                            en=f"{self.path.name} swells too much; nothing more was read.",
                            reason="inflated_too_large",
                        )
        except (
            zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, zlib.error,
        ):  # fmt: skip
            raise _not_xlsx(self.path.name) from None

    def _unpack(self, archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> int:
        """The size of one part, by unpacking it; zipfile stops at the size it declares."""
        if entry.file_size > LARGEST_INFLATED:
            return entry.file_size
        sheet = entry.filename.startswith("xl/worksheets/")
        size, extent = 0, _Extent()
        with archive.open(entry) as part:
            while block := part.read(_BLOCK):
                size += len(block)
                if sheet:
                    extent.look(block)
                if sheet and (b"<f>" in block or b"<f " in block):
                    self.note(
                        "formulas",
                        es="fórmulas: solo sus valores",
                        en="formulas: values only",
                    )
        if not extent.is_sound():
            raise _not_xlsx(self.path.name)
        return size

    def _chosen(self) -> CalamineSheet:
        """The sheet to read; the others are noted."""
        sheets = self._book.sheets_metadata
        seen = [one.name for one in sheets if one.visible == SheetVisibleEnum.Visible]
        hidden = [one.name for one in sheets if one.visible != SheetVisibleEnum.Visible]
        wanted = self.options.sheet or (seen[0] if seen else None)
        if wanted not in (*seen, *hidden):
            raise BadFile(
                es=f"{self.path.name} no tiene esa hoja. Hay: {', '.join(seen)}.",
                en=f"{self.path.name} has no such sheet. There are: {', '.join(seen)}.",
            )
        rest = [name for name in seen if name != wanted]
        self.note("sheet", es=f"hoja «{wanted}»", en=f'sheet "{wanted}"')
        if rest:
            listed = ", ".join(rest)
            self.note("others", es=f"otras hojas, sin leer: {listed}", en=f"not read: {listed}")
        if hidden := [name for name in hidden if name != wanted]:
            listed = ", ".join(hidden)
            self.note(
                "hidden", es=f"hojas ocultas, sin leer: {listed}",
                en=f"hidden sheets left out: {listed}",
            )  # fmt: skip
        return self._book.get_sheet_by_name(wanted)


class _Extent:
    """How far a sheet reaches, by the references of its cells."""

    def __init__(self) -> None:
        self._columns: set[bytes] = set()
        self._height = 0
        self._cells = 0
        self._tail = b""  # a reference may be cut by the end of a block

    def look(self, block: bytes) -> None:
        block = self._tail + block
        found = _COLUMN.findall(block)
        self._cells += len(found)
        self._columns.update(found)
        self._height = max(self._height, *map(int, {*_ROW.findall(block)}), 0)
        self._tail = block[-_LONGEST_REFERENCE:]

    def is_sound(self) -> bool:
        """Whether it lies within a sheet, and is not mostly room for cells that are not there."""
        width = max(map(_number_of, self._columns), default=0)
        if width > _LAST_COLUMN or self._height > _LAST_ROW:
            return False
        return width * self._height <= max(_MOST_ROOM, 4 * self._cells)


def _number_of(letters: bytes) -> int:
    """A is 1, Z 26, AA 27."""
    number = 0
    for letter in letters.upper():
        number = 26 * number + letter - 64
    return number


def _plain(cell: object) -> Cell:
    """A cell as text, number or None. 3.0 is written 3; times are ISO 8601."""
    if cell == "" or cell is None:
        return None
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() and abs(cell) < 2**53 else cell
    if isinstance(cell, (str, bool, int)):
        return cell
    if isinstance(cell, (dt.datetime, dt.date, dt.time)):
        return cell.isoformat()
    if isinstance(cell, dt.timedelta):
        return cell // dt.timedelta(milliseconds=1)
    return str(cell)


def _content(path: Path) -> bytes:
    if not is_gzip(path):
        return path.read_bytes()
    stream, _ = open_bytes(path)
    with stream:
        return stream.read(LARGEST_INFLATED)


def _not_xlsx(name: str) -> BadFile:
    return BadFile(
        es=f"{name} no se puede leer como XLSX: está dañado, cifrado, vacío o es otra cosa.",
        en=f"{name} can not be read as XLSX: it is damaged, encrypted, empty or something else.",
        reason="not_xlsx",
    )
