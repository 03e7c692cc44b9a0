"""Interactions as columns of the record, which is how files are read, hashed and stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NamedTuple

from vivencia.interactions.record import Interaction

FIELDS = Interaction.__struct_fields__

_SHORTEST_RUN = 8  # rows on the average that are quicker taken together than one by one

Table = dict[str, list[Any]]  # a list for each of FIELDS, all of one length


class Refusal(NamedTuple):
    """One interaction that could not be made: its row, why, and in which column."""

    number: int
    reason: str
    column: str
    raw: str  # the row as JSON, {column: cell}


@dataclass(slots=True)
class Mapped:
    """What a batch became. `places` tells of which row of the batch each interaction is, a range
    where every row became one; `refused` holds rows, and single scores of rows, that can not be
    used."""

    table: Table = field(default_factory=lambda: {name: [] for name in FIELDS})
    places: Sequence[int] = ()
    refused: list[Refusal] = field(default_factory=list)

    @property
    def interactions(self) -> list[Interaction]:
        """The same, one by one."""
        return interactions_of(self.table)


def interactions_of(table: Table) -> list[Interaction]:
    rows = zip(*(table[name] for name in FIELDS), strict=True)
    return [Interaction(**dict(zip(FIELDS, row, strict=True))) for row in rows]


def rows_at(table: Table, places: Sequence[int]) -> Table:
    """The rows at `places`, each as often as it is named."""
    runs = _runs(places)
    if len(runs) * _SHORTEST_RUN > len(places):
        return {name: list(map(column.__getitem__, places)) for name, column in table.items()}
    return {name: _taken(column, runs) for name, column in table.items()}


def _runs(places: Sequence[int]) -> list[slice]:
    """The same places, those that follow each other together."""
    befores = zip(places, islice(places, 1, None), strict=False)
    ends = [n for n, (before, place) in enumerate(befores, 1) if place != before + 1]
    pieces = zip([0, *ends], [*ends, len(places)], strict=True)
    return [slice(places[start], places[end - 1] + 1) for start, end in pieces if end]


def _taken(column: list[Any], runs: list[slice]) -> list[Any]:
    taken: list[Any] = []
    for run in runs:
        taken += column[run]
    return taken
