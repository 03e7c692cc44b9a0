from __future__ import annotations

import pytest

from vivencia.lib.sheets import inert


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("=1", "'=1"), ("+A1", "'+A1"), ("@x", "'@x"), ("\tx", "'\tx"), ("\n=1", "'\n=1"),
        ("  =1", "'  =1"), ("＝1", "'＝1"), ("-3.5", "-3.5"), (-3.5, "-3.5"),
        ("-3.5+A1", "'-3.5+A1"),
        ("a=1", "a=1"), (None, ""), (0, "0"),
    ],
)  # fmt: skip
def test_no_cell_runs_in_a_spreadsheet(cell: object, expected: str) -> None:
    assert inert(cell) == expected
