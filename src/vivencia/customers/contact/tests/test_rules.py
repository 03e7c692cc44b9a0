"""Windows, quiet hours, words of consent and preferred channels: the pure rules."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vivencia.customers.contact.arithmetic import Contact, Limit, excess, fits, refusing
from vivencia.customers.contact.choosing import Preference, in_order, preferred
from vivencia.customers.contact.consents import Word, objection
from vivencia.customers.contact.judging import Ask, Rules, Standing, judge
from vivencia.customers.contact.quiet import Quiet
from vivencia.lib.clock import DAY_MS, HOUR_MS, MINUTE_MS, moment

MADRID = ZoneInfo("Europe/Madrid")
NIGHT = Quiet(21 * 60, 9 * 60, 60)
ZONES = ["Europe/Madrid", "America/Mexico_City", "Australia/Lord_Howe", "Asia/Kathmandu",
         "America/St_Johns", "Pacific/Apia", "Africa/Casablanca", "UTC"]  # fmt: skip


def fullest(times: list[int], window: int) -> int:
    """The most in any stretch, counted the slow way."""
    return max((sum(begin <= t < begin + window for t in times) for begin in times), default=0)


@given(st.lists(st.integers(0, 200), max_size=30), st.integers(1, 4), st.integers(1, 60))
def test_whoever_asks_first_never_gets_more_than_the_limit(asked, most, window):
    taken: list[int] = []
    for at in asked:
        fit = fits(sorted(taken), at, most, window)
        assert fit == (fullest([*taken, at], window) <= most)
        if fit:
            taken.append(at)
    assert fullest(taken, window) <= most


def test_exactly_a_window_apart_is_apart():
    assert fits([0], 30 * DAY_MS, 1, 30 * DAY_MS)
    assert not fits([0], 30 * DAY_MS - 1, 1, 30 * DAY_MS)
    assert not fits([], 5, 0, 10)


def test_a_limit_speaks_of_its_purpose_and_channel_alone():
    limits = [Limit("survey", "", 1, 100), Limit("", "email", 2, 100)]
    made = [Contact(0, "news", "email")]
    assert refusing(limits, made, 10, "survey", "email") is None
    made.append(Contact(10, "survey", "email"))
    assert refusing(limits, made, 20, "survey", "messaging") == limits[0]
    assert refusing(limits, made, 20, "news", "email") == limits[1]
    assert refusing(limits, made, 20, "news", "messaging") is None
    assert excess(limits, made) == []
    assert excess(limits, [*made, Contact(20, "news", "email")]) == [(limits[1], 3)]


@given(
    st.integers(1_767_225_600, 1_830_297_600),  # 2026 and 2027
    st.sampled_from(ZONES), st.integers(0, 1439), st.integers(0, 1439), st.integers(0, 2**62),
)  # fmt: skip
def test_quiet_is_waited_out_by_the_clock_of_the_person(at, zone, begins, ends, name):
    quiet, here = Quiet(begins, ends, 60), ZoneInfo(zone)
    now = at * 1000
    late = quiet.after(now, here, name)
    assert not quiet.holds(late, here)
    assert now <= late <= now + DAY_MS + 3 * HOUR_MS
    assert late == now or quiet.holds(now, here)
    if late != now and begins != ends:  # nobody is let go before the quiet is over
        minutes = range(now, min(late, now + 2 * DAY_MS), 10 * MINUTE_MS)
        assert quiet.holds(minutes[0], here)


@pytest.mark.parametrize(
    ("night", "ends"),
    [("2026-03-29T01:30", "2026-03-29T03:00"), ("2026-10-25T00:10", "2026-10-25T02:30")],
)
def test_nights_of_summer_time_end_when_the_clock_on_the_wall_says(night, ends):
    """Quiet from midnight until half past two, which does not exist, or comes twice."""
    quiet = Quiet(0, 2 * 60 + 30, 0)
    at = int(dt.datetime.fromisoformat(night).replace(tzinfo=MADRID).timestamp() * 1000)
    late = quiet.after(at, MADRID)
    local = moment(late).astimezone(MADRID)
    assert not quiet.holds(late, MADRID)
    assert local.strftime("%Y-%m-%dT%H:%M") >= ends
    if night.startswith("2026-10"):
        assert local.fold == 1, "the first half past two is followed by two o'clock again"


def test_those_who_waited_are_let_go_spread_out():
    at = int(dt.datetime(2026, 5, 5, 3, tzinfo=MADRID).timestamp() * 1000)
    let_go = {NIGHT.after(at, MADRID, name) for name in range(500)}
    nine = int(dt.datetime(2026, 5, 5, 9, tzinfo=MADRID).timestamp() * 1000)
    assert min(let_go) >= nine
    assert max(let_go) < nine + HOUR_MS
    assert len(let_go) == 60, "some in each minute of the hour"


def word(at: int, state: str, purpose: str = "survey", channel: str = "email") -> Word:
    return Word(at, at, purpose, channel, state)


@pytest.mark.parametrize(
    ("words", "purpose", "strict", "reason"),
    [
        ([], "survey", False, ""),
        ([], "survey", True, "no_consent"),
        ([], "news", False, "no_consent"),
        ([word(1, "asked", "news")], "news", False, "no_consent"),
        ([word(1, "given", "news")], "news", False, ""),
        ([word(1, "given", "news")], "survey", True, "no_consent"),
        ([word(1, "given"), word(2, "withdrawn")], "survey", False, "withdrawn"),
        ([word(2, "given"), word(2, "withdrawn")], "survey", False, "withdrawn"),
        ([word(1, "withdrawn"), word(2, "given")], "survey", True, ""),
        ([word(1, "withdrawn"), word(2, "asked")], "survey", False, "withdrawn"),
        ([word(1, "withdrawn", "", "")], "news", False, "withdrawn"),
        ([word(1, "withdrawn", "survey", "messaging")], "survey", False, ""),
        ([word(1, "withdrawn")], "reminder", False, "withdrawn"),
        ([word(1, "withdrawn", "", "")], "asked_for", True, ""),
    ],
)
def test_the_last_word_on_a_purpose_and_channel_counts(words, purpose, strict, reason):
    assert objection(words, purpose, "email", strict=strict) == reason


def test_the_preferred_channel_is_said_else_noted_else_learnt():
    tried = {"email": (10, 1), "messaging": (10, 7)}
    assert preferred([], {}) is None
    assert preferred([], {"email": (2, 2)}) is None
    assert preferred([], tried) == ("messaging", "learnt")
    said = [Preference("email", "said", 5)]
    assert preferred(said, tried) == ("email", "said")
    assert preferred([*said, Preference("messaging", "staff", 6)], tried)[1] == "staff"
    assert preferred([*said, Preference("", "staff", 7)], tried) == ("messaging", "learnt")
    assert in_order(["email", "messaging"], ("messaging", "learnt")) == ["messaging", "email"]
    assert in_order(["email"], ("phone", "said")) == ["email"]


RULES = Rules((Limit("", "", 2, 30 * DAY_MS), Limit("survey", "", 1, 30 * DAY_MS)),
              Quiet(0, 0), MADRID)  # fmt: skip


def test_a_frequent_survey_never_takes_the_seat_kept_for_the_relationship():
    rules = RULES._replace(limits=(Limit("", "", 1, 30 * DAY_MS),))
    who = Standing(1, {"email": 7}, reserved=[Contact(20 * DAY_MS, "relationship", "email")])
    assert judge(Ask(7, "survey", 0), who, rules).reason == "reserved"
    assert judge(Ask(7, "relationship", 20 * DAY_MS), Standing(1, {"email": 7}), rules).reason == ""
    who.reserved.clear()
    assert judge(Ask(7, "survey", 0), who, rules).reason == ""


def test_every_refusal_has_its_reason():
    made = Standing(1, {"email": 7}, contacts=[Contact(0, "survey", "email")])
    assert judge(Ask(7, "survey", DAY_MS), made, RULES).reason == "budget"
    assert judge(Ask(7, "survey", 40 * DAY_MS), made, RULES).reason == ""
    assert judge(Ask(7, "asked_for", DAY_MS), made, RULES).reason == ""
    assert judge(Ask(7, "survey", 0), Standing(1), RULES).reason == "no_address"
    assert judge(Ask(7, "survey", 0), Standing(1, stopped={"email"}), RULES).reason == "stopped"
    both = Standing(1, {"email": 7, "messaging": 8}, named=[Preference("messaging", "said", 1)])
    verdict = judge(Ask(7, "survey", 0, ("email", "messaging")), both, RULES)
    assert (verdict.channel, verdict.identity) == ("messaging", 8)
    assert judge(Ask(7, "survey", 0, ("email",)), both, RULES).channel == "email"
