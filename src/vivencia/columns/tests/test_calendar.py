"""Days, weeks and months by integer SQL are those of Python's calendar and zones."""

import datetime as dt
from zoneinfo import ZoneInfo

import duckdb
import pytest

from vivencia.columns.calendar import (
    EVERY,
    Every,
    bucket,
    bucket_day_sql,
    date_of,
    day_of,
    local_day,
    local_day_sql,
    start_of_day,
)

FIRST, LAST = day_of(dt.date(1900, 1, 1)), day_of(dt.date(2200, 12, 31))


@pytest.mark.parametrize("every", EVERY)
def test_a_bucket_s_day_lies_in_the_bucket(every: Every) -> None:
    sql = f"SELECT range, {bucket_day_sql(every, 'range')} FROM range({FIRST}, {LAST})"
    for day, found in duckdb.sql(sql).fetchall():
        assert bucket(every, date_of(found)) == bucket(every, date_of(day))
    months = {"day": LAST - FIRST, "week": 15_706, "month": 3612}
    few = f"SELECT count(DISTINCT {bucket_day_sql(every, 'range')}) FROM range({FIRST}, {LAST})"
    assert duckdb.sql(few).fetchall()[0][0] <= months.get(every, 3612)


@pytest.mark.parametrize("zone", ["UTC", "Europe/Madrid", "America/Mexico_City", "Asia/Kolkata"])
def test_a_local_day_is_that_of_the_zone(zone: str) -> None:
    """Every quarter of an hour around the summer-time nights, and now and then in 60 years."""
    nights = (dt.date(2026, 3, 29), dt.date(2026, 10, 25), dt.date(2022, 10, 30))
    moments = [
        day_of(night) * 86_400_000 + quarter * 900_000
        for night in nights
        for quarter in range(-150, 150)
    ] + list(range(0, 2_840_000_000_000, 9_876_543_210))
    listed = ", ".join(f"({moment})" for moment in moments)
    sql = f"SELECT m, {local_day_sql(zone, 'm')} FROM (VALUES {listed}) AS t(m)"
    for moment, day in duckdb.sql(sql).fetchall():
        told = dt.datetime.fromtimestamp(moment / 1000, dt.UTC).astimezone(ZoneInfo(zone))
        assert date_of(day) == told.date()
        assert local_day(zone, moment) == day
        assert local_day(zone, start_of_day(zone, told.date())) == day
        assert local_day(zone, start_of_day(zone, told.date()) - 1) == day - 1
