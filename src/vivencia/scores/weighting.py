"""Answers weighted to margins the organisation knows of all its customers. Pure.

Those who answer are not those who are: promoters answer more often, some channels hardly at all.
Where the true shares of a few groups are known (channel, segment, region …), raking gives every
answer a weight until the weighted shares meet them. No weight passes five times the mean; a group
of which nobody answered is named, never filled. The price is shown: Kish's effective n.

Source: Deming and Stephan 1940 (raking), Kish 1965 (effective n).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vivencia.lib.errors import BadInput

CAP = 5.0  # no answer counts for more than this many
_MOST_ROUNDS = 200
_CLOSE = 1e-9  # the shares are met when none is further away than this
_WHOLE = 1e-6  # the shares of one margin must sum to one this closely

Floats = npt.NDArray[np.float64]
Margin = Mapping[str, float]  # value of a field -> its true share of all customers


@dataclass(frozen=True, slots=True)
class Raked:
    """Weights of each cell's answers, with mean 1 over the answers, and what they cost.

    `empty` names the (field, value) of which nobody answered; their share is left out and the
    others of that field are scaled up, which is said beside the figure. `off` is the largest
    distance left between a weighted and a wished share, which only the cap makes.
    """

    weights: Floats  # shape (cells,)
    effective_n: float
    design_effect: float  # answers / effective n
    empty: tuple[tuple[str, str], ...]
    capped: int  # answers whose weight is the cap
    off: float


def rake(
    cells: Sequence[Mapping[str, str]], counts: Sequence[int], margins: Mapping[str, Margin]
) -> Raked:
    """Weights so that the answers meet every margin as nearly as the cap allows.

    `cells` tell of each group of alike answers its value in every field of `margins`; `counts`
    are their numbers of answers. An answer whose value no margin names keeps out of that field's
    raking. Raises BadInput for no answers, or a margin that is not a set of shares.
    """
    answers = np.asarray(counts, dtype=np.float64)
    if not answers.sum() > 0:
        raise BadInput(es="No hay respuestas que ponderar.", en="There are no answers to weight.")
    fields = [_field(name, margin, cells, answers) for name, margin in margins.items()]
    weights = np.ones(len(answers))
    for _ in range(_MOST_ROUNDS):
        for field in fields:
            weights = field.met(weights, answers)
        weights = _capped(weights, answers)
        if max((field.off(weights, answers) for field in fields), default=0.0) < _CLOSE:
            break
    effective = float(weights @ answers) ** 2 / float(weights**2 @ answers)
    return Raked(
        weights,
        effective,
        float(answers.sum()) / effective,
        tuple(gap for field in fields for gap in field.empty),
        int(answers[weights >= CAP * (1 - _CLOSE)].sum()),
        max((field.off(weights, answers) for field in fields), default=0.0),
    )


@dataclass(frozen=True, slots=True)
class _Field:
    """One margin against the answers there are: `place` is each cell's value, −1 for none."""

    place: npt.NDArray[np.int64]
    shares: Floats
    empty: tuple[tuple[str, str], ...]

    def met(self, weights: Floats, answers: Floats) -> Floats:
        """The weights scaled so that this field's shares are met exactly."""
        sums = self._sums(weights, answers)
        factors = np.append(self.shares * sums.sum() / sums, 1.0)  # the last is for place −1
        scaled: Floats = weights * factors[self.place]
        return scaled

    def off(self, weights: Floats, answers: Floats) -> float:
        sums = self._sums(weights, answers)
        return float(np.abs(sums / sums.sum() - self.shares).max())

    def _sums(self, weights: Floats, answers: Floats) -> Floats:
        named = self.place >= 0
        mass = (weights * answers)[named]
        return np.bincount(self.place[named], mass, minlength=len(self.shares)).astype(np.float64)


def _field(
    name: str, margin: Margin, cells: Sequence[Mapping[str, str]], answers: Floats
) -> _Field:
    shares = list(margin.values())
    sound = all(math.isfinite(share) and share >= 0 for share in shares)
    if not sound or abs(sum(shares) - 1) > _WHOLE:
        raise BadInput(
            es=f"Los porcentajes conocidos de «{name}» no suman 100 %.",
            en=f"The known shares of “{name}” do not add up to 100%.",
        )
    answered = {cell.get(name) for cell, n in zip(cells, answers, strict=True) if n > 0}
    there = [value for value, share in margin.items() if share > 0 and value in answered]
    if not there:
        raise BadInput(
            es=f"Nadie de los grupos de «{name}» ha contestado: no hay a quién ponderar.",
            en=f"Nobody in the groups of “{name}” answered: there is no one to weight.",
        )
    places = {value: place for place, value in enumerate(there)}
    known = np.array([margin[value] for value in there])
    return _Field(
        np.array([places.get(cell.get(name, ""), -1) for cell in cells]),
        known / known.sum(),
        tuple((name, value) for value, share in margin.items() if share > 0 and value not in there),
    )


def _capped(weights: Floats, answers: Floats) -> Floats:
    """The weights with mean 1 over the answers and none above the cap."""
    for _ in range(_MOST_ROUNDS):
        weights = weights * (answers.sum() / (weights @ answers))
        if weights.max() <= CAP * (1 + 1e-12):
            break
        weights = np.minimum(weights, CAP)
    return weights
