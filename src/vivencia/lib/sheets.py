"""Text on its way into a spreadsheet, which runs what looks like a formula."""

from __future__ import annotations

# What a formula begins with (OWASP, CSV injection), in full width too.
_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def inert(cell: object) -> str:
    """A cell that no spreadsheet runs: an apostrophe before what would begin a formula.

    Plain numbers, negative ones too, stay as they are; None is empty.
    """
    text = "" if cell is None else str(cell)
    if text.lstrip(" ").startswith(_RUNS):
        try:
            float(text)
        except ValueError:
            return "'" + text
    return text
