"""Local days, weeks and months of UTC milliseconds, in plain integer SQL that any engine says.

A zone becomes the list of its changes of offset, and that list a nested CASE: no engine's own
time zone rules are asked, so DuckDB, Spark and Python agree to the last row.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

import pyarrow as pa

Every = Literal["day", "week", "month", "quarter", "year"]
EVERY: tuple[Every, ...] = ("day", "week", "month", "quarter", "year")

DAY_MS = 86_400_000
_EPOCH = dt.date(1970, 1, 1).toordinal()
_FIRST_YEAR, _LAST_YEAR = 1970, 2060


@lru_cache(maxsize=8)
def offset_changes(zone: str) -> tuple[tuple[int, int], ...]:
    """((from UTC ms, offset ms), …) of `zone`, the first from the beginning of time."""
    rules = ZoneInfo(zone)
    changes = [(-(2**62), _offset(rules, _hour(_FIRST_YEAR)))]
    week = 7 * 24
    for hour in range(_hour(_FIRST_YEAR), _hour(_LAST_YEAR), week):
        low, high = hour, hour + week
        if _offset(rules, low) == _offset(rules, high):
            continue
        while high - low > 1:
            middle = (low + high) // 2
            if _offset(rules, middle) == _offset(rules, low):
                low = middle
            else:
                high = middle
        changes.append((high * 3_600_000, _offset(rules, high)))
    return tuple(changes)


def _hour(year: int) -> int:
    return (dt.date(year, 1, 1).toordinal() - _EPOCH) * 24


def _offset(rules: ZoneInfo, hour: int) -> int:
    moment = dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + dt.timedelta(hours=hour)
    offset = moment.astimezone(rules).utcoffset() or dt.timedelta()
    return int(offset.total_seconds() * 1000)


def local_day_sql(zone: str, moment: str = "happened_at") -> str:
    """SQL: the local day (days since 1970-01-01) of the UTC milliseconds in `moment`."""
    offset = _case(list(offset_changes(zone)), moment)
    local = moment if offset == "0" else f"({moment} + {offset})"
    return f"CAST(floor({local} / {DAY_MS}.0) AS INTEGER)"


def first_of_month_sql(day: str = "day") -> str:
    """SQL: the first day of the month of a day number."""
    epoch = "DATE '1970-01-01'"
    return f"CAST(CAST(date_trunc('month', {epoch} + {day}) AS DATE) - {epoch} AS INTEGER)"


def _case(changes: list[tuple[int, int]], moment: str) -> str:
    if len(changes) == 1:
        return str(changes[0][1])
    middle = len(changes) // 2
    left, right = _case(changes[:middle], moment), _case(changes[middle:], moment)
    return f"CASE WHEN {moment} < {changes[middle][0]} THEN {left} ELSE {right} END"


def first_days(every: Every, days: pa.Array) -> pa.Array:
    """The first day of the bucket of each of `days`, as day numbers (int32)."""
    if every == "day":
        return days
    import pyarrow.compute as pc  # noqa: PLC0415  (9 MB that only the columns' owner needs)

    dates = days.cast(pa.int32()).cast(pa.date32())
    return pc.floor_temporal(dates, unit=every).cast(pa.date32()).cast(pa.int32())


def local_day(zone: str, moment: int) -> int:
    """The local day of `moment` (UTC ms), as `local_day_sql` would say."""
    offset = next(off for start, off in reversed(offset_changes(zone)) if moment >= start)
    return (moment + offset) // DAY_MS


def start_of_day(zone: str, day: dt.date) -> int:
    """UTC milliseconds at which the local `day` begins in `zone`."""
    local = (day.toordinal() - _EPOCH) * DAY_MS
    for start, offset in reversed(offset_changes(zone)):
        if local - offset >= start:
            return local - offset
    return local


def stretch(
    zone: str, first: dt.date | None, after: dt.date | None
) -> tuple[int | None, int | None]:
    """(start, end) in UTC milliseconds, half-open, of the local days from `first` until `after`
    begins; None where the one or the other has no bound."""
    start = start_of_day(zone, first) if first else None
    return start, start_of_day(zone, after) if after else None


def date_of(day: int) -> dt.date:
    """The calendar date of a day number."""
    return dt.date.fromordinal(max(1, min(day + _EPOCH, dt.date.max.toordinal())))


def day_of(date: dt.date) -> int:
    """The day number of a calendar date."""
    return date.toordinal() - _EPOCH


def bucket(every: Every, date: dt.date) -> dt.date:
    """The first day of the day, week (Monday), month, quarter or year that holds `date`."""
    if every == "day":
        return date
    if every == "week":
        return date - dt.timedelta(days=date.weekday())
    if every == "month":
        return date.replace(day=1)
    if every == "quarter":
        return date.replace(month=(date.month - 1) // 3 * 3 + 1, day=1)
    return date.replace(month=1, day=1)
