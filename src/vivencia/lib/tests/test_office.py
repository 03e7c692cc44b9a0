"""S12: what is exported is opened by programs, and none of them works anything out.

In the gate by a reader of workbooks and Python's own of CSV; in `make promises` by LibreOffice as
well, told to evaluate all that looks like a formula.
"""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook
from python_calamine import CalamineWorkbook

from vivencia.lib.sheets import csv_lines, inert
from vivencia.lib.tests.test_workbook import NUMBERS, WORDS
from vivencia.lib.workbook import xlsx

FULL = bool(os.environ.get("VIVENCIA_TEST_FULL"))
# Separator, quotes, UTF-8, from the first line; the last word: evaluate formulas.
CSV_IN = "CSV:44,34,76,1,,0,false,true,false,false,false,0,true"
CSV_OUT = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false"
ROWS = [["n", "words"], *([n, word] for n, word in zip(NUMBERS * len(WORDS), WORDS, strict=False))]


def read_by_libreoffice(path: Path) -> list[list[str]]:
    """The cells as LibreOffice shows them once it has opened the file; NOT RUN without it."""
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("NOT RUN: LibreOffice is not installed (apt install libreoffice-calc-nogui)")
    home, out = path.parent / "home", path.parent / "out"
    subprocess.run(
        [office, f"-env:UserInstallation={home.as_uri()}", "--headless", "--norestore",
         *([f"--infilter={CSV_IN}"] if path.suffix == ".csv" else []),
         "--convert-to", CSV_OUT, "--outdir", str(out), str(path)],
        check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    with (out / f"{path.stem}.csv").open(newline="", encoding="utf-8") as made:
        return list(csv.reader(made))


def read_here(path: Path) -> list[list[str]]:
    """The same by readers of this language."""
    if path.suffix == ".csv":
        with path.open(newline="", encoding="utf-8") as lines:
            return list(csv.reader(lines))
    cells = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    return [[f"{c:g}" if isinstance(c, float) else str(c) for c in row] for row in cells]


Reader = Callable[[Path], list[list[str]]]
READERS: list[Reader] = [read_here, read_by_libreoffice] if FULL else [read_here]


@pytest.mark.parametrize("read", READERS)
def test_s12_no_program_works_out_what_was_exported(read: Reader, tmp_path: Path) -> None:
    book, text = tmp_path / "answers.xlsx", tmp_path / "lines.csv"
    book.write_bytes(xlsx("answers", ROWS))
    text.write_text("".join(csv_lines(ROWS)), newline="", encoding="utf-8")
    assert _words(read(book)) == WORDS
    assert _words(read(text)) == [inert(word) for word in WORDS]
    for path in (book, text):
        numbers = [float(row[0]) for row in read(path)[1:]]
        assert numbers == [row[0] for row in ROWS[1:]], "negative numbers stay numbers"
    print(f"FIGURE {2 * len(WORDS)} cells opened by {len(READERS)} readers, evaluated 0")


def _words(rows: list[list[str]]) -> list[str]:
    return [row[1] for row in rows[1:]]


def test_s12_control_what_is_written_plainly_would_run(tmp_path: Path) -> None:
    book, plain = Workbook(), tmp_path / "plain.csv"
    assert book.active is not None
    book.active.append(["n", "words"])
    book.active.append([1, "=1+1"])
    book.save(tmp_path / "formula.xlsx")
    plain.write_text("n,words\n1,=1+1\n")
    assert _words(read_here(plain)) == ["=1+1"], "which begins a formula"
    if FULL:
        assert _words(read_by_libreoffice(tmp_path / "formula.xlsx")) == ["2"]
        assert _words(read_by_libreoffice(plain)) == ["2"]
