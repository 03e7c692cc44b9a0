"""Hours in which nobody is disturbed, by the clock of who would be. Pure.

Hours are minutes of the local day; from 21:00 until 9:00 is (1260, 540). Equal ends: none.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple
from zoneinfo import ZoneInfo

from vivencia.lib.clock import MINUTE_MS, moment


class Quiet(NamedTuple):
    begins: int
    ends: int
    spread: int = 60  # minutes over which those who waited are let go

    def holds(self, at: int, zone: ZoneInfo) -> bool:
        """Whether `at` (UTC ms) is quiet for somebody in `zone`."""
        return _end_of_quiet(self.begins, self.ends, at // MINUTE_MS, zone) is not None

    def after(self, at: int, zone: ZoneInfo, name: int = 0) -> int:
        """`at` itself, or once the quiet is over: spread out over minutes by `name`, the same every
        time. Whole minutes, so that what is due together lies together in the index."""
        end = _end_of_quiet(self.begins, self.ends, at // MINUTE_MS, zone)
        if end is None:
            return at
        late = end + _share(name, self.spread) * MINUTE_MS
        return late if not self.holds(late, zone) else end


@lru_cache(maxsize=100_000)
def _end_of_quiet(begins: int, ends: int, minute: int, zone: ZoneInfo) -> int | None:
    """When the quiet that holds at `minute` (of UTC, since 1970) ends, UTC ms; None if none does.

    Remembered: a million people share few minutes.
    """
    local = moment(minute * MINUTE_MS).astimezone(zone)
    clock = local.hour * 60 + local.minute
    quiet = begins <= clock < ends if begins <= ends else clock >= begins or clock < ends
    if not quiet:
        return None
    return _end(local.date() + dt.timedelta(days=clock >= ends), ends, zone)


def _end(day: dt.date, ends: int, zone: ZoneInfo) -> int:
    """When the quiet ends on `day`: the later of two readings where the clock is put back, and
    past the gap where it is put forward."""
    clock = dt.time(*divmod(ends, 60))
    readings = (dt.datetime.combine(day, clock, zone).replace(fold=fold) for fold in (0, 1))
    return max(int(reading.timestamp() * 1000) for reading in readings)


def _share(name: int, of: int) -> int:
    """A number below `of` that follows from `name` alone."""
    if of <= 0:
        return 0
    digest = blake2b(name.to_bytes(8, "little", signed=True), digest_size=8).digest()
    return int.from_bytes(digest, "little") % of
