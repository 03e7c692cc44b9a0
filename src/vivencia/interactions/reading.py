"""Reads of the room itself; each of its doors has its own."""

from __future__ import annotations

from typing import NamedTuple

from vivencia.interactions.models import FactName, Word


class Fact(NamedTuple):
    """A property that reaches the columns, or did."""

    name: str
    sort: str  # category, number or yesno
    is_declared: bool  # for what comes in by the doors
    is_in_the_log: bool  # so every filter and grouping offers it


def facts() -> list[Fact]:
    """Every fact that was declared here or came with a file, by name."""
    declared = dict(FactName.objects.values_list("name", "sort"))
    found = Word.objects.filter(field__startswith="fact.").values_list("text", "field")
    brought = {name: field.removeprefix("fact.") for name, field in found if name}
    return [
        Fact(name, declared.get(name) or brought[name], name in declared, name in brought)
        for name in sorted({*declared, *brought}, key=str.casefold)
    ]
