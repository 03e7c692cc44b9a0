"""Days, weeks and months by integer SQL are those of Python's calendar and zones."""

import datetime as dt
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa
import pytest

from vivencia.columns.calendar import (
    EVERY,
    Every,
    bucket,
    date_of,
    day_of,
    first_days,
    local_day,
    local_day_sql,
    start_of_day,
)


@pytest.mark.parametrize("every", EVERY)
def test_the_first_day_of_a_bucket_is_the_calendar_s(every: Every) -> None:
    days = range(day_of(dt.date(1900, 1, 1)), day_of(dt.date(2200, 12, 31)))
    found = first_days(every, pa.array(days, pa.int32())).to_pylist()
    assert found == [day_of(bucket(every, date_of(day))) for day in days]


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
