"""A workbook of one sheet, as every spreadsheet reads it (XLSX, ECMA-376). Pure.

Nothing in it can run: a text is stored as text, never as a formula, and stays one when its cell is
edited (`quotePrefix`), so that it comes back letter by letter. Numbers are numbers, negative ones
too; yes and no are booleans; None is an empty cell.
"""

from __future__ import annotations

import io
import math
import re
import zipfile
from collections.abc import Iterable
from xml.sax.saxutils import escape

MOST_ROWS = 1_048_576  # of a sheet
MOST_LETTERS = 32_767  # of a cell
_HEADING, _TEXT = 1, 2  # places in _STYLES
# What XML can not hold is written _xHHHH_ (ST_Xstring, 22.9.2.19), and so is what would read so.
_ESCAPED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OF_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_OF_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SHEET = f'{_XML}<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>'  # noqa: E501
_FONT = '<sz val="11"/><name val="Calibri"/>'
_FILES = {
    "[Content_Types].xml": f'<Types xmlns="{_OF_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'  # noqa: E501
    '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>'  # noqa: E501
    '<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>'  # noqa: E501
    '<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',  # noqa: E501
    "_rels/.rels": f'<Relationships xmlns="{_OF_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OF_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',  # noqa: E501
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_OF_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OF_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{_OF_OFFICE}/styles" Target="styles.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}">'
    f'<fonts count="2"><font>{_FONT}</font><font><b/>{_FONT}</font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="3"><xf/>'
    '<xf fontId="1" numFmtId="49" quotePrefix="1" applyFont="1" applyNumberFormat="1"/>'
    '<xf numFmtId="49" quotePrefix="1" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>'
    "</styleSheet>",
}


def xlsx(name: str, rows: Iterable[Iterable[object]]) -> bytes:
    """The file of a sheet called `name`; the first of `rows` are its headings.

    A text is cut at what a cell holds. Raises ValueError past the rows a sheet holds.
    """
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as book:
        for path, text in _FILES.items():
            book.writestr(path, _XML + text)
        book.writestr("xl/workbook.xml", _workbook(name))
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(_SHEET.encode())
            for number, row in enumerate(rows, 1):
                if number > MOST_ROWS:
                    raise ValueError(f"a sheet holds {MOST_ROWS} rows")
                sheet.write(_row(number, row).encode())
            sheet.write(b"</sheetData></worksheet>")
    return made.getvalue()


def _workbook(name: str) -> str:
    called = re.sub(r"[\[\]:*?/\\']", " ", name).strip()[:31] or "1"
    return (
        f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_OF_OFFICE}">'
        f'<sheets><sheet name="{_quoted(called)}" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )


def _row(number: int, row: Iterable[object]) -> str:
    style = _HEADING if number == 1 else _TEXT
    cells = (
        _cell(f"{_letters(place)}{number}", value, style)
        for place, value in enumerate(row)
        if value is not None
    )
    return f'<row r="{number}">{"".join(cells)}</row>'


def _cell(at: str, value: object, style: int) -> str:
    if isinstance(value, bool):
        return f'<c r="{at}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float) and math.isfinite(value):
        return f'<c r="{at}"><v>{value!r}</v></c>'
    text = escape(_ESCAPED.sub(lambda found: f"_x{ord(found[0]):04X}_", str(value)[:MOST_LETTERS]))
    # a bare CR is read back as a line feed
    text = text.replace("\r", "_x000D_")
    return f'<c r="{at}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _letters(place: int) -> str:
    """A, B … Z, AA, AB …"""
    letters, place = "", place + 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _quoted(text: str) -> str:
    return escape(_ESCAPED.sub(" ", text), {'"': "&quot;"})
