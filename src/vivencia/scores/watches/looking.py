"""One look at a watched score: which of its groups have changed. No Django.

A round of ROUND_DAYS is compared with as many days before it. Within a round anybody may look as
often as they like: the p-values hold at every look (watching.py), and Benjamini and Hochberg's
step holds the share of groups named wrongly. Which groups are judged is settled by the days before
the round alone, so that the choice owes nothing to what is judged.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vivencia.columns.calendar import date_of, start_of_day
from vivencia.columns.filters import Filters
from vivencia.columns.reading import Columns
from vivencia.scores.definitions import DEFINITIONS, Definition, Family
from vivencia.scores.moved import Part, parts
from vivencia.scores.reading import watched
from vivencia.scores.watching import ALARM, LEAST, Sample, discoveries, watch

ROUND_DAYS = 90
EVERYBODY = ("", "")
Group = tuple[str, str]  # field and value
Days = Mapping[dt.date, Sample]
_NOTHING = Sample(0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Found:
    """A group whose score changed. `moved` is what did it, where it is everybody's."""

    group: Group
    since: dt.date
    until: dt.date
    before: Sample
    now: Sample
    p: float
    moved: tuple[str, Part] | None = None  # the field, and its group


@dataclass(frozen=True, slots=True)
class Look:
    """What one look saw: how many groups could be judged, and which of them changed."""

    judged: int
    found: list[Found]


def round_of(begun: dt.date, today: dt.date) -> dt.date:
    """The first day of the round `today` is in."""
    return begun + dt.timedelta(days=max((today - begun).days, 0) // ROUND_DAYS * ROUND_DAYS)


def worth_finding(meaning: Definition) -> float:
    """The size of change worth finding, in the unit of the score: a twentieth of its scale. It
    tunes how soon a change is seen, never how often nothing alarms."""
    return (meaning.high - meaning.low) / 20


def look(
    columns: Columns,
    definition: str,
    fields: Sequence[str],
    begun: dt.date,
    today: dt.date,
    zone: str,
    within: Filters | None = None,
) -> Look:
    """What looking `today` (still under way, or over) shows of a score watched since `begun`."""
    meaning, since = DEFINITIONS[definition], round_of(begun, today)
    first, after = since - dt.timedelta(days=ROUND_DAYS), today + dt.timedelta(days=1)
    filters = (within or Filters()).between(start_of_day(zone, first), start_of_day(zone, after))
    groups: dict[Group, Days] = {}
    for field in ("", *fields):
        for row in watched(columns, meaning, filters, field):
            day, unit = date_of(row["day"]), _unit(meaning)
            sample = Sample(row["n"], row["total"] * unit, row["squares"] * unit * unit)
            groups.setdefault((field, row["by_0"] or ""), {})[day] = sample  # type: ignore[index]
    groups = {group: days for group, days in groups.items() if group == EVERYBODY or group[1]}
    judged = {group: days for group, days in groups.items() if _before(days, since).n >= LEAST}
    p_values = [
        watch(_before(days, since), _each_day(days, since), worth_finding(meaning)).p
        for days in judged.values()
    ]
    told = zip(judged.items(), p_values, discoveries(p_values, ALARM), strict=True)
    found = [
        Found(group, since, today, _before(days, since), _since(days, since), p,
              _moved(groups, fields, since) if group == EVERYBODY else None)
        for (group, days), p, changed in told
        if changed
    ]  # fmt: skip
    return Look(len(judged), found)


def _unit(meaning: Definition) -> float:
    """What the query counts in thousandths, in the unit of the score."""
    return 1e-3 if meaning.family is Family.mean else 1.0


def _before(days: Days, since: dt.date) -> Sample:
    return _sum([sample for day, sample in days.items() if day < since])


def _since(days: Days, since: dt.date) -> Sample:
    return _sum([sample for day, sample in days.items() if day >= since])


def _each_day(days: Days, since: dt.date) -> list[Sample]:
    return [days[day] for day in sorted(days) if day >= since]


def _sum(samples: Sequence[Sample]) -> Sample:
    found = _NOTHING
    for sample in samples:
        found = found.and_(sample)
    return found


def _moved(
    groups: Mapping[Group, Days], fields: Sequence[str], since: dt.date
) -> tuple[str, Part] | None:
    """The group that moved everybody's score most, of any field."""
    found: list[tuple[str, Part]] = []
    for field in fields:
        before: dict[str, Sample] = defaultdict(lambda: _NOTHING)
        now: dict[str, Sample] = defaultdict(lambda: _NOTHING)
        for (name, value), days in groups.items():
            if name == field:
                before[value], now[value] = _before(days, since), _since(days, since)
        found += [(field, part) for part in parts(before, now)[:1]]
    return max(found, key=lambda one: abs(one[1].whole), default=None)
