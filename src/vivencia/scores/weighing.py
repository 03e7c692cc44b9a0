"""Scores weighted to what is known of all customers, beside the raw ones. No Django.

The weights are found over everybody who answered; a group or a filter of people keeps the weights
its answers have there (domain estimation), since margins are of all customers and not of a part.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from vivencia.columns.filters import Filters
from vivencia.scores.counting import Answers
from vivencia.scores.definitions import Definition, weighted
from vivencia.scores.report import Group, Row, Weighted
from vivencia.scores.score import HIDDEN_BELOW, hidden, of_tally, tally

Margins = Mapping[str, Mapping[str, float]]  # field -> value -> its share of all customers
Cell = Group  # one value of each margin
# These say what was asked, not of whom: they do not make a part of the customers.
ABOUT_ASKING = frozenset({"survey", "question", "version", "entry", "complete", "language"})


@dataclass(frozen=True, slots=True)
class Weights:
    """What one answer of each cell weighs, over everybody who answered."""

    fields: tuple[str, ...]
    of: Mapping[Cell, float]
    empty: tuple[tuple[str, str], ...]
    off: float
    cap: float  # no answer weighs more
    small: frozenset[Cell]  # cells that hold a value of a margin which one to four people share


def everybody(filters: Filters) -> Filters:
    """The filters without what picks some customers: over these the weights are found."""
    return filters.but(**{name: None for name in filters.where if name not in ABOUT_ASKING})


def weights_of(answers: Answers, margins: Margins) -> Weights | None:
    """The weights that make `answers`, by one value of each margin, meet the margins; None where
    nobody in any of their groups answered, so that there is nothing to weigh."""
    fields = tuple(margins)
    counts = {group: sum(histogram.values()) for (group, _), histogram in answers.in_order()}
    cells = [dict(zip(fields, map(_text, group), strict=True)) for group in counts]
    numbers = list(counts.values())
    met = {name: margin for name, margin in margins.items() if _anybody(name, margin, cells)}
    if not met or not sum(numbers):
        return None
    from vivencia.scores.weighting import CAP, rake  # noqa: PLC0415  (numbers no other page needs)

    raked = rake(cells, numbers, met)
    absent = [(name, v) for name, margin in margins.items() if name not in met for v in margin]
    return Weights(
        tuple(met),
        dict(zip(counts, raked.weights.tolist(), strict=True)),
        (*raked.empty, *absent),
        raked.off,
        CAP,
        _small(counts),
    )


def with_weighted(
    rows: Sequence[Row],
    meaning: Definition,
    weights: Weights,
    answers: Answers,
    *,
    strict: bool,
) -> list[Row]:
    """`rows` with their weighted scores. `answers` are theirs, by the rows' own fields and then
    the margins'. `strict`: weights tell nothing of groups of one to four people either."""
    cells: dict[Group, dict[Cell, Mapping[int, int]]] = defaultdict(dict)
    asked = len(rows[0].by) if rows else 0
    for (group, _), histogram in answers.in_order():
        cells[group[:asked]][group[asked:]] = histogram
    return [
        replace(row, weighted=_weigh(row, meaning, weights, cells[tuple(row.by.values())], strict))
        for row in rows
    ]


def _weigh(
    row: Row,
    meaning: Definition,
    weights: Weights,
    cells: Mapping[Cell, Mapping[int, int]],
    strict: bool,
) -> Weighted:
    """One row's weighted score, hidden with the raw one and where few people would show."""
    named, mass, squares, capped = weighted(meaning), 0.0, 0.0, 0
    summed: dict[int, float] = defaultdict(float)
    for cell, histogram in cells.items():
        weight = weights.of.get(cell, 1.0)  # what came in between two looks
        for mark, n in histogram.items():
            summed[mark] += weight * n
            mass += weight * n
            squares += weight * weight * n
            capped += n if weight >= weights.cap * (1 - 1e-9) else 0
    few = strict and (weights.small & set(cells) or _small({c: _n(h) for c, h in cells.items()}))
    effective = mass * mass / squares if squares else 0.0
    if row.score.n is None or few or effective < HIDDEN_BELOW:
        score = hidden(named)
        return Weighted(score, weights.fields, None, None, None, weights.empty, weights.off)
    counted = tally(meaning, {mark: n * effective / mass for mark, n in summed.items()})
    n = sum(_n(histogram) for histogram in cells.values())
    return Weighted(
        of_tally(named, counted, n), weights.fields, effective, n / effective, capped,
        weights.empty, weights.off,
    )  # fmt: skip


def _n(histogram: Mapping[int, int]) -> int:
    return sum(histogram.values())


def _small(counts: Mapping[Cell, int]) -> frozenset[Cell]:
    """The cells that hold a value of some margin which one to four answers share."""
    of_value: dict[tuple[int, object], int] = defaultdict(int)
    for cell, n in counts.items():
        for place, value in enumerate(cell):
            of_value[place, value] += n
    few = {key for key, n in of_value.items() if 0 < n < HIDDEN_BELOW}
    return frozenset(cell for cell in counts if few & set(enumerate(cell)))


def _anybody(name: str, margin: Mapping[str, float], cells: Sequence[Mapping[str, str]]) -> bool:
    return any(share > 0 and any(cell[name] == v for cell in cells) for v, share in margin.items())


def _text(value: object) -> str:
    """A value as margins name it; no value of theirs is empty."""
    return "" if value is None else str(value)
