"""What journeys say when all of them are asked: the analysis, and its answer kept at hand.

The columns' owner mines its own arrays; only the findings travel.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from vivencia.columns.analyses import Tables, analysis
from vivencia.columns.scope import Scope
from vivencia.columns.standing import standing
from vivencia.journeys import amending, mining
from vivencia.journeys.amending import Whole
from vivencia.journeys.found import Found, everything
from vivencia.journeys.mining import Loops
from vivencia.journeys.steps import (
    Ints,
    Steps,
    containing,
    ending,
    lay_out,
    offsets,
    select,
    starting,
)
from vivencia.journeys.stored import arrays_of, made_of

EMPTY = ""  # how an activity reads where the field is empty
KIND = "kind"  # the activity unless another is asked for
NOBODY = -1  # the number of a code that no journey at hand has


@analysis("journeys/discover")
def discover_(scope: Scope, activity: str, top: int) -> Tables:
    """Edges, variants, starts, ends, loops and totals, as tables."""
    steps, channel = _steps(scope, activity)
    return _tables(everything(steps, channel, top))


class Kept:
    """The steps of all journeys by their kind, found once and amended."""

    def __init__(self, whole: Whole, order: Ints, journey: Ints, codes: Ints) -> None:
        """journey: int64[j], each journey's own number, sorted; order: int64[j], the place of each
        in `whole`; codes: int64, of the activities in their order."""
        self.journeys = len(journey)
        self._whole, self._order, self._journey, self._codes = whole, order, journey, codes
        self._number = np.full(int(codes.max()) + 2, NOBODY)  # the last is of all later codes
        self._number[codes] = np.arange(len(codes))

    @classmethod
    def again(cls, scope: Scope, arrays: Mapping[str, NDArray[Any]]) -> Kept | None:
        """The one whose `arrays` these are; None where its activities have another order now."""
        codes = arrays["codes"]
        names = _named(scope, codes)
        if list(names) != sorted(names):
            return None
        whole = made_of(Whole, arrays, names)
        return cls(whole, arrays["order"], arrays["journey"], codes)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """All it holds but words."""
        own = {"order": self._order, "journey": self._journey, "codes": self._codes}
        return own | arrays_of(self._whole)

    def tells(self, parameters: dict[str, Any]) -> bool:
        return bool(parameters["activity"] == KIND and parameters["top"] > 0)

    def tables(self, scope: Scope, changed: NDArray[np.int64], **parameters: Any) -> Tables | None:
        """As `discover_` says it; None where an activity is new or has another word."""
        if _named(scope, self._codes) != self._whole.steps.names:
            return None
        come = self._come(scope, changed)
        if come is None:
            return None
        places = np.minimum(np.searchsorted(self._journey, changed), self.journeys - 1)
        gone = self._order[places[self._journey[places] == changed]]
        return _tables(self._whole.found(gone, *come, parameters["top"]))

    def _come(
        self, scope: Scope, journeys: NDArray[np.int64]
    ) -> tuple[Steps, NDArray[np.bool_]] | None:
        """The steps that `journeys` have now, and which go over several channels; None where
        there is no room for them."""
        if not len(journeys):
            return self._whole.nobody()
        scope.cursor.register("changed", pa.table({"journey": journeys}))
        rows = scope.run("journeys/changed", "steps")
        scope.cursor.unregister("changed")
        journey, code, at, channel = (rows.column(n).to_numpy() for n in range(4))
        number = self._number[np.minimum(code, len(self._number) - 1)]
        if (number == NOBODY).any():
            return None
        whole = self._whole.steps
        activity = number.astype(whole.activity.dtype)
        steps = Steps(offsets(journey), activity, at, whole.names)
        if not self._whole.has_room(steps):
            return None
        return steps, mining.several_channels(steps, channel)


@standing("journeys/discover", again=Kept.again)
def keep(scope: Scope) -> Kept | None:
    """All journeys by their kind, at hand; None where there are none, or too many kinds."""
    journey, code, at, channel = _rows(scope, KIND)
    codes, words = _coded(scope, KIND, code)
    steps = lay_out(journey, codes, at, words)
    if not amending.can_be(steps):
        return None
    whole = Whole.of(steps, mining.several_channels(steps, channel))
    own = journey[steps.first]
    order = np.argsort(own)
    return Kept(whole, order, own[order], np.array(sorted(words, key=words.__getitem__)))


def _named(scope: Scope, codes: Ints) -> tuple[str, ...]:
    """The words of activities by their kind."""
    return tuple(str(text or EMPTY) for text in scope.texts(KIND, codes.tolist()))


def _tables(found: Found) -> Tables:
    names = pa.array(found.names, pa.string())
    there = np.flatnonzero(found.activities)
    return {
        "edges": _edges(found),
        "variants": pa.table(
            {
                "steps": pa.array(
                    [[found.names[n] for n in way] for way, _ in found.variants],
                    pa.list_(pa.string()),
                ),
                "count": pa.array([count for _, count in found.variants], pa.int64()),
            }
        ),
        "activities": pa.table(
            {
                "activity": names.take(pa.array(there)),
                "count": found.activities[there],
                "starts": found.starts[there],
                "ends": found.ends[there],
            }
        ),
        "self_loops": _loops(found, found.self_loops),
        "loops_of_two": _loops(found, found.loops_of_two),
        "totals": pa.table(
            {
                "journeys": [found.journeys],
                "interactions": [found.interactions],
                "variants": [found.variant_count],
                "multichannel": [found.multichannel],
                "mean_s": pa.array([found.time.mean], pa.float64()),
                "median_s": pa.array([found.time.median], pa.float64()),
                "p90_s": pa.array([found.time.p90], pa.float64()),
            }
        ),
    }


def _steps(scope: Scope, activity: str) -> tuple[Steps, NDArray[np.int64]]:
    """The steps in scope and the channel of each, whole journeys left out as asked."""
    journey, code, at, channel = _rows(scope, activity)
    codes, words = _coded(scope, activity, code)
    steps = lay_out(journey, codes, at, words)
    keep = np.ones(steps.journeys, dtype=np.bool_)
    for names, choose in (
        (scope.filters.starts_with, starting),
        (scope.filters.ends_with, ending),
        (scope.filters.contains, containing),
    ):
        if names:
            keep &= choose(steps, names)
    if keep.all():
        return steps, channel
    return select(steps, keep), channel[np.repeat(keep, steps.lengths)]


def _rows(scope: Scope, activity: str) -> tuple[NDArray[Any], ...]:
    """The journey, the activity's code, the time and the channel of each step in scope."""
    rows = scope.run("journeys/steps", "steps", parts={"activity": scope.column(activity)})
    journey, code, at, channel = (
        rows.column(name) for name in ("journey", "activity", "happened_at", "channel")
    )
    if pa.types.is_boolean(code.type):  # numpy has no order for true, false and nothing
        code = code.cast(pa.float64())
    return tuple(column.to_numpy() for column in (journey, code, at, channel))


