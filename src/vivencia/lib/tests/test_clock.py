"""Any whole number of milliseconds is a moment that every zone can show."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from vivencia.lib.clock import moment

ZONES = [ZoneInfo(name) for name in ("Pacific/Kiritimati", "Etc/GMT+12", "Europe/Madrid")]


def test_a_moment_is_the_milliseconds_since_1970() -> None:
    assert moment(1_795_257_600_123) == dt.datetime(2026, 11, 21, 10, 40, 0, 123_000, dt.UTC)
    assert moment(-1) == dt.datetime(1969, 12, 31, 23, 59, 59, 999_000, dt.UTC)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("ms", [-(2**63), -(10**14), 253_402_300_799_999, 2**63 - 1])
def test_what_no_calendar_shows_is_shown_as_the_nearest_that_it_does(
    ms: int, zone: ZoneInfo
) -> None:
    assert moment(ms).astimezone(zone).year == (1 if ms < 0 else 9999)
