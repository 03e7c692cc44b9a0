"""What every reader of files gives: columns, notes, and batches of rows, good and bad."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, NamedTuple

from vivencia.lib.errors import BadFile

Cell = str | int | float | bool | None
ROWS_A_BATCH = 2_000
MOST_COLUMNS = 4_000


class Note(NamedTuple):
    """Something the reader understood or left out, for a person to check."""

    key: str
    es: str
    en: str

    def said(self, language: str) -> str:
        return self.es if language.startswith("es") else self.en


class Torn(Exception):
    """A part of a file ends within a row."""


class BadRow(NamedTuple):
    """A row that can not be read: its number in the file, why (a word), and how it stands."""

    number: int
    reason: str
    raw: str


@dataclass(slots=True)
class Batch:
    """Up to 2,000 rows in the order of the file.

    `numbers` are row numbers as a spreadsheet shows them (a header is row 1). `ranks` are the
    rows' places among their kin where the format has one (XES: in the trace), else None. `texts`:
    the format knows nothing but texts.
    """

    rows: list[tuple[Cell, ...]]
    numbers: Sequence[int]
    bad: list[BadRow] = field(default_factory=list)
    ranks: list[int] | None = None
    texts: bool = False

    def column(self, place: int) -> list[Cell]:
        return [row[place] for row in self.rows]


@dataclass(slots=True, frozen=True)
class Options:
    """What a mapping may say about a file; None is found out from the file itself."""

    delimiter: str | None = None
    encoding: str | None = None
    header: bool | None = None
    sheet: str | None = None
    columns: tuple[str, ...] = ()  # known from an earlier pass: the layout of every row


class Reader:
    """Iterates over batches. `columns` may grow while a `sparse` format is read, because its
    rows name their own columns; a second pass with Options.columns has them from the start.
    """

    sparse: ClassVar[bool] = False

    def __init__(self, path: Path, options: Options) -> None:
        self.path = path
        self.options = options
        self.columns: list[str] = list(options.columns)
        self.notes: list[Note] = []
        self.total: int | None = None  # rows, where the format says it
        self.size = path.stat().st_size  # bytes on disk, to tell how far reading is

    def __iter__(self) -> Iterator[Batch]:
        raise NotImplementedError

    def middle(self) -> int | None:
        """Where on disk a row begins that is near the middle; None where that can not be told."""
        return None

    def part(self, start: int, end: int | None) -> Iterator[Batch]:
        """The rows from `start` to `end`, from their own 1; Torn if one goes on after the end."""
        raise NotImplementedError

    @property
    def at(self) -> int:
        """Bytes of the file on disk read so far."""
        return 0

    def note(self, key: str, *, es: str, en: str) -> None:
        if all(known.key != key for known in self.notes):
            self.notes.append(Note(key, es, en))


def no_rows(name: str) -> BadFile:
    """What is wrong with a file that has titles and nothing below them."""
    return BadFile(es=f"{name} no tiene filas.", en=f"{name} has no rows.", reason="empty")


def unique_names(names: Sequence[object]) -> list[str]:
    """Names without blanks or repeats: an empty one is "column 3", a second "x" is "x (2)"."""
    found: list[str] = []
    taken: set[str] = set()
    for place, given in enumerate(names, 1):
        name = " ".join(str(given).split()) if given is not None else ""
        name = base = name or f"column {place}"
        again = 1
        while name in taken:
            again += 1
            name = f"{base} ({again})"
        taken.add(name)
        found.append(name)
    return found


# What SurveyMonkey calls the first columns, in English and Spanish, in small letters.
_TWO_ROWS = (
    {"respondent id", "id de encuestado", "id del encuestado"},
    {"collector id", "id de recopilador", "id del recopilador"},
)
_NOTHING_MORE = {
    "", "response", "open-ended response", "respuesta", "respuesta abierta",
}  # fmt: skip


def two_row_names(first: Sequence[object], second: Sequence[object]) -> list[str] | None:
    """The names that two rows of titles give together, as SurveyMonkey writes them: a question
    above, its options below. None where the second row is a row of data."""
    above = [" ".join(str(one or "").split()) for one in first]
    below = [" ".join(str(one or "").split()) for one in second]
    titles = {one.casefold() for one in above}
    if not all(names & titles for names in _TWO_ROWS) or len(above) != len(below) or below[0]:
        return None
    named, question = [], ""
    for title, option in zip(above, below, strict=True):
        question = title or question
        more = option.casefold() not in _NOTHING_MORE
        named.append(f"{question} · {option}" if more else question)
    return named
