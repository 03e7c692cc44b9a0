"""The registry beside what really happens: who answers, what nobody answers for, what is stale."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import NamedTuple

from vivencia.interactions.models import Import, Word
from vivencia.lib.errors import NotFound
from vivencia.touchpoints.models import Touchpoint

SILENT_AFTER = dt.timedelta(days=90)


class Usage(NamedTuple):
    """How a touchpoint is used: interactions, and the day of the last."""

    interactions: int
    last: dt.date


class Line(NamedTuple):
    """One touchpoint of the list. `entry` None: an orphan, seen but not registered."""

    word: str
    entry: Touchpoint | None
    usage: Usage | None
    review_is_due: bool
    is_silent: bool

    @property
    def is_orphan(self) -> bool:
        return self.entry is None

    @property
    def is_stale(self) -> bool:
        return self.review_is_due or self.is_silent


def touchpoint(key: int) -> Touchpoint:
    found = Touchpoint.objects.filter(pk=key).first()
    if found is None:
        raise NotFound(es="Ese punto de contacto no está aquí.", en="That touchpoint is not here.")
    return found


def listing(usage: Mapping[str, Usage], today: dt.date) -> list[Line]:
    """Registered touchpoints and orphans, what needs somebody first, then by word.

    `usage` comes from the columns, by word; a word of the log that is not in it has been used
    only by imports that were undone.
    """
    entries = Touchpoint.objects.select_related("owner", "department")
    registered = {entry.word: entry for entry in entries}
    lines = [_line(entry.word, entry, usage, today) for entry in registered.values()]
    lines += [_line(word, None, usage, today) for word in _seen(usage) - registered.keys()]
    return sorted(lines, key=lambda line: (not line.is_orphan, not line.is_stale, line.word))


def orphans() -> list[str]:
    """Words of the log that have no entry."""
    registered = set(Touchpoint.objects.values_list("word", flat=True))
    return sorted(_seen({}) - registered)


def of_import(key: int) -> set[str]:
    """The touchpoints that an import's mapping names, one for each question of a survey."""
    found = Import.objects.filter(key=key).values_list("mapping", flat=True).first()
    return {block["touchpoint"] for block in _blocks(found) if "touchpoint" in block}


def _blocks(mapping: str | None) -> list[dict[str, str]]:
    found: list[dict[str, str]] = json.loads(mapping or "{}").get("scores", [])
    return found


def _seen(usage: Mapping[str, Usage]) -> set[str]:
    words = Word.objects.filter(field="touchpoint", text__isnull=False)
    known = {text for text in words.values_list("text", flat=True) if text}
    return {word for word in usage if word in known} if usage else known


def _line(word: str, entry: Touchpoint | None, usage: Mapping[str, Usage], today: dt.date) -> Line:
    used = usage.get(word)
    return Line(
        word=word,
        entry=entry,
        usage=used,
        review_is_due=bool(entry and entry.review_on and entry.review_on < today),
        is_silent=bool(entry) and (used is None or today - used.last > SILENT_AFTER),
    )
