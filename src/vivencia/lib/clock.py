"""Now, in the unit everything is kept in: whole milliseconds of UTC since 1970."""

from __future__ import annotations

import datetime as dt
import time

SECOND_MS = 1000
MINUTE_MS = 60 * SECOND_MS
HOUR_MS = 60 * MINUTE_MS
DAY_MS = 24 * HOUR_MS


def now_ms() -> int:
    return time.time_ns() // 1_000_000


def moment(ms: int) -> dt.datetime:
    """UTC milliseconds as a moment, in UTC.

    A sender may name a time no calendar shows in every zone (9999-12-31 for "never", a year
    before 1): such a one reads as the nearest that can be shown.
    """
    return min(max(_FIRST, _since_1970(ms)), _LAST)


_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_FIRST = dt.datetime(1, 1, 2, tzinfo=dt.UTC)  # a day from the ends, for zones ahead and behind
_LAST = dt.datetime(9999, 12, 30, tzinfo=dt.UTC)


def _since_1970(ms: int) -> dt.datetime:
    try:
        return _EPOCH + dt.timedelta(milliseconds=ms)
    except OverflowError:
        return _FIRST if ms < 0 else _LAST
