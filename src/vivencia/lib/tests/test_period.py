"""Every bucket of time is a period, reads back from its address and knows the one before."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivencia.lib.errors import BadQuestion
from vivencia.lib.period import Bucket, holding, parse

TODAY = dt.date(2026, 11, 5)
BUCKETS: list[Bucket] = ["day", "week", "month", "quarter", "year"]


@given(st.dates(dt.date(1901, 1, 1), dt.date(2198, 12, 31)), st.sampled_from(BUCKETS))
def test_it_holds_its_day_reads_back_and_follows_the_one_before(day: dt.date, sort: Bucket) -> None:
    period = holding(sort, day)
    assert period.first is not None
    assert period.after is not None
    assert period.first <= day < period.after
    assert parse(period.key, TODAY) == period
    before = period.before()
    assert before is not None
    assert (before.sort, before.after) == (sort, period.first)


def test_a_quarter_as_people_say_it() -> None:
    autumn = parse("2026-Q4", TODAY)
    assert (autumn.first, autumn.last) == (dt.date(2026, 10, 1), dt.date(2026, 12, 31))
    assert (autumn.said("es"), autumn.said("en")) == ("4.º trimestre de 2026", "Q4 2026")
    assert autumn.since("es") == "desde el trimestre anterior"
    assert autumn.since("en") == "since the quarter before"


@pytest.mark.parametrize("text", ["2026-Q0", "2026-Q5", "2026-q1", "Q1", "2026Q1", "1899-Q1"])
def test_what_is_no_quarter_is_said_with_what_is(text: str) -> None:
    with pytest.raises(BadQuestion) as refused:
        parse(text, TODAY)
    assert "2026-Q4" in refused.value.said("es")


def test_who_chose_the_days_the_wrong_way_round_is_told_so() -> None:
    with pytest.raises(BadQuestion) as refused:
        parse("2026-10-10..2026-10-01", TODAY)
    plain = refused.value.said("es").replace("\u00a0", " ")
    assert plain == (
        "Ese periodo acaba el 1 de octubre de 2026, antes de empezar el 10 de octubre de 2026."
    )
    assert "before it begins" in refused.value.said("en")


@pytest.mark.parametrize("sort", BUCKETS)
def test_nothing_comes_before_the_beginning_of_the_calendar(sort: Bucket) -> None:
    assert holding(sort, dt.date.min).before() is None
