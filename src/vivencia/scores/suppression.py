"""Which figures may be shown: small groups stay hidden, also from subtraction.

Pure functions over numbers of answers. `score.hidden()` makes the figure of a hidden group.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import zip_longest

from vivencia.columns.calendar import Every
from vivencia.scores.score import HIDDEN_BELOW, Score

# The periods that whoever may not open single interactions can ask for: each lies whole in the
# next, so that no two of them differ by a few days' answers.
NESTED_PERIODS = ("month", "quarter", "year")
LONGER: dict[str, Every] = {"month": "quarter", "quarter": "year"}


def suppressed(
    sizes: Sequence[int],
    sets: Iterable[Sequence[int]] | None = None,
    *,
    strict: bool = False,
    also: Sequence[bool] = (),
) -> list[bool]:
    """True for each group to hide: those under five, and those that `also` says.

    `sizes` are the groups' numbers of answers; `sets` lists, as positions in `sizes`, the groups
    that add up to a total that is shown too (all of them together, if left out). A group under
    five is hidden; where it would be hidden alone in a set, the next smallest of that set is
    hidden with it, since the total less the others would give it away. Groups without answers
    protect nobody and are no company.

    `strict`, for whoever may not open single interactions, goes on until what a set hides has at
    least five answers, so that no total and sum of shown groups lie 1 to 4 answers apart.
    """
    hide = [n < HIDDEN_BELOW or too for n, too in zip_longest(sizes, also, fillvalue=False)]
    groups = [range(len(sizes))] if sets is None else [tuple(each) for each in sets]
    changed = True
    while changed:  # hiding one for its row's sake may leave it alone in its column
        changed = any(_cover(sizes, hide, members, strict) for members in groups)
    return hide


def differs_by_few(n: int, without_one_filter: Iterable[int]) -> bool:
    """True where a figure must be hidden from whoever may not open single interactions.

    `n` is its number of answers, `without_one_filter` what that becomes when each of its filters
    in turn is dropped: a figure that differs by 1 to 4 answers would give those people away.
    """
    return any(0 < wider - n < HIDDEN_BELOW for wider in without_one_filter)


def separated(one: Score, other: Score) -> bool:
    """True where both are shown and their intervals have no point in common."""
    if one.low is None or one.high is None or other.low is None or other.high is None:
        return False
    return one.high < other.low or other.high < one.low


def places(scores: Sequence[Score], *, higher_is_better: bool = True) -> list[int | None]:
    """The place of each score in the ranking (1 is best), None where it can not be told.

    A place is given only where the score's interval lies apart from that of every other shown
    score; hidden ones have no place and take none.
    """
    return [_place(scores, i, higher_is_better) for i in range(len(scores))]


def _cover(sizes: Sequence[int], hide: list[bool], members: Sequence[int], strict: bool) -> bool:
    """Hide what the set's hidden groups need for company; True if that hid anything."""
    changed = False
    shown = sorted((sizes[i], i) for i in members if not hide[i])
    for _, i in shown:
        covered = [sizes[k] for k in members if hide[k] and sizes[k] > 0]
        alone = len(covered) == 1
        too_few = strict and 0 < sum(covered) < HIDDEN_BELOW
        if not (alone or too_few):
            break
        hide[i] = changed = True
    return changed


def _place(scores: Sequence[Score], i: int, higher_is_better: bool) -> int | None:
    mine = scores[i]
    if mine.value is None:
        return None
    place = 1
    for k, other in enumerate(scores):
        if k == i or other.value is None:
            continue
        if not separated(mine, other):
            return None
        place += (other.value > mine.value) is higher_is_better
    return place
