"""The stretches of time a page looks at beside the one it was asked for. Pure."""

from __future__ import annotations

import datetime as dt

from vivencia.lib.period import ALL, Period, month_of

WIDER = (3, 12)  # months, when the chosen period holds too few answers


def widened(period: Period) -> dict[int, Period]:
    """The period itself (0) and the months up to its end (3, 12), each longer than the last."""
    found = {0: period}
    if period.first is None or period.after is None:
        return found
    for months in WIDER:
        first = months_before(period.after, months)
        if first < period.first:
            found[months] = Period("range", first, period.after)
    return found


def twelve_months(period: Period, until: dt.date) -> Period:
    """The twelve months that end with the one `period` ends in; for all there is, `until`."""
    last = month_of(min(period.last, until) if period.last else until)
    assert last.after is not None
    return Period("range", months_before(last.after, 12), last.after)


def months_before(day: dt.date, months: int) -> dt.date:
    """The same day `months` earlier, or the last of that month where it has no such day."""
    count = day.year * 12 + day.month - 1 - months
    first = dt.date(count // 12, count % 12 + 1, 1)
    last = (first + dt.timedelta(days=31)).replace(day=1) - dt.timedelta(days=1)
    return first.replace(day=min(day.day, last.day))


def spanning(periods: list[Period]) -> Period:
    """From the first day of any of them to the last of any; all there is where one has no end."""
    firsts, afters = [p.first for p in periods], [p.after for p in periods]
    if None in firsts or None in afters:
        return ALL
    return Period("range", min(filter(None, firsts)), max(filter(None, afters)))
