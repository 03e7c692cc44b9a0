"""A question over the versions of its survey: as long as it says the same, its answers are one.

A title, a scale or a choice that changed makes another edition, whose answers are told apart: what
was asked otherwise can not be added up. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from vivencia.surveys.definition.answers import options_of
from vivencia.surveys.definition.schema import Definition, Element, Type

Versions = Mapping[str, Definition]  # by number as a text, the earliest first


class Edition(NamedTuple):
    """A question as it was asked in `versions`, which follow each other in time."""

    element: Element
    versions: tuple[str, ...]

    def facts(self, survey: str) -> dict[str, int]:
        """The facts its answers write, and how many values each may have."""
        start, element = f"{survey}.{self.element.id}", self.element
        picks = len(options_of(element))
        if element.type is Type.choice:
            return {start: picks}
        if element.type is Type.consent:
            return {start: 2}
        if element.type is Type.matrix:
            return {f"{start}.{row.id}": picks for row in element.rows}
        if element.type is Type.ranking:
            return {f"{start}.{item.id}": picks for item in element.choices}
        if element.type is Type.choices:
            return {f"{start}.{option}": 2 for option in options_of(element)}
        return {}


def editions(versions: Versions) -> list[list[Edition]]:
    """Each question with its editions, the latest first; in the order of the latest version, and
    then what is no longer asked."""
    found: dict[str, list[Edition]] = {}
    order: dict[str, None] = {}
    for number, definition in versions.items():
        for element in definition.elements():
            known = found.setdefault(element.id, [])
            same = next((n for n, one in enumerate(known) if _same(one.element, element)), None)
            if same is None:
                known.append(Edition(element, (number,)))
            else:
                known[same] = Edition(element, (*known[same].versions, number))
    for definition in reversed(list(versions.values())):
        order |= dict.fromkeys(element.id for element in definition.elements())
    return [sorted(found[name], key=_latest, reverse=True) for name in order]


def headlines(versions: Versions) -> dict[str, str]:
    """The headline question of each version that has one."""
    named = {number: definition.headline() for number, definition in versions.items()}
    return {number: element.id for number, element in named.items() if element}


def _same(one: Element, other: Element) -> bool:
    """Whether two say the same: whom it is shown to and whether it is required may differ."""
    return _meaning(one) == _meaning(other)


def _meaning(element: Element) -> Element:
    return msgspec.structs.replace(
        element, hint={}, required=False, visible_if="", lines=1,
        named_scale=element.scale() or "",
    )  # fmt: skip


def _latest(edition: Edition) -> int:
    return int(edition.versions[-1])
