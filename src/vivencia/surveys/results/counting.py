"""From counted answers to what a results page says of one question. Pure.

Scored questions become scores; the others shares with Wilson's interval, rankings a mean place
with Student's. Fewer than five answers say nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from vivencia.scores.counting import Answers, gather, rows_of
from vivencia.scores.definitions import Definition as Meaning
from vivencia.scores.definitions import of_scale
from vivencia.scores.intervals import Interval, mean_interval, wilson
from vivencia.scores.report import Row
from vivencia.scores.score import HIDDEN_BELOW
from vivencia.scores.suppression import suppressed
from vivencia.surveys.definition.answers import options_of
from vivencia.surveys.definition.schema import Element, Type
from vivencia.surveys.results.editions import Edition

ASKED = frozenset({"invited", "identified"})  # whom we know to be one person each
Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Scored:
    """A scored question: its score, and where every answer to it went.

    `asked` is the score of the invited and identified alone, where others answered beside them.
    """

    meaning: Meaning
    row: Row
    received: int
    excluded: Mapping[str, int]
    asked: Row | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """How many picked one choice; `row` is the row of a matrix it stands in, "" without rows.
    `value` is None where it is hidden."""

    row: str
    choice: str
    n: int | None  # answers to the question
    value: float | None  # percent
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """The mean place of one thing ranked, 1 is first; `first` is the percent that put it there."""

    item: str
    n: int | None
    value: float | None
    low: float | None = None
    high: float | None = None
    first: float | None = None


@dataclass(frozen=True, slots=True)
class Total:
    """How many answered a survey at all, and how far: complete + partial = counted."""

    counted: int
    complete: int
    excluded: Mapping[str, int]
    entries: Mapping[str, int]

    @property
    def partial(self) -> int:
        return self.counted - self.complete

    @property
    def is_mixed(self) -> bool:
        """Whether people we asked and anybody who came by are counted together."""
        there = {entry for entry, n in self.entries.items() if n}
        return bool(there & ASKED) and bool(there - ASKED)


def total(forms: Rows) -> Total:
    """Every answer of a survey, from rows of forms.sql."""
    counted, complete = 0, 0
    excluded: dict[str, int] = {}
    entries: dict[str, int] = {}
    answers = gather(({**row, "score": 0, "untimed": False} for row in forms), 0, None, timed=False)
    excluded.update(answers.excluded)
    for row in forms:
        if row["undone"] or row["left_out"]:
            continue
        counted += row["n"]
        complete += row["n"] if row["complete"] else 0
        entries[row["entry"] or ""] = entries.get(row["entry"] or "", 0) + row["n"]
    return Total(counted, complete, excluded, entries)


def scored(rows: Rows, edition: Edition, *, strict: bool = False) -> Scored | None:
    """The score of a question in one edition, from rows of scored.sql; None for a scale of no
    score. `strict` also hides what subtraction would tell (anonymous surveys)."""
    meaning = of_scale(edition.element.scale() or "")
    if meaning is None:
        return None
    mine = [row for row in rows if _is_of(row, edition) and row["scale"] == meaning.scale]
    answers = gather(mine, 0, None, timed=False)
    known = gather((row for row in mine if row["entry"] in ASKED), 0, None, timed=False)
    others = answers.counted - known.counted
    beside = None
    if known.counted and others:
        beside = _row(meaning, known, hide=strict and others < HIDDEN_BELOW)
    return Scored(meaning, _row(meaning, answers), answers.received, answers.excluded, beside)


def notes(rows: Rows, edition: Edition, *, entries: Collection[str]) -> dict[int, int]:
    """How many answers that count stand at each score (thousandths) of one edition."""
    mine = [row for row in rows if _is_of(row, edition) and row["entry"] in entries]
    return dict(gather(mine, 0, None, timed=False).histograms.get(((), None), {}))


def hidden_editions(sizes: list[int], *, strict: bool) -> list[bool]:
    """Which editions of one question are hidden, so that none can be told from the others."""
    return suppressed(sizes, strict=strict)


def shares(picked: Rows, edition: Edition, survey: str) -> list[Share]:
    """Each choice of a question in one edition, in its order, from rows of picked.sql: of those
    who answered it; of consent, of those it was asked of."""
    element, start = edition.element, f"{survey}.{edition.element.id}"
    if element.type is Type.consent:
        found = _by_value(picked, start, edition)
        return [_share("", "yes", found.get(1.0, 0), sum(found.values()))]
    if element.type is Type.choices:
        counts = {o: _by_value(picked, f"{start}.{o}", edition) for o in options_of(element)}
        return [
            _share("", o, found.get(1.0, 0), sum(found.values())) for o, found in counts.items()
        ]
    if element.type is Type.matrix:
        return [
            share
            for row in element.rows
            for share in _of_choices(
                element, row.id, _by_value(picked, f"{start}.{row.id}", edition)
            )
        ]
    return _of_choices(element, "", _by_value(picked, start, edition))


def places(picked: Rows, edition: Edition, survey: str) -> list[Place]:
    """The things of a ranking, the best placed first; hidden ones in their own order."""
    start, items = f"{survey}.{edition.element.id}", edition.element.choices
    found = [
        _place(item.id, _by_value(picked, f"{start}.{item.id}", edition), len(items))
        for item in items
    ]
    return sorted(found, key=lambda place: place.value if place.value is not None else 0)


def _of_choices(element: Element, row: str, found: Mapping[Any, int]) -> list[Share]:
    n = sum(found.values())
    return [_share(row, option, found.get(option, 0), n) for option in options_of(element)]


def _share(row: str, choice: str, picks: int, n: int) -> Share:
    if n < HIDDEN_BELOW:
        return Share(row, choice, None, None)
    low, high = wilson(picks, n)
    return Share(row, choice, n, 100 * picks / n, 100 * low, 100 * high)


def _place(item: str, found: Mapping[Any, int], items: int) -> Place:
    n = sum(found.values())
    if n < HIDDEN_BELOW:
        return Place(item, None, None)
    total_ = sum(int(place) * times for place, times in found.items())
    squares = sum(int(place) ** 2 * times for place, times in found.items())
    low, high = mean_interval(n, total_, squares, 1, items)
    return Place(item, n, total_ / n, low, high, 100 * found.get(1.0, 0) / n)


def _by_value(picked: Rows, fact: str, edition: Edition) -> dict[Any, int]:
    """How many answers have each value of a fact, over the versions of an edition."""
    found: dict[Any, int] = {}
    for row in picked:
        if row["fact"] == fact and row["version"] in edition.versions:
            value = row["number"] if row["text"] is None else row["text"]
            found[value] = found.get(value, 0) + row["n"]
    return found


def _is_of(row: Mapping[str, Any], edition: Edition) -> bool:
    return row["question"] == edition.element.id and row["version"] in edition.versions


def _row(meaning: Meaning, answers: Answers, *, hide: bool = False) -> Row:
    if hide:
        answers = Answers()
    return rows_of(meaning, (), None, answers)[0]


def count_of(forms: Iterable[Mapping[str, Any]], versions: Collection[str]) -> int:
    """How many answers that count were given to some versions."""
    return sum(
        row["n"]
        for row in forms
        if row["version"] in versions and not row["undone"] and not row["left_out"]
    )


__all__ = ["Interval", "Place", "Scored", "Share", "Total", "count_of", "hidden_editions",
           "places", "scored", "shares", "total"]  # fmt: skip
