"""An address says a view and a view its address; nonsense is said, never fatal."""

from __future__ import annotations

import datetime as dt
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivencia.lib import address, period
from vivencia.lib.address import View
from vivencia.lib.errors import BadQuestion
from vivencia.lib.formats import SPACE

TODAY = dt.date(2026, 11, 21)
OCTOBER = period.month_of(dt.date(2026, 10, 5))
FIELDS = ("channel", "plan")


def read(query: str) -> tuple[View, list[BadQuestion]]:
    lists = parse_qs(query.lstrip("?"), keep_blank_values=True)
    return address.read(lists, today=TODAY, default=OCTOBER, fields=FIELDS, own=("by", "sort"))


@pytest.mark.parametrize(
    ("key", "first", "last", "before"),
    [
        ("2026", "2026-01-01", "2026-12-31", "2025"),
        ("2026-10", "2026-10-01", "2026-10-31", "2026-09"),
        ("2026-01", "2026-01-01", "2026-01-31", "2025-12"),
        ("2026-W01", "2025-12-29", "2026-01-04", "2025-W52"),
        ("2026-10-05", "2026-10-05", "2026-10-05", "2026-10-04"),
        ("last-90-days", "2026-08-24", "2026-11-21", "2026-05-26..2026-08-23"),
        ("2026-10-01..2026-10-15", "2026-10-01", "2026-10-15", "2026-09-16..2026-09-30"),
    ],
)
def test_periods(key: str, first: str, last: str, before: str) -> None:
    found = period.parse(key, TODAY)
    assert (found.key, str(found.first), str(found.last)) == (key, first, last)
    earlier = found.before()
    assert earlier is not None
    assert earlier.key == before
    assert earlier.after == found.first


def test_all_has_no_days_and_nothing_before() -> None:
    assert period.parse("all", TODAY) is period.ALL
    assert period.ALL.before() is None
    assert period.ALL.since("es") == ""


@pytest.mark.parametrize(
    ("key", "es", "en"),
    [
        ("2026-10", "octubre de 2026", "October 2026"),
        ("2026-W40", "semana del 28 de septiembre de 2026", "week of 28 September 2026"),
        ("last-90-days", "últimos 90 días", "last 90 days"),
        ("2026-10-01..2026-10-15", "del 1 oct al 15 oct 2026", "1 Oct to 15 Oct 2026"),
        ("all", "todo el tiempo", "all the time"),
    ],
)
def test_periods_are_said(key: str, es: str, en: str) -> None:
    found = period.parse(key, TODAY)
    assert found.said("es").replace(SPACE, " ") == es
    assert found.said("en").replace(SPACE, " ") == en


@pytest.mark.parametrize(
    ("key", "es", "en"),
    [
        ("2026-10", "desde septiembre", "since September"),
        ("2026-01", "desde diciembre de 2025", "since December 2025"),
        ("2026", "desde 2025", "since 2025"),
        ("2026-W40", "desde la semana anterior", "since the week before"),
        ("2026-10-05", "desde el día anterior", "since the day before"),
        ("last-90-days", "frente a los 90 días anteriores", "against the 90 days before"),
    ],
)
def test_changes_are_said(key: str, es: str, en: str) -> None:
    found = period.parse(key, TODAY)
    assert found.since("es").replace(SPACE, " ") == es
    assert found.since("en").replace(SPACE, " ") == en


@pytest.mark.parametrize(
    "text",
    ["", "2026-13", "2026-W60", "10-2026", "last-0-days", "last-99999-days", "last-x-days",
     "..", "0000", "9999-12-31..", "'; DROP", "9999", "9999-12", "２０２６", "0001-01", "1899",
     "1000-01-01..2150-01-01"],
)  # fmt: skip
def test_nonsense_is_a_question_not_a_crash(text: str) -> None:
    with pytest.raises(BadQuestion, match="last-90-days"):
        period.parse(text, TODAY)


@given(st.text(max_size=30))
def test_any_text_is_a_period_or_a_bad_question(text: str) -> None:
    try:
        found = period.parse(text, TODAY)
    except BadQuestion:
        return
    assert period.parse(found.key, TODAY) == found


def test_a_view_is_read_from_its_address_and_written_back() -> None:
    text = "?period=2026-10&compare=none&where=channel:web&where=channel:app&where=plan:&by=stage"
    view, problems = read(text)
    assert problems == []
    assert view.where == {"channel": ("web", "app"), "plan": (None,)}
    assert not view.compare
    assert view.word("by") == "stage"
    assert view.address() == text


def test_a_value_may_hold_colons_and_signs() -> None:
    view, _ = read(View(OCTOBER).having("channel", "a:b&c=d é").address())
    assert view.where == {"channel": ("a:b&c=d é",)}


def test_forms_become_period_and_filter() -> None:
    view, problems = read("?from=2026-10-03&to=2026-10-09&field=channel&value=web&where=plan:gold")
    assert problems == []
    assert view.period.key == "2026-10-03..2026-10-09"
    assert view.where == {"plan": ("gold",), "channel": ("web",)}


def test_what_is_not_understood_is_left_out_and_said() -> None:
    view, problems = read("?period=octubre&compare=aunt&where=sex:f&where=channel:web")
    assert view == View(OCTOBER, where={"channel": ("web",)})
    reasons = [problem.reason for problem in problems]
    assert reasons == ["unknown_period", "unknown_comparison", "unknown_field"]
    assert "channel, plan" in problems[-1].es


def test_steps_from_view_to_view() -> None:
    view = View(OCTOBER).having("channel", "web").having("channel", "web").having("channel", None)
    assert view.where == {"channel": ("web", None)}
    assert view.only("channel", "app").where == {"channel": ("app",)}
    assert view.without("channel").where == {}
    assert view.with_rest(sort="-n").with_rest(sort=None).rest == ()
    assert view.over(period.ALL).period.key == "all"
    assert not view.comparing(False).compare


pairs = st.dictionaries(
    st.sampled_from([*FIELDS, "by", "sort", "period", "compare", "where", "from", "to", "x"]),
    st.lists(st.text(max_size=20), max_size=3),
)


@given(pairs)
def test_any_query_gives_a_view_that_reads_back_as_itself(query: dict[str, list[str]]) -> None:
    view, _ = address.read(query, today=TODAY, default=OCTOBER, fields=FIELDS, own=("by", "sort"))
    again, problems = read(view.address())
    assert again == view
    assert problems == []
