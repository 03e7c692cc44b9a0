"""Traces in the plain form nearly every XES file has, read by cutting instead of parsing.

A plain trace holds attributes <string key="…" value="…"/> and events of such attributes, without
entities, comments, CDATA or anything inside an attribute. Cut at the quotation marks, all but
the values is a skeleton, and few skeletons come again and again: each is checked once. Whatever
is written in another way is left to the parser in xes.py, so the answer is always the parser's.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from vivencia.interactions.formats.rows import Cell

_SPACE = r"[ \t\r\n]*"
_ATTRIBUTE = (
    rf'<(?:string|date|int|float|boolean|id)[ \t\r\n]+key="[^"]*"[ \t\r\n]+value="[^"]*"'
    rf"{_SPACE}/>{_SPACE}"
)
_HEAD = re.compile(rf"{_SPACE}(?:{_ATTRIBUTE})*")
_EVENT = re.compile(rf"{_SPACE}(?:{_ATTRIBUTE})*</event{_SPACE}>{_SPACE}")
_LAST = re.compile(rf"{_EVENT.pattern}</trace{_SPACE}>{_SPACE}")
_SPACED = re.compile(r"[<\t\r\n]")
_MOST_SKELETONS = 10_000
_CONTROL = bytes(set(range(32)) - {9, 10, 13})  # no XML may hold these
# What could hide a tag, and the two characters that are none.
_HIDING = (b"<!", b"<?", b"\xef\xbf\xbe", b"\xef\xbf\xbf")
_COMMENT = re.compile(rb"<!--.*?-->", re.DOTALL)
_DECLARED = re.compile(
    rb"""(?:\xef\xbb\xbf)?(?:<\?xml(?:(?!encoding|\?>).)*(?:encoding=["']utf-8["'][^?<]*)?\?>)?""",
    re.DOTALL | re.IGNORECASE,
)

Place = Callable[[str, bool], int | None]  # of a key, of a trace or an event; None: no column


def may_begin(prologue: bytes) -> bool:
    """Whether what stands before the first trace is UTF-8 and leaves no comment, declaration or
    the like open."""
    rest = _COMMENT.sub(b"", _DECLARED.sub(b"", prologue, count=1))
    try:
        rest.decode()
    except UnicodeDecodeError:
        return False
    return hides_nothing(rest)


def hides_nothing(text: bytes) -> bool:
    """Whether every "<trace>" in it is a tag."""
    if len(text.translate(None, _CONTROL)) != len(text):
        return False
    return not any(one[-1:] in text and one in text for one in _HIDING)


class Skeleton(NamedTuple):
    """What stands between the values: the column of each value."""

    places: list[int]
    widest: int


class FlatTraces:
    """Reads plain traces. `place_of(key, of_trace)` is asked once per skeleton and key, in the
    order of the file."""

    def __init__(self, place_of: Place) -> None:
        self._place_of = place_of
        self._known: dict[re.Pattern[str], dict[str, Skeleton]] = {
            _HEAD: {}, _EVENT: {}, _LAST: {}
        }  # fmt: skip

    def trace(self, text: str, width: int) -> list[list[Cell]] | None:
        """The events of one trace as rows, from what stands between its tag and the next trace's;
        None if it is not plain."""
        head, *events = text.split("<event>")
        cells: list[Cell] = [None] * width
        held: list[str] = []  # every value, to be looked through at once
        if not events or "&" in text or not self._fill(cells, head, _HEAD, held):
            return None
        rows: list[list[Cell]] = []
        last = events.pop()
        for event in events:
            row = cells.copy()
            if not self._fill(row, event, _EVENT, held):
                return None
            rows.append(row)
        if not self._fill(cells, last, _LAST, held):
            return None
        rows.append(cells)
        values = "".join(held)
        odd = "<" in values or "\n" in values or "\t" in values or "\r" in values
        return None if odd else rows

    def _fill(self, cells: list[Cell], text: str, form: re.Pattern[str], held: list[str]) -> bool:
        """Put the values of `text` into `cells` and `held`; False if it is not of that form."""
        parts = text.split('"')
        values = parts[3::4]
        del parts[3::4]
        key = '"'.join(parts)
        skeleton = self._known[form].get(key)
        if skeleton is None:
            skeleton = self._check(text, form)
            if skeleton is None:
                return False
            if len(self._known[form]) > _MOST_SKELETONS:
                self._known[form].clear()
            self._known[form][key] = skeleton
        places, widest = skeleton
        if widest > len(cells):
            cells.extend([None] * (widest - len(cells)))
        for place, value in zip(places, values, strict=True):
            cells[place] = value
        held += values
        return True

    def _check(self, text: str, form: re.Pattern[str]) -> Skeleton | None:
        names = text.split('"')[1::4]
        if form.fullmatch(text) is None or not all(names) or _SPACED.search("".join(names)):
            return None
        places = [self._place_of(name, form is _HEAD) for name in names]
        found = [place for place in places if place is not None]
        return Skeleton(found, max(found, default=-1) + 1) if len(found) == len(names) else None
