"""Hours in which nobody is disturbed, by the clock of who would be. Pure.

Hours are minutes of the local day; from 21:00 until 9:00 is (1260, 540). Equal ends: none.
"""

from __future__ import annotations

import datetime as dt
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
        local = moment(at).astimezone(zone)
        return self._holds_minute(local.hour * 60 + local.minute)

    def after(self, at: int, zone: ZoneInfo, name: int = 0) -> int:
        """`at` itself, or once the quiet is over: spread out by `name`, the same every time."""
        if not self.holds(at, zone):
            return at
        local = moment(at).astimezone(zone)
        day = local.date()
        if local.hour * 60 + local.minute >= self.ends:
            day += dt.timedelta(days=1)
        late = self._end(day, zone) + _share(name, self.spread * MINUTE_MS)
        return late if not self.holds(late, zone) else self._end(day, zone)

    def _holds_minute(self, minute: int) -> bool:
        if self.begins <= self.ends:
            return self.begins <= minute < self.ends
        return minute >= self.begins or minute < self.ends

    def _end(self, day: dt.date, zone: ZoneInfo) -> int:
        """When the quiet ends on `day`: the later of two readings where the clock is put back,
        and past the gap where it is put forward."""
        clock = dt.time(*divmod(self.ends, 60))
        readings = (dt.datetime.combine(day, clock, zone).replace(fold=fold) for fold in (0, 1))
        return max(int(reading.timestamp() * 1000) for reading in readings)


def _share(name: int, of: int) -> int:
    """A number below `of` that follows from `name` alone."""
    if of <= 0:
        return 0
    digest = blake2b(name.to_bytes(8, "little", signed=True), digest_size=8).digest()
    return int.from_bytes(digest, "little") % of
