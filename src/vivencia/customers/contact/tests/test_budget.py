"""The ledger: seats taken, checked again, given back, added up by a merge; who said no."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from vivencia.customers.contact import budget
from vivencia.customers.contact.actions import lift_stop, prefer, say, set_limit, stop_address
from vivencia.customers.contact.judging import Ask
from vivencia.customers.contact.models import ContactLimit, ContactSettings, Seat
from vivencia.interactions.actions import record
from vivencia.interactions.models import Identity as Row
from vivencia.interactions.record import Identity, Interaction, Sort
from vivencia.lib.clock import DAY_MS
from vivencia.people.actions import add_user

pytestmark = pytest.mark.django_db
NOON = 1_780_000_000_000 // DAY_MS * DAY_MS + 12 * 3_600_000


def known(*values: str) -> list[int]:
    """Identities the log knows; an address with an @ is an e-mail, the rest are telephones."""
    sorts = [(Sort.email if "@" in value else Sort.phone, value) for value in values]
    record([
        Interaction(id=bytes(8) + hash(value).to_bytes(8, "big", signed=True), source="test",
                    happened_at=0, identities=(Identity(sort, value),))
        for sort, value in sorts
    ])  # fmt: skip
    rows = dict(Row.objects.values_list("value", "key"))
    return [rows[value] for value in values]


def merge(one: int, other: int) -> None:
    """As resolve.py does: the second's identities point to the first's customer."""
    customer = Row.objects.get(key=one).customer
    with connection.cursor() as cursor:
        cursor.execute("UPDATE identities SET customer = %s WHERE key = %s", [customer, other])


def ask(identity: int, at: int = NOON, purpose: str = "survey", **more) -> str:
    return budget.take_seat(Ask(identity, purpose, at, **more), NOON).verdict.reason


def test_a_second_survey_within_the_window_is_refused_and_says_why():
    (ana,) = known("ana@example.org")
    assert ask(ana) == ""
    assert ask(ana, NOON + DAY_MS) == "budget"
    assert ask(ana, NOON + 30 * DAY_MS) == ""
    assert list(Seat.objects.values_list("state", "reason")) == [
        ("held", ""), ("refused", "budget"), ("held", ""),
    ]  # fmt: skip


def test_asks_of_one_call_see_each_other():
    (ana,) = known("ana@example.org")
    taken = budget.take_seats([Ask(ana, "survey", NOON)] * 3, NOON)
    assert [t.verdict.reason for t in taken] == ["", "budget", "budget"]


def test_a_seat_given_back_is_free_again():
    (ana,) = known("ana@example.org")
    seat = budget.take_seat(Ask(ana, "survey", NOON), NOON).seat
    budget.give_back(seat, "cancelled")
    assert ask(ana) == ""


def test_sent_and_unknown_keep_their_seat():
    for state in ("sent", "unknown"):
        (who,) = known(f"{state}@example.org")
        seat = budget.take_seat(Ask(who, "survey", NOON), NOON).seat
        budget.settle(seat, state, NOON)
        assert ask(who, NOON + 1) == "budget"


def test_a_merge_adds_ledgers_up_and_stops_what_waits():
    ana, bea = known("ana@example.org", "ana@example.com")
    first = budget.take_seat(Ask(ana, "survey", NOON), NOON).seat
    second = budget.take_seat(Ask(bea, "survey", NOON + DAY_MS), NOON).seat
    assert budget.recheck(first, NOON).reason == ""
    budget.settle(first, "sent", NOON)
    merge(ana, bea)
    assert budget.recheck(second, NOON + DAY_MS).reason == "budget"
    assert Seat.objects.get(key=second).state == "given_back"
    assert ask(bea, NOON + 2 * DAY_MS) == "budget"


def test_of_two_that_wait_after_a_merge_one_goes():
    ana, bea = known("ana@example.org", "ana@example.com")
    seats = [budget.take_seat(Ask(who, "survey", NOON), NOON).seat for who in (ana, bea)]
    merge(ana, bea)
    assert [budget.recheck(seat, NOON).reason for seat in seats] == ["", "budget"]


def test_a_split_parts_the_ledgers_again():
    ana, bea = known("ana@example.org", "bea@example.org")
    before = Row.objects.get(key=bea).customer
    merge(ana, bea)
    assert ask(ana) == ""
    assert ask(bea) == "budget"
    Row.objects.filter(key=bea).update(customer=before)
    assert ask(bea) == ""


def test_quiet_hours_move_a_contact_and_move_it_again_at_the_door():
    (ana,) = known("ana@example.org")
    night = NOON + 12 * 3_600_000
    taken = budget.take_seat(Ask(ana, "survey", night), NOON)
    assert taken.verdict.at > night
    assert budget.recheck(taken.seat, night).at > night
    assert Seat.objects.get(key=taken.seat).state == "held"
    assert budget.take_seat(Ask(ana, "asked_for", night), NOON).verdict.at == night


def test_the_clock_is_the_persons_else_the_places():
    (ana,) = known("ana@example.org")
    morning = NOON - 2 * 3_600_000  # ten in UTC, four in Mexico
    assert budget.take_seat(Ask(ana, "survey", morning), NOON).verdict.at == morning
    in_mexico = Ask(ana, "news", morning, zone="America/Mexico_City")
    say(ana, "given", "news", "email", source="test")
    assert budget.take_seat(in_mexico, NOON).verdict.at >= NOON + 3 * 3_600_000
    connection.cursor().execute(
        "INSERT INTO traits (identity, name, value) VALUES (%s, 'time_zone', 'UTC')", [ana]
    )
    assert budget.take_seat(in_mexico, NOON).verdict.at == morning


def test_nobody_who_said_no_is_asked_and_a_yes_undoes_it():
    (ana,) = known("ana@example.org")
    say(ana, "withdrawn", "survey", "email", source="unsubscribe")
    assert ask(ana) == "withdrawn"
    assert ask(ana, purpose="news") == "no_consent"
    say(ana, "given", "survey", "email", source="book", text="I agree", at=NOON * 2)
    assert ask(ana) == ""


def test_a_no_between_taking_and_sending_stops_it():
    (ana,) = known("ana@example.org")
    seat = budget.take_seat(Ask(ana, "survey", NOON), NOON).seat
    say(ana, "withdrawn", "", "", source="unsubscribe")
    assert budget.recheck(seat, NOON).reason == "withdrawn"


def test_an_address_that_bounced_is_left_alone_until_somebody_lifts_it():
    (ana,) = known("ana@example.org")
    stop_address(ana, "bounce", NOON)
    assert ask(ana) == "stopped"
    lift_stop(add_user(None, "eva@example.org", "manager"), ana)
    assert ask(ana) == ""


def test_the_preferred_channel_comes_first():
    ana, number = known("ana@example.org", "+34600000001")
    merge(ana, number)
    both = ("email", "messaging")
    prefer(ana, "messaging", "said")
    verdict = budget.take_seat(Ask(ana, "survey", NOON, both), NOON).verdict
    assert (verdict.channel, verdict.identity) == ("messaging", number)


def test_follow_ups_are_no_more_than_the_team_can_close():
    ContactSettings.objects.filter(pk=1).update(closing_capacity=2)
    people = known(*(f"d{n}@example.org" for n in range(4)))
    taken = budget.take_seats([Ask(who, "follow_up", NOON) for who in people], NOON)
    assert [t.verdict.reason for t in taken] == ["", "", "capacity", "capacity"]


def test_seats_kept_for_the_relationship_come_before_frequent_surveys():
    ContactLimit.objects.all().delete()
    eva = add_user(None, "eva@example.org", "manager")
    set_limit(eva, "", "", 1, 30)
    (ana,) = known("ana@example.org")
    kept = budget.take_seat(Ask(ana, "relationship", NOON + 20 * DAY_MS), NOON)
    assert kept.verdict.reason == ""
    assert ask(ana) == "reserved"
    assert budget.recheck(kept.seat, NOON + 20 * DAY_MS).reason == ""


def test_a_seat_is_used_once():
    (ana,) = known("ana@example.org")
    seat = budget.take_seat(Ask(ana, "survey", NOON), NOON).seat
    with transaction.atomic():
        assert budget.recheck(seat, NOON).reason == ""
    assert budget.recheck(seat, NOON).reason == "cancelled"
