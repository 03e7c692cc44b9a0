"""Which scale a column of small whole numbers is on, from its header and its values.

The values say what a scale can not be, the header what it is meant to be: 0 to 10 is NPS only
where the question is about recommending, 1 to 10 never, for nobody could answer 0.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

Sure = Literal["sure", "likely", "ask"]
FAMILY = 3  # columns alike that make the questions of one survey

_NPS = re.compile(r"\b(nps|net promoter)\b")
_RECOMMENDS = re.compile(r"\b(recomen\w*|recommend\w*)\b")
_CES = re.compile(r"\b(ces|esfuerzo|effort)\b")
_EASY = re.compile(r"\b(facil\w*|ease|easy|easiness)\b")
_CSAT = re.compile(r"\b(csat|satisf\w*)\b")
_RATED = re.compile(
    r"\b(score|scores|nota|notas|puntuacion|puntuaciones|calificacion|valoracion|rating|ratings|"
    r"stars|estrellas)\b"
)
_WHOLE = re.compile(r"\d{1,2}([.,]0+)?")


class Answers(NamedTuple):
    """What a column's answers are like: lowest, highest, and how many differ."""

    low: int
    high: int
    distinct: int

    @property
    def plain_scale(self) -> str:
        """A scale that says no more than its ends; the csat5 of surveys for 1 to 5."""
        if self.high <= 5:
            return "csat5"
        if self.low == 0:
            return "scale0-10"
        return "scale1-7" if self.high <= 7 else "scale1-10"


def scale_of(header: str, cells: Sequence[str]) -> tuple[str, Sure] | None:
    """(scale, how sure) where the header speaks of scores and most cells are on one.

    `header` is plain (see plain_header). "ask" is the nearest scale, for a person to say.
    """
    if not any(word.search(header) for word in (_NPS, _RECOMMENDS, _CES, _EASY, _CSAT, _RATED)):
        return None
    answers = _answers(cells, most=0.6)
    if answers is None:
        return None
    if _NPS.search(header):
        return "nps", "sure"
    if _RECOMMENDS.search(header):
        return "nps", "likely" if answers.high > 5 else "ask"
    if _CES.search(header) or _EASY.search(header):
        return _effort(header, answers)
    if answers.high <= 5:
        return "csat5", "likely" if _CSAT.search(header) and answers.high == 5 else "ask"
    return answers.plain_scale, "ask"


def _effort(header: str, answers: Answers) -> tuple[str, Sure]:
    if answers.high > 7 or answers.low == 0:
        return answers.plain_scale, "ask"
    if answers.high > 5:
        return "ces7", "sure" if _CES.search(header) else "likely"
    return "ces5", "ask"


def family_scales(columns: Iterable[tuple[str, Sequence[str]]]) -> dict[str, str]:
    """{column: scale} of three or more columns whose answers end alike: one survey's questions.

    One question alone may never have got a 10, so the family's ends are those of them all.
    """
    found = {name: answers for name, cells in columns if (answers := _answers(cells, most=1))}
    tops = {name: top for name, answers in found.items() if (top := _top(answers))}
    sizes = Counter(tops.values())
    lows = {top: min(found[name].low for name in tops if tops[name] == top) for top in sizes}
    return {
        name: Answers(lows[top] if top > 5 else 1, top, 0).plain_scale
        for name, top in tops.items()
        if sizes[top] >= FAMILY
    }


def _top(answers: Answers) -> int:
    """5 or 10 where four or more different answers reach it, and do not pass it; else 0."""
    if answers.distinct < 4:
        return 0
    if answers.high == 5:
        return 5
    return 10 if answers.high in (9, 10) else 0


def _answers(cells: Sequence[str], *, most: float) -> Answers | None:
    """What the answers are like, where at least `most` of the cells are whole, 0 to 10."""
    whole = [int(float(cell.replace(",", "."))) for cell in cells if _WHOLE.fullmatch(cell)]
    on = [number for number in whole if number <= 10]
    if not on or len(on) < most * len(cells):
        return None
    return Answers(min(on), max(on), len(set(on)))
