"""Text on its way into a spreadsheet, which runs what looks like a formula."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator

# What a formula begins with (OWASP, CSV injection), in full width too.
_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# A spreadsheet set to Spanish takes `;` for the end of a cell, and a quote within one for text.
_NEXT_CELL = re.compile(r"([;\t\r\n][ \"]*)(?=[=+\-@＝＋－＠])")


def inert(cell: object) -> str:
    """A cell that no spreadsheet runs: an apostrophe before what would begin a formula.

    Plain numbers, negative ones too, stay as they are; None is empty.
    """
    text = "" if cell is None else str(cell)
    if text.lstrip(" ").startswith(_RUNS):
        try:
            float(text)
        except ValueError:
            text = "'" + text
    return _NEXT_CELL.sub(r"\1'", text)


def csv_lines(rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """Each row as a line of CSV, its cells inert; the headings are words of strangers too."""
    writer = csv.writer(_Echo())
    for row in rows:
        yield writer.writerow([inert(cell) for cell in row])


class _Echo:
    """What csv.writer writes to: it hands each line back."""

    def write(self, line: str) -> str:
        return line
