"""The interactions behind one number: a page of them with their words, or all as a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from vivencia.columns.filters import Filters
from vivencia.columns.reading import Columns
from vivencia.columns.words import value_word
from vivencia.interactions.reading import words_of
from vivencia.lib.clock import moment
from vivencia.lib.sheets import csv_lines
from vivencia.scores import reading as scores
from vivencia.scores.definitions import Definition

PAGE = 25
MOST_PAGES = 100_000
CHUNK = 20_000  # rows of a file fetched at a time
MOST_QUOTED = 3
HEADINGS = (
    "seq", "happened_at", "customer", "channel", "touchpoint", "stage", "kind", "score", "counted",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Question:
    """Which interactions: those of one fate behind one definition, within filters."""

    meaning: Definition
    filters: Filters
    fate: str = "counted"
    timed: bool = False

    def rows(self, columns: Columns, page: int, size: int) -> list[dict[str, Any]]:
        """One page of them, newest first, as scores.behind gives them."""
        return scores.behind(
            columns, self.meaning.measure, filters=self.filters, definition=self.meaning.name,
            fate=self.fate, timed=self.timed, page=page, size=size,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One interaction; `customer` is None for one without identity, whose book has one line."""

    seq: int
    happened_at: int
    channel: str
    touchpoint: str
    score: int | None
    words: str
    customer: int | None


def page_of(
    columns: Columns, question: Question, page: int, language: str
) -> tuple[list[Line], bool]:
    """One page of lines with what was said, and whether another page follows."""
    found = question.rows(columns, page, PAGE)
    further = len(found) == PAGE and bool(question.rows(columns, page * PAGE + 1, 1))
    said = words_of([row["seq"] for row in found])
    lines = [
        Line(
            seq=row["seq"],
            happened_at=row["happened_at"],
            channel=value_word("channel", row["channel"], language),
            touchpoint=row["touchpoint"] or "",
            score=row["score"],
            words=said.get(row["seq"], ""),
            customer=row["customer"] if row["customer"] > 0 else None,
        )
        for row in found
    ]
    return lines, further


def quoted(lines: list[Line]) -> list[Line]:
    """The newest lines that have words, to be read aloud."""
    return [line for line in lines if line.words][:MOST_QUOTED]


def as_csv(columns: Columns, question: Question, zone: str, *, personal: bool) -> Iterator[str]:
    """Every one of them as lines of CSV, newest first; words only where `personal`."""
    return csv_lines(_rows(columns, question, ZoneInfo(zone), personal=personal))


def _rows(
    columns: Columns, question: Question, zone: ZoneInfo, *, personal: bool
) -> Iterator[Sequence[object]]:
    """The headings, then each interaction. Times carry their offset in `zone`."""
    yield [*HEADINGS, *(["words"] if personal else [])]
    page = 1
    while rows := question.rows(columns, page, CHUNK):
        said = words_of_many([row["seq"] for row in rows]) if personal else {}
        for row in rows:
            when = moment(row["happened_at"]).astimezone(zone)
            score = None if row["score"] is None else row["score"] / 1000
            words = [row[name] or "" for name in ("channel", "touchpoint", "stage", "kind")]
            yield [
                row["seq"], when.isoformat(timespec="milliseconds"),
                row["customer"] if row["customer"] > 0 else "",
                *words, score, question.fate,
                *([said.get(row["seq"], "")] if personal else []),
            ]  # fmt: skip
        page += 1


def words_of_many(seqs: list[int]) -> dict[int, str]:
    """`words_of` for more rows than one statement of SQLite may name."""
    said: dict[int, str] = {}
    for start in range(0, len(seqs), 500):
        said |= words_of(seqs[start : start + 500])
    return said
