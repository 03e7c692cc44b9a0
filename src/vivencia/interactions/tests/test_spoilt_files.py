"""Files made to harm, or spoilt on their way: a sentence in little time and memory, or rows.

What swells when it is unpacked is in test_formats.py; here is what swells, or breaks, as it is
read.
"""

from __future__ import annotations

import gzip
import io
import random
import time
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineError, CalamineWorkbook

from vivencia.interactions.formats import open_rows
from vivencia.lib.errors import BadFile, VivenciaError

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
    'relationships+xml"/><Override PartName="/xl/workbook.xml" '
    f'ContentType="{SHEET_TYPE}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" '
    f'ContentType="{SHEET_TYPE}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="a" '
    f'Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook {MAIN} xmlns:r="{OFFICE}"><sheets><sheet name="S" sheetId="1" '
    'r:id="b"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="b" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    "</Relationships>",
}
HEADER = '<row r="1"><c r="A1" t="inlineStr"><is><t>date</t></is></c></row>'


def xlsx(rows: str, before: str = "") -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in PARTS.items():
            archive.writestr(name, text)
        sheet = f"{before}<worksheet {MAIN}><sheetData>{HEADER}{rows}</sheetData></worksheet>"
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
    return packed.getvalue()


def cell(reference: str) -> str:
    return f'<row r="2"><c r="{reference}" t="inlineStr"><is><t>9</t></is></c></row>'


def xes(event: str, before: str = "") -> bytes:
    log = f"<log><trace><event>{event}</event></trace></log>"
    return f'<?xml version="1.0" encoding="UTF-8"?>{before}{log}'.encode()


LAUGHS = (
    '<!DOCTYPE l [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY a{n} "{f"&a{n - 1 or str()};" * 10}">' for n in range(1, 10))
    + "]>"
)
BOMBS = {
    "a row beyond any sheet.xlsx": xlsx(cell("A999999999999")),
    "a column beyond any sheet.xlsx": xlsx(cell("ZZZZZZZ2")),
    "corner to corner.xlsx": xlsx(cell("XFD1048576")),
    "in quotes of the other sort.xlsx": xlsx(cell("XFD1048576").replace('"', "'")),
    "with room around the mark.xlsx": xlsx(cell("xfd1048576").replace("r=", "r = ")),
    "laughs.xlsx": xlsx(cell("A2").replace(">9<", ">&a9;<"), before=LAUGHS),
    "laughs.xes": xes('<string key="concept:name" value="&a9;"/>', before=LAUGHS),
    "laughs in another encoding.xes": xes("", before=LAUGHS).decode().encode("utf-16"),
    "other files.xes": xes("&x;", before='<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
    "deep.xes": xes('<list key="a">' * 100_000 + "</list>" * 100_000),
    "an encoding nobody reads.xes": b'<?xml version="1.0" encoding="UTF-7"?><log/>',
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_a_sentence(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    file.write_bytes(BOMBS[name])
    began = time.process_time()
    with pytest.raises(BadFile):
        rows_in(file)
    assert time.process_time() - began < 5


def test_control_good_ones_of_the_same_make_are_read(tmp_path: Path) -> None:
    good = {
        "good.xlsx": xlsx(cell("A2")),
        "wide.xlsx": xlsx(cell("ZZ2") + cell("A9000").replace('r="2"', 'r="9000"')),
        "good.xes": xes('<list key="a">' * 20 + "</list>" * 20 + "<string/>"),
    }
    for name, content in good.items():
        (tmp_path / name).write_bytes(content)
        assert rows_in(tmp_path / name) >= 1, name


def test_control_the_reader_alone_would_make_room_for_every_cell() -> None:
    """A hundredth of a sheet: 700 columns by 20,000 rows for one cell at its corner."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(xlsx(cell("ZX20000"))))
    assert sum(map(len, book.get_sheet_by_index(0).iter_rows())) > 10_000_000


# ------------------------------------------------------------------ spoilt
TOKENS = (
    b"<string/>", b"<event>", b"</trace>", b"<log>", b'"', b"\n", b"\0", b"\xff\xfe", b"&#0;",
    b"{", b"[", b"9" * 5000, b"<![CDATA[", b"<!--", b"1e999", b"key=", b'encoding="x"', b";",
    b"\\u0000", b"\\ud800", b"NaN",
)  # fmt: skip


def whole() -> dict[str, bytes]:
    csv = b'date,nps,"why; not"\n2026-01-02,9,"a ""b"" c"\n2026-01-03,7,\xc3\xb1\n' * 5
    parquet = io.BytesIO()
    pq.write_table(pa.table({"date": ["2026-01-02"] * 9, "nps": [9] * 9}), parquet)
    nested = (
        '<string key="a"><string key="b" value="c"/></string><date key="time:timestamp" '
        'value="2026-01-01T00:00:00Z"/><list key="l"><values><int key="i" value="1"/></values>'
        "</list>"
    )
    return {
        "csv": csv,
        "csv.gz": gzip.compress(csv, mtime=0),
        "jsonl": b'{"date":"2026-01-02","nps":9,"a":{"b":[1,{"c":null}]}}\n' * 5,
        "xes": xes(nested),
        "xlsx": xlsx(cell("A2")),
        "parquet": parquet.getvalue(),
    }


def spoilt(content: bytes, chance: random.Random) -> bytes:
    spoiled = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        at = chance.randrange(len(spoiled) + 1)
        match chance.randrange(5):
            case 0:
                spoiled[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                spoiled[at:at] = chance.choice(TOKENS)
            case 2:
                del spoiled[at : at + chance.randint(1, 30)]
            case 3:
                spoiled[at:at] = spoiled[at : at + chance.randint(1, 200)]
            case _:
                spoiled = spoiled[: at + 1]
        spoiled = spoiled or bytearray(b"x")
    return bytes(spoiled)


@pytest.mark.parametrize("form", whole())
def test_a_spoilt_file_is_rows_or_a_sentence(tmp_path: Path, form: str) -> None:
    chance = random.Random(form)
    content, harmed = whole()[form], 0
    for _ in range(300):
        file = tmp_path / f"spoilt.{form}"
        file.write_bytes(spoilt(content, chance))
        try:
            harmed += any(batch.bad for batch in open_rows(file))
        except VivenciaError:
            harmed += 1
    assert harmed  # the control: they were spoilt


def test_control_the_libraries_alone_fail_in_many_ways() -> None:
    chance = random.Random("xlsx")
    errors = set()
    for _ in range(300):
        try:
            with zipfile.ZipFile(io.BytesIO(spoilt(whole()["xlsx"], chance))) as archive:
                [archive.read(entry) for entry in archive.infolist()]
        except Exception as error:
            errors.add(type(error))
    assert len(errors - {zipfile.BadZipFile, CalamineError}) > 1


def rows_in(file: Path) -> int:
    return sum(len(batch.rows) + len(batch.bad) for batch in open_rows(file))
