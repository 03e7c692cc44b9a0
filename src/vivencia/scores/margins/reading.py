"""What is known of all customers, and by what it can be said."""

from __future__ import annotations

from dataclasses import dataclass

from vivencia.columns.reading import Columns
from vivencia.columns.words import field_word, value_word
from vivencia.interactions.reading import facts
from vivencia.lib import formats
from vivencia.scores.margins.shares import WHOLE
from vivencia.scores.models import KnownShare
from vivencia.scores.reading import words_of
from vivencia.scores.weighing import ABOUT_ASKING, Margins

PLACES = ("channel", "place", "brand", "department", "device")
MOST_LISTED = 60  # values of a field offered to be filled in


@dataclass(frozen=True, slots=True)
class Group:
    """One value of a field: how people read it, and its share as they would type it."""

    value: str
    said: str
    percent: str


@dataclass(frozen=True, slots=True)
class Known:
    """A field whose shares are known."""

    field: str
    said: str
    groups: list[Group]


def margins() -> Margins:
    """Field to value to share (of 1), of everything known."""
    found: dict[str, dict[str, float]] = {}
    for row in KnownShare.objects.all():
        found.setdefault(row.field, {})[row.value] = row.share / WHOLE
    return found


def fields() -> list[str]:
    """What customers can be told apart by: channel, place and the like, and declared facts that
    are words and not of a survey."""
    declared = [
        fact.name for fact in facts()
        if fact.sort == "category" and not _of_a_survey(fact.name)
    ]  # fmt: skip
    return [*PLACES, *declared]


def _of_a_survey(name: str) -> bool:
    return name in ABOUT_ASKING or "." in name or name == "question"


def known(language: str) -> list[Known]:
    """Every field with its shares, the largest group first."""
    found: dict[str, list[Group]] = {}
    for row in KnownShare.objects.all():
        percent = formats.percent(100 * row.share / WHOLE, language)
        said = value_word(row.field, row.value, language)
        found.setdefault(row.field, []).append(Group(row.value, said, percent))
    return [Known(name, field_word(name, language), groups) for name, groups in found.items()]


def groups_of(columns: Columns, field: str, language: str) -> list[Group]:
    """The values to fill in: those known, then those the log has seen."""
    held = KnownShare.objects.filter(field=field)
    found = {row.value: _typed(100 * row.share / WHOLE, language) for row in held}
    seen = words_of(columns, field)
    for word in seen[:MOST_LISTED]:
        found.setdefault(word, "")
    return [Group(v, value_word(field, v, language), typed) for v, typed in found.items()]


def _typed(percent: float, language: str) -> str:
    """A percentage as it would be typed, to the fourth decimal."""
    text = f"{percent:.4f}".rstrip("0").rstrip(".")
    return text.replace(".", ",") if formats.tongue(language) == "es" else text
