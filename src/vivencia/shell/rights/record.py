"""The record of processing (GDPR, article 30): made from what each room declares of its fields."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib import import_module
from importlib.util import find_spec
from typing import Any, NamedTuple

from django.apps import apps

from vivencia.shell.rights import record_words as words

CUSTOMERS, STAFF = "customers", "staff"


class Entry(NamedTuple):
    """One purpose: whose data serves it, on what ground, for how long, and where it lies."""

    whose: str  # CUSTOMERS or STAFF
    purpose: str
    basis: str
    classes: list[str]
    retentions: list[str]
    fields: list[str]  # table.column

    @property
    def places(self) -> list[tuple[str, str]]:
        """(table, its columns) of those fields."""
        found: dict[str, list[str]] = {}
        for field in self.fields:
            table, _, column = field.partition(".")
            found.setdefault(table, []).append(column)
        return [(table, ", ".join(columns)) for table, columns in found.items()]


def record(language: str) -> list[Entry]:
    """Every purpose with its fields, customers' first, in the order rooms declare them."""
    gathered: dict[tuple[str, str, str], dict[str, dict[str, None]]] = {}
    for whose, fields in _declared():
        for field, why in fields.items():
            key = whose, why["purpose"][language], _said(words.BASES, why["basis"], language)
            entry = gathered.setdefault(key, {"classes": {}, "retentions": {}, "fields": {}})
            entry["classes"][_said(words.CLASSES, why["class"], language)] = None
            entry["retentions"][_said(words.RETENTIONS, why["retention"], language)] = None
            entry["fields"][field] = None
    return [
        Entry(*key, *(list(entry[name]) for name in ("classes", "retentions", "fields")))
        for key, entry in gathered.items()
    ]


def without_spanish() -> list[str]:
    """Words of the rooms' declarations that the tables of words lack."""
    declared = [why for _, fields in _declared() for why in fields.values()]
    return [
        *_lacking(words.BASES, declared, "basis"),
        *_lacking(words.CLASSES, declared, "class"),
        *_lacking(words.RETENTIONS, declared, "retention"),
    ]


def _declared() -> Iterator[tuple[str, dict[str, dict[str, Any]]]]:
    """(whose data, what a room declares) of each room, the log first and the staff last."""
    ours = [one for one in apps.get_app_configs() if one.name.startswith("vivencia.")]
    ours.reverse()
    for room in sorted(ours, key=lambda room: room.label == "people"):
        if find_spec(f"{room.name}.personal"):
            declared = import_module(f"{room.name}.personal").FIELDS
            yield (STAFF if room.label == "people" else CUSTOMERS), declared


def _lacking(known: dict[str, str], declared: Iterable[dict[str, Any]], name: str) -> list[str]:
    return sorted({why[name] for why in declared} - set(known))


def _said(known: dict[str, str], english: str, language: str) -> str:
    return english if language == "en" else known.get(english, english)
