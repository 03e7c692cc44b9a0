"""From counted answers to rows: groups, periods, small numbers, change. Pure."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from vivencia.columns.calendar import Every, bucket, date_of
from vivencia.columns.superseding import SUPERSEDED
from vivencia.scores.definitions import Definition
from vivencia.scores.report import Group, Row
from vivencia.scores.score import HIDDEN_BELOW, Change, Trend, change, hidden, score
from vivencia.scores.suppression import LONGER, differs_by_few, suppressed

Key = tuple[Group, dt.date | None]


@dataclass
class Answers:
    """Histograms of what counts, by group and period, and how much was left out and why."""

    histograms: dict[Key, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))
    received: int = 0
    excluded: dict[str, int] = field(default_factory=dict)

    @property
    def counted(self) -> int:
        return sum(sum(histogram.values()) for histogram in self.histograms.values())

    def n(self, key: Key) -> int:
        """How many answers count in one group and period."""
        return sum(self.histograms.get(key, {}).values())

    def in_order(self) -> list[tuple[Key, dict[int, int]]]:
        """Every histogram, its scores in order: the rows come in any, and the last digit of a sum
        of fractions must not hang on it."""
        keys = sorted(self.histograms, key=_order)
        return [(key, dict(sorted(self.histograms[key].items()))) for key in keys]

    def over(self, longer: Every) -> Answers:
        """The same by longer periods."""
        made = Answers(received=self.received, excluded=self.excluded)
        for key, histogram in self.histograms.items():
            into = made.histograms[_over(key, longer)]
            for points, n in histogram.items():
                into[points] = into.get(points, 0) + n
        return made


class Across:
    """How many answers count in a group whatever its value in one of the fields it is told by."""

    def __init__(self, answers: Answers, by: Sequence[str], field: str) -> None:
        self._answers, self._by, self._field = answers, by, field
        self._kept = [place for place, name in enumerate(by) if name != field]
        self._n: Counter[Key] = Counter()
        for key in answers.histograms:
            self._n[self._wider(key)] += answers.n(key)

    def n(self, key: Key) -> int:
        """As `Answers.n`, for a group of all the fields."""
        return self._n[self._wider(key)]

    def over(self, longer: Every) -> Across:
        """The same by longer periods."""
        return Across(self._answers.over(longer), self._by, self._field)

    def _wider(self, key: Key) -> Key:
        group, period = key
        return tuple(group[place] for place in self._kept), period


def gather(
    rows: Iterable[Mapping[str, object]], fields: int, every: Every | None, *, timed: bool
) -> Answers:
    """Answers from rows of counts.sql, whose group columns are by_0 … by_{fields − 1}.

    `timed` leaves out answers whose time is doubtful.
    """
    answers = Answers()
    for row in rows:
        n = int(row["n"])  # type: ignore[call-overload]
        if not n:
            continue  # counted once, and counted down again when it changed
        answers.received += n
        reason = _left_out(row, timed=timed)
        if reason:
            answers.excluded[reason] = answers.excluded.get(reason, 0) + n
            continue
        group = tuple(row[f"by_{place}"] for place in range(fields))
        period = bucket(every, date_of(row["day"])) if every else None  # type: ignore[arg-type]
        histogram = answers.histograms[group, period]  # type: ignore[index]
        histogram[row["score"]] = histogram.get(row["score"], 0) + n  # type: ignore[index, call-overload]
    return answers


def _left_out(row: Mapping[str, object], *, timed: bool) -> str | None:
    """Why these answers do not count, the first reason that fits; None if they do."""
    if row["undone"]:
        return "undone"
    if row["score"] is None:
        return "missing"
    if left_out := int(row.get("left_out") or 0):  # type: ignore[call-overload]
        return "superseded" if left_out & SUPERSEDED else "held"
    if timed and row["untimed"]:
        return "time_flagged"
    return None


def rows_of(
    definition: Definition,
    fields: Sequence[str],
    every: Every | None,
    answers: Answers,
    *,
    wider: Sequence[Answers | Across] = (),
    parts: Sequence[Answers] = (),
    strict: bool = False,
    before: Answers | None = None,
) -> list[Row]:
    """The rows to show, in order of group and period, with what must stay hidden hidden.

    For those who may not open single interactions (`strict`): `wider` are the same answers with
    one filter dropped each (`Across` where the groups are of that field); `parts` the same told
    further by one field each, of those that a filter lets several values of in. `before` are the
    answers to compare with where there is no `every`.
    """
    keys = sorted(answers.histograms, key=_order)
    if not fields and not every and not keys:
        keys = [((), None)]
    hide = _hidden(answers, keys, every, wider, strict=strict) | _with_small_parts(parts)
    hidden_before = _hidden(before, list(before.histograms), strict=strict) if before else set()
    scores = {
        key: hidden(definition)
        if key in hide
        else score(definition, answers.histograms.get(key, {}))
        for key in keys
    }
    return [
        Row(
            dict(zip(fields, key[0], strict=True)),
            key[1],
            scores[key],
            _change(definition, key, every, (answers, hide), (before, hidden_before)),
        )
        for key in keys
    ]


def _hidden(
    answers: Answers,
    keys: Sequence[Key],
    every: str | None = None,
    wider: Sequence[Answers | Across] = (),
    *,
    strict: bool,
) -> set[Key]:
    """Which of `keys` may not be shown; `wider` and `strict` as for `rows_of`.

    Strictly, what lies in a longer period keeps company within it, and is hidden with it: the
    question by quarters tells what those of its months that are shown leave over.
    """
    sizes = [answers.n(key) for key in keys]
    few = [
        strict and differs_by_few(n, [each.n(key) for each in wider])
        for key, n in zip(keys, sizes, strict=True)
    ]
    longer = LONGER.get(every or "") if strict else None
    sets = [*_sets(keys), *(_within(keys, longer) if longer else ())]
    hide = suppressed(sizes, sets, strict=strict, also=few)
    found = {key for key, small in zip(keys, hide, strict=True) if small}
    if longer:
        above = answers.over(longer)
        over = [each.over(longer) for each in wider]
        hidden_above = _hidden(above, list(above.histograms), longer, over, strict=True)
        found |= {key for key in keys if _over(key, longer) in hidden_above}
    return found


def _within(keys: Sequence[Key], longer: Every) -> list[list[int]]:
    """The positions of those of one group that lie in the same longer period."""
    together: dict[Key, list[int]] = defaultdict(list)
    for place, key in enumerate(keys):
        together[_over(key, longer)].append(place)
    return list(together.values())


def _over(key: Key, longer: Every) -> Key:
    """The group and the longer period that `key` lies in."""
    group, period = key
    return group, bucket(longer, period) if period else None


def _with_small_parts(parts: Sequence[Answers]) -> set[Key]:
    """The groups of which one value let in is that of one to four answers: the same question
    without that value would tell them."""
    return {
        (group[:-1], period)
        for each in parts
        for group, period in each.histograms
        if 0 < each.n((group, period)) < HIDDEN_BELOW
    }


def is_given_away(answers: Answers) -> bool:
    """Whether the totals themselves would tell what is hidden."""
    return 0 < answers.counted < HIDDEN_BELOW


def _change(
    definition: Definition,
    key: Key,
    every: Every | None,
    now: tuple[Answers, set[Key]],
    before: tuple[Answers | None, set[Key]],
) -> Change | None:
    """Against the period before: the bucket before, or the same group of `before`.

    Both come with what is hidden in them: a change would tell what was hidden then.
    """
    answers, hide = now
    past, hidden_then = before
    then = key
    if every and key[1]:
        past, hidden_then = now
        then = (key[0], bucket(every, key[1] - dt.timedelta(days=1)))
    if past is None or then not in past.histograms:
        return None
    if key in hide or then in hidden_then:
        return Change(None, None, None, Trend.hidden)
    return change(definition, answers.histograms[key], past.histograms[then])


def _sets(keys: Sequence[Key]) -> list[list[int]]:
    """Positions of keys that add up to something shown: alike in all but one dimension, and all
    of them, whose total is shown."""
    lines: dict[object, list[int]] = defaultdict(list)
    for place, (group, period) in enumerate(keys):
        whole = (*group, period)
        for dimension in range(len(whole)):
            others = whole[:dimension] + whole[dimension + 1 :]
            lines[dimension, others].append(place)
    everything = list(range(len(keys)))
    return [members for members in (*lines.values(), everything) if len(members) > 1]


def _order(key: Key) -> tuple[object, ...]:
    group, period = key
    told = tuple((value is None, str(type(value)), value or 0) for value in group)
    return (*told, period or dt.date.min)
