# ruff: noqa: DTZ001 - local times are what is tested
"""Times: every usual writing, the whole column deciding, nothing shifted in silence."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vivencia.interactions.checks import moment
from vivencia.interactions.reasons import BadItem
from vivencia.interactions.times import Times
from vivencia.lib.errors import BadMapping


def ms(*parts: int) -> int:
    return int(dt.datetime(*parts, tzinfo=dt.UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2012-10-09T14:50:17+00:00", ms(2012, 10, 9, 14, 50, 17)),
        ("2012-10-09 14:50:17 +0200", ms(2012, 10, 9, 12, 50, 17)),
        ("2012-10-09T14:50:17.123456789Z", ms(2012, 10, 9, 14, 50, 17) + 123),
        ("2012-10-09 14:50:17 UTC", ms(2012, 10, 9, 14, 50, 17)),
        ("2012-10-09", ms(2012, 10, 9)),
        ("2012/1/9 10:00", ms(2012, 1, 9, 10)),
        ("19970101", ms(1997, 1, 1)),
        (19970101, ms(1997, 1, 1)),
        ("20121009145017", ms(2012, 10, 9, 14, 50, 17)),
        ("1510000000", 1_510_000_000_000),
        ("1510000000.25", 1_510_000_000_250),
        (1_510_000_000_123, 1_510_000_000_123),
        ("31/12/2026 6:05 p. m.", ms(2026, 12, 31, 18, 5)),
        (" 5/5/26 ", ms(2026, 5, 5)),
        (dt.date(2026, 5, 5), ms(2026, 5, 5)),
        ("ayer", None),
        ("31/02/2026", None),
        ("2026-03-29T24:00", None),
        ("", None),
        (True, None),
        (float("nan"), None),
        (10**30, None),
    ],
)
def test_what_a_cell_means(cell, expected):
    moment = Times().read(cell)
    assert (moment.ms if moment else None) == expected


def test_an_hour_the_clocks_skip_is_said_not_shifted():
    times = Times(zone="Europe/Madrid")
    assert times.read("2026-03-29T02:30").exists is False
    assert times.read("2026-03-29T02:30").ms == ms(2026, 3, 29, 1, 30)
    assert times.read("2026-03-29T03:00") == (ms(2026, 3, 29, 1), True)
    first = times.read("2026-10-25T02:30")
    assert first == (ms(2026, 10, 25, 0, 30), True)


def told(cells, **settings):
    times = Times(column="fecha", **settings)
    times.watch(cells)
    times.settle()
    return times


def test_the_whole_column_tells_day_from_month():
    assert told(["3/4/2026", "13/4/2026"]).read("3/4/2026").ms == ms(2026, 4, 3)
    assert told(["3/4/2026", "3/14/2026"]).read("3/4/2026").ms == ms(2026, 3, 4)
    assert told(["5/5/2026"]).read("5/5/2026").ms == ms(2026, 5, 5)


def test_what_can_not_be_told_is_asked():
    with pytest.raises(BadMapping) as error:
        told(["3/4/2026", "5/6/2026"])
    assert error.value.reason == "day_or_month"
    assert "%d/%m/%Y" in error.value.es
    assert told(["3/4/2026"], order="day").read("3/4/2026").ms == ms(2026, 4, 3)
    month_first = told(["3/4/2026 09:30"], order="month")
    assert month_first.read("3/4/2026 09:30").ms == ms(2026, 3, 4, 9, 30)
    with pytest.raises(BadMapping) as error:
        told(["13/4/2026", "3/14/2026"])
    assert error.value.reason == "mixed_dates"


BEYOND = ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-05:00", "-99999999999999", -99999999999]


@pytest.mark.parametrize("cell", BEYOND)
def test_no_moment_lies_beyond_the_calendar(cell):
    assert Times().read(cell) is None
    assert list(Times().read_all(["2026-01-01T10:00:00Z", cell])) == [
        (ms(2026, 1, 1, 10), True),
        None,
    ]
    if isinstance(cell, str) and cell.endswith("00"):
        with pytest.raises(BadItem):
            moment(cell)


def test_control_the_ends_of_the_calendar_are_read():
    for cell in ("0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59.999Z", "-62135596800"):
        [together] = Times().read_all([cell])
        assert Times().read(cell) == together
        assert moment(cell) == together


def test_a_format_decides_and_reads_spanish_months():
    assert told(["3.4.2026"], format="%d.%m.%Y").read("3.4.2026").ms == ms(2026, 4, 3)
    times = Times("%d %b %Y %I:%M %p")
    assert times.read("7 ene 2026 12:30 AM").ms == ms(2026, 1, 7, 0, 30)
    assert times.read("7 January 2026 12:30 pm").ms == ms(2026, 1, 7, 12, 30)
    assert Times("%Y week %U %w").read("2026 week 10 1").ms == ms(2026, 3, 9)
    assert Times("%d.%m.%Y").read("2026-01-01") is None


@pytest.mark.parametrize("wrong", ["%H:%M", "days", "%Q"])
def test_a_format_without_a_date_is_refused(wrong):
    with pytest.raises(BadMapping):
        Times(wrong)


def test_an_unknown_zone_is_refused():
    with pytest.raises(BadMapping):
        Times(zone="Europe/Atlantis")


@settings(deadline=None)  # a busy machine is no failure
@given(
    st.datetimes(dt.datetime(1971, 1, 1), dt.datetime(2100, 1, 1)),
    st.sampled_from(["Europe/Madrid", "America/Mexico_City", "Australia/Lord_Howe", "UTC"]),
)
def test_any_existing_local_time_is_python_s_own(local, zone):
    from zoneinfo import ZoneInfo

    moment = Times(zone=zone).read(local.isoformat())
    aware = local.replace(tzinfo=ZoneInfo(zone))
    back = aware.astimezone(dt.UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    exact = (aware - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(milliseconds=1)
    assert moment.exists == (back == local)
    assert moment.ms == exact


@settings(deadline=None)  # a busy machine is no failure
@given(
    st.datetimes(dt.datetime(1970, 1, 1), dt.datetime(2068, 1, 1)),
    st.sampled_from(["%d.%m.%Y %H:%M", "%m/%d/%y %I:%M:%S %p", "%Y-%m-%dT%H.%M.%S.%f"]),
)
def test_formats_mean_what_strptime_means(time, pattern):
    text = time.strftime(pattern)
    exact = dt.datetime.strptime(text, pattern).replace(tzinfo=dt.UTC)
    assert Times(pattern).read(text).ms == int(exact.timestamp() * 1000 + 1e-4)


WRITTEN = st.one_of(
    st.datetimes(dt.datetime(1, 1, 2), dt.datetime(9999, 12, 30)).map(str),
    st.datetimes(timezones=st.sampled_from([dt.UTC, dt.timezone(dt.timedelta(hours=5.5))])).map(
        dt.datetime.isoformat
    ),
    st.sampled_from(["2026-01-01T10:00Z", "2026-01-01", " 2026-01-01", "-1234", "2026-99-01", ""]),
)


@settings(deadline=None)
@given(
    st.lists(WRITTEN, min_size=1, max_size=3) | st.lists(WRITTEN | st.integers() | st.none()),
    st.sampled_from([None, "Europe/Madrid"]),
)
def test_times_read_together_are_those_read_alone(cells, zone):
    assert list(Times(zone=zone).read_all(cells)) == [Times(zone=zone).read(one) for one in cells]
