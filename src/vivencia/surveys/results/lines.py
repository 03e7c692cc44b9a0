"""Answers one by one, each a line: what files of them are made of.

No personal data but who somebody is and what they wrote, and those only for the right to them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from vivencia.columns.filters import Filters
from vivencia.columns.reading import Columns
from vivencia.lib.clock import moment
from vivencia.surveys.results import texts
from vivencia.surveys.results.asked import VERSION
from vivencia.surveys.results.editions import Edition, Versions, editions, headlines

AT_ONCE = 20_000
ALWAYS = ("version", "entry", "complete", "language", "channel", "touchpoint", "stage")

Line = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Which columns a file of a survey's answers has, in order. `zone` None: days only."""

    survey: str
    versions: Versions
    zone: ZoneInfo
    is_anonymous: bool = False
    is_personal: bool = False
    filters: Filters = field(default_factory=Filters)
    selection: str = ""  # the same in words

    @property
    def questions(self) -> list[Edition]:
        """Each question as it was asked last."""
        return [group[0] for group in editions(self.versions)]

    @property
    def scores(self) -> list[str]:
        return [one.element.id for one in self.questions if one.element.scale()]

    @property
    def facts(self) -> list[str]:
        found: dict[str, None] = {}
        for group in editions(self.versions):
            for one in group:
                found |= dict.fromkeys(one.facts(self.survey))
        return list(found)

    @property
    def words(self) -> list[str]:
        """What people wrote, by question."""
        if not self.is_personal:
            return []
        found: dict[str, None] = {}
        for definition in self.versions.values():
            found |= dict.fromkeys(texts.names(definition))
        return list(found)

    @property
    def headings(self) -> list[str]:
        """The names of the columns: a question's score and words by its id, a fact by its name
        without the survey's."""
        who = ["customer"] if self.is_personal and not self.is_anonymous else []
        facts = [name.removeprefix(f"{self.survey}.") for name in self.facts]
        words = [name if name not in self.scores else f"{name}.words" for name in self.words]
        return ["answered_at", *who, *ALWAYS, *self.scores, *facts, *words]


def lines(columns: Columns, sheet: Sheet) -> Iterator[Line]:
    """Every answer that counts, by heading, in order of arrival."""
    after = 0
    heads = headlines(sheet.versions)
    while True:
        rows = columns.ask(
            "surveys/answers", sheet.filters, survey=sheet.survey, headlines=heads,
            scores=sheet.scores, facts=sheet.facts, after=after, limit=AT_ONCE,
        )["answers"].to_pylist()  # fmt: skip
        if not rows:
            return
        written: dict[int, texts.Said] = {}
        if sheet.words:
            written = texts.of_answers(sheet.survey, sheet.versions, rows)
        for row in rows:
            yield _line(sheet, row, written.get(row["seq"], {}), heads)
        after = rows[-1]["seq"]


def _line(sheet: Sheet, row: Line, said: texts.Said, heads: dict[str, str]) -> Line:
    when = moment(row["happened_at"]).astimezone(sheet.zone)
    at = when.date().isoformat() if sheet.is_anonymous else when.isoformat(timespec="seconds")
    found: Line = {"answered_at": at, **{name: row[name] for name in ALWAYS}}
    if sheet.is_personal and not sheet.is_anonymous:
        found["customer"] = row["customer"] if row["customer"] > 0 else None
    headline = heads.get(row[VERSION] or "", "")
    for n, name in enumerate(sheet.scores):
        note = row["score"] if name == headline else row[f"note_{n}"]
        found[name] = None if note is None else note / 1000
    for n, name in enumerate(sheet.facts):
        found[name.removeprefix(f"{sheet.survey}.")] = row[f"fact_{n}"]
    for name in sheet.words:
        found[name if name not in sheet.scores else f"{name}.words"] = said.get(name)
    return found
