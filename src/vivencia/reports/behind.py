"""The interactions behind one number: a page of them with their words, or all as a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from vivencia.columns.engines import Source, source
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
_WORDS = ("channel", "touchpoint", "stage", "kind")
HEADINGS = ("seq", "happened_at", "customer", *_WORDS, "score", "counted")
OUTSIDE = ("table_outside_the_log", "key", "happened_at", *_WORDS, "score", "counted")


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
    """One interaction; `customer` is None for one without identity, whose book has one line. A
    row of a table outside the log has its own `key`, and neither words nor a book."""

    happened_at: int
    channel: str
    touchpoint: str
    score: int | None
    seq: int = 0
    key: str = ""
    words: str = ""
    customer: int | None = None


def page_of(
    columns: Columns, question: Question, page: int, language: str
) -> tuple[list[Line], bool]:
    """One page of lines with what was said, and whether another page follows."""
    found = question.rows(columns, page, PAGE)
    further = len(found) == PAGE and bool(question.rows(columns, page * PAGE + 1, 1))
    if source(columns) is not None:
        return [_line_of_its_own(row, language) for row in found], further
    said = words_of([row["seq"] for row in found])
    return [_line(row, said.get(row["seq"], ""), language) for row in found], further


def _line(row: dict[str, Any], words: str, language: str) -> Line:
    return Line(
        seq=row["seq"],
        happened_at=row["happened_at"],
        channel=value_word("channel", row["channel"], language),
        touchpoint=row["touchpoint"] or "",
        score=row["score"],
        words=words,
        customer=row["customer"] if row["customer"] > 0 else None,
    )


def _line_of_its_own(row: dict[str, Any], language: str) -> Line:
    """A row of a table outside the log, which has the fields its mapping names."""
    return Line(
        key=row["key"],
        happened_at=row["happened_at"],
        channel=value_word("channel", row.get("channel"), language),
        touchpoint=row.get("touchpoint") or "",
        score=row["score"],
    )


def quoted(lines: list[Line]) -> list[Line]:
    """The newest lines that have words, to be read aloud."""
    return [line for line in lines if line.words][:MOST_QUOTED]


def as_csv(columns: Columns, question: Question, zone: str, *, personal: bool) -> Iterator[str]:
    """Every one of them as lines of CSV, newest first; words only where `personal`."""
    if (table := source(columns)) is not None:
        return csv_lines(_rows_of_its_own(columns, question, ZoneInfo(zone), table))
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
            words = [row[name] or "" for name in _WORDS]
            yield [
                row["seq"], when.isoformat(timespec="milliseconds"),
                row["customer"] if row["customer"] > 0 else "",
                *words, score, question.fate,
                *([said.get(row["seq"], "")] if personal else []),
            ]  # fmt: skip
        page += 1


def _rows_of_its_own(
    columns: Columns, question: Question, zone: ZoneInfo, table: Source
) -> Iterator[Sequence[object]]:
    """The same of a table outside the log, which each row names, by its own keys."""
    yield OUTSIDE
    page = 1
    while rows := question.rows(columns, page, CHUNK):
        for row in rows:
            when = moment(row["happened_at"]).astimezone(zone).isoformat(timespec="milliseconds")
            score = None if row["score"] is None else row["score"] / 1000
            words = [row.get(name) or "" for name in _WORDS]
            yield table.name, row["key"], when, *words, score, question.fate
        page += 1


def words_of_many(seqs: list[int]) -> dict[int, str]:
    """`words_of` for more rows than one statement of SQLite may name."""
    said: dict[int, str] = {}
    for start in range(0, len(seqs), 500):
        said |= words_of(seqs[start : start + 500])
    return said
