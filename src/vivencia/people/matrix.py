"""Role × department × action × field, made from the policy table: what the page shows, the
documentation says and the tests try. Pure.

Departments answer for touchpoints; they give and take no right. That is a part of the matrix, so
that it is shown and tested: each cell is the same in every department.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from vivencia.people.policy import FIELDS, POLICY, role_may

ROLES = tuple(sorted({role for rule in POLICY.values() for role in rule.roles}))


class Department(StrEnum):
    """Where somebody stands to the department that answers for a thing."""

    none = "none"
    own = "own"
    other = "other"


class Sight(StrEnum):
    """How a field is seen."""

    clear = "clear"
    masked = "masked"
    hidden = "hidden"


class Cell(NamedTuple):
    role: str
    department: Department
    action: str
    may: bool


class FieldCell(NamedTuple):
    role: str
    department: Department
    field: str
    sight: Sight


def cells() -> Iterator[Cell]:
    """Every role, department and action."""
    for role in ROLES:
        for department in Department:
            for action in POLICY:
                yield Cell(role, department, action, role_may(role, action))


def field_cells() -> Iterator[FieldCell]:
    """Every role, department and kind of field."""
    for role in ROLES:
        for department in Department:
            for field in FIELDS:
                yield FieldCell(role, department, field, sight(role, field))


def by_roles() -> list[tuple[tuple[str, ...], list[str]]]:
    """The same in short: the actions that the same roles may do, those of most roles first."""
    together: dict[tuple[str, ...], list[str]] = {}
    for action in POLICY:
        together.setdefault(tuple(r for r in ROLES if role_may(r, action)), []).append(action)
    return sorted(together.items(), key=lambda one: -len(one[0]))


def sight(role: str, field: str) -> Sight:
    """How a role sees a kind of field."""
    shown = FIELDS[field]
    if shown.clear is not None and role_may(role, shown.clear):
        return Sight.clear
    if shown.masked is not None and role_may(role, shown.masked):
        return Sight.masked
    return Sight.hidden
