from __future__ import annotations

import csv
import io

import pytest

from vivencia.lib.sheets import csv_lines, inert


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("=1", "'=1"), ("+A1", "'+A1"), ("@x", "'@x"), ("\tx", "'\tx"), ("\n=1", "'\n'=1"),
        ("  =1", "'  =1"), ("＝1", "'＝1"), ("-3.5", "-3.5"), (-3.5, "-3.5"),
        ("-3.5+A1", "'-3.5+A1"),
        ("a=1", "a=1"), (None, ""), (0, "0"), ("a; b", "a; b"), ("3;4", "3;4"),
        ("a;=1+1", "a;'=1+1"), ('a; "=1', "a; \"'=1"), ("a\n@x", "a\n'@x"),
        ("a\t-1+A1", "a\t'-1+A1"),
    ],
)  # fmt: skip
def test_no_cell_runs_in_a_spreadsheet(cell: object, expected: str) -> None:
    assert inert(cell) == expected


def test_no_line_holds_a_formula_whichever_mark_ends_a_cell() -> None:
    words = ["=1", "a;=1", 'a;"=1', "a\n=1", "x,=1"]
    text = "".join(csv_lines([words, words]))
    for mark in ",;\t":
        cells = [cell for row in csv.reader(io.StringIO(text), delimiter=mark) for cell in row]
        assert not [cell for cell in cells if cell.lstrip(' "').startswith("=")], mark
    control = io.StringIO()
    csv.writer(control).writerow(words)
    cells = next(csv.reader(io.StringIO(control.getvalue()), delimiter=";"))
    assert [cell for cell in cells if cell.lstrip(' "').startswith("=")]
