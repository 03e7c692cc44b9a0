"""S12: nothing in a workbook runs, text comes back letter by letter, numbers stay numbers."""

from __future__ import annotations

import io
import zipfile

import pytest
from openpyxl import Workbook, load_workbook
from python_calamine import CalamineWorkbook

from vivencia.lib.workbook import MOST_LETTERS, xlsx

STARTS = ("=", "+", "-", "@", "\t", "\n", "＝", "＋", "－", "＠")
PAYLOADS = ("1+1", 'HYPERLINK("http://x")', "cmd|' /C calc'!A0", "SUM(A1:A9)", "A1", "x")
WORDS = [f"{begin}{rest}" for begin in STARTS for rest in PAYLOADS]
ODD = [
    "ñ, ¿qué?",
    "🙂",
    "مرحبا",
    "<b>&amp;</b>",
    "_x0041_",
    "  two  spaces  ",
    "a\nb",
    "a;=1",
    "'=1",
]
NUMBERS = [-3.5, 0, 7, 1e-9, -12, 10.0]


def read(content: bytes) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def test_s12_no_cell_is_a_formula_and_every_text_comes_back() -> None:
    content = xlsx("answers", [["n", "words"], *([n, word] for n, word in enumerate(WORDS + ODD))])
    sheet = load_workbook(io.BytesIO(content)).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert [row[1].value for row in sheet.iter_rows(min_row=2, max_row=len(WORDS) + 1)] == WORDS
    assert [row[1] for row in read(content)[1:]] == WORDS + ODD, "a second reader agrees"
    assert all(cell.quotePrefix for cell in cells if isinstance(cell.value, str))
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")


def test_s12_control_written_plainly_they_would_be_formulas() -> None:
    book = Workbook()
    assert book.active is not None
    book.active.append([word for word in WORDS if word.startswith("=")])
    made = io.BytesIO()
    book.save(made)
    sheet = load_workbook(made).active
    assert sheet is not None
    assert all(cell.data_type == "f" for row in sheet.iter_rows() for cell in row)


def test_numbers_stay_numbers_and_nothing_is_an_empty_cell() -> None:
    rows = read(xlsx("x", [["a", "b", "c"], *([n, None, True] for n in NUMBERS)]))
    assert rows == [["a", "b", "c"], *([float(n), "", True] for n in NUMBERS)]


@pytest.mark.parametrize("text", ["a\x00b", "\x1b[2J", "a\rb", "\ud800", "\uffff"])
def test_what_xml_can_not_hold_spoils_no_file(text: str) -> None:
    sheet = load_workbook(io.BytesIO(xlsx(text, [[text]]))).active
    assert sheet is not None
    assert sheet["A1"].value is not None


def test_a_text_is_cut_at_what_a_cell_holds() -> None:
    assert read(xlsx("x", [["h"], ["ñ" * 40_000]]))[1] == ["ñ" * MOST_LETTERS]


def test_columns_past_the_letters_are_named() -> None:
    row = list(range(800))
    sheet = load_workbook(io.BytesIO(xlsx("x", [row]))).active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]] == row
    assert sheet["ADT1"].value == 799