def _coded(
    scope: Scope, activity: str, code: NDArray[np.generic]
) -> tuple[NDArray[np.integer], dict[int, str]]:
    """Whole-number codes for the values of a field, and the word of each."""
    fact = scope.fact(activity)
    if fact is not None:  # may be empty (null), a number or yes and no
        values, place = np.unique(code, return_inverse=True)
        told = scope.texts(activity, [None if v != v else v for v in values.tolist()])
        return place, {n: _said(text, fact.sort) for n, text in enumerate(told)}
    numbers = code.astype(np.int64, copy=False)
    seen = np.flatnonzero(np.bincount(numbers)) if len(numbers) else numbers
    told = scope.texts(activity, seen.tolist())
    return numbers, {
        int(n): EMPTY if text is None else str(text) for n, text in zip(seen, told, strict=True)
    }


def _said(value: str | float | bool | None, sort: str) -> str:
    """The value of a fact as filters take it: "gold", "34", "yes"."""
    if value is None:
        return EMPTY
    if sort == "fact.yesno":
        return "yes" if value else "no"
    return f"{value:.0f}" if isinstance(value, float) and value.is_integer() else str(value)


def _edges(of: Found) -> pa.Table:
    found = of.transitions
    order = np.lexsort((found.target, found.source, -found.count))
    names = pa.array(of.names, pa.string())
    return pa.table(
        {
            "source": names.take(pa.array(found.source[order])),
            "target": names.take(pa.array(found.target[order])),
            "count": found.count[order],
            "mean_s": found.mean[order],
            "median_s": found.median[order],
            "p90_s": found.p90[order],
        }
    )


def _loops(of: Found, loops: Loops) -> pa.Table:
    order = np.lexsort((loops.between, loops.activity, -loops.count))
    names = pa.array(of.names, pa.string())
    return pa.table(
        {
            "activity": names.take(pa.array(loops.activity[order])),
            "between": names.take(pa.array(loops.between[order])),
            "count": loops.count[order],
            "journeys": loops.journeys[order],
        }
    )
