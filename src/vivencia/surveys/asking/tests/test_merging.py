"""Two who turn out to be one: their ledgers add up, and what is then too much is stopped."""

from __future__ import annotations

import pytest

from vivencia.customers.contact.models import Seat
from vivencia.interactions.models import Identity as Row
from vivencia.lib.clock import DAY_MS, HOUR_MS, now_ms
from vivencia.outbox.models import Message
from vivencia.surveys.asking import due
from vivencia.surveys.asking.actions import invite
from vivencia.surveys.asking.merging import stop_surplus
from vivencia.surveys.asking.tests.kit import lived, no_quiet, published
from vivencia.surveys.models import Invitation

pytestmark = pytest.mark.django_db
PEOPLE = ("ana@example.org", "ana@work.example")


@pytest.fixture(autouse=True)
def always_open() -> None:
    no_quiet()


def merge(one: int, other: int) -> None:
    """As resolve.py does: the second's identity points to the first's customer."""
    first = Row.objects.get(key=one).customer
    Row.objects.filter(key=other).update(customer=first)


def states() -> list[tuple[str, str]]:
    return list(Invitation.objects.order_by("due_at").values_list("state", "reason"))


def test_what_only_a_merge_made_too_much_is_stopped_and_the_soonest_stays():
    survey, now = published(), now_ms()
    keys = lived(*PEOPLE)
    for hours, key in enumerate(keys, 1):
        invite(None, survey, key, at=now + hours * HOUR_MS)
    assert stop_surplus(now) == 0, "they are two"
    assert [state for state, _ in states()] == ["scheduled", "scheduled"]
    merge(*keys)
    assert stop_surplus(now) == 1
    assert states() == [("scheduled", ""), ("skipped", "merged")]
    assert list(Seat.objects.order_by("at").values_list("state", "reason")) == [
        ("held", ""), ("given_back", "merged"),
    ]  # fmt: skip
    assert stop_surplus(now) == 0


def test_a_message_that_waits_is_stopped_with_it():
    survey, now = published(), now_ms()
    keys = lived(*PEOPLE)
    for key in keys:
        invite(None, survey, key, at=now)
    due.prepare_due(now + 1000)
    assert list(Message.objects.values_list("state", flat=True)) == ["waiting", "waiting"]
    merge(*keys)
    assert stop_surplus(now) == 1
    assert sorted(Message.objects.values_list("state", "reason")) == [
        ("cancelled", "merged"), ("waiting", ""),
    ]  # fmt: skip


def test_the_relationship_survey_stays_before_the_frequent_one():
    relation = published(purpose="relationship")
    frequent = published()
    ana, work = lived(*PEOPLE)
    Seat.objects.bulk_create(
        Seat(identity=ana, purpose="follow_up", channel="email", at=now_ms() - days * DAY_MS,
             state="sent", cause="test", created_at=0) for days in (2, 10, 18)
    )  # fmt: skip
    invite(None, frequent, ana, at=now_ms() + HOUR_MS)
    invite(None, relation, work, at=now_ms() + 2 * HOUR_MS)
    merge(ana, work)
    assert stop_surplus(now_ms()) == 1
    assert states() == [("skipped", "merged"), ("scheduled", "")]


def test_those_who_fit_into_the_budget_together_are_left_alone():
    relation, frequent, now = published(purpose="relationship"), published(), now_ms()
    ana, work = lived(*PEOPLE)
    invite(None, frequent, ana, at=now + HOUR_MS)
    invite(None, relation, work, at=now + HOUR_MS)
    merge(ana, work)
    assert stop_surplus(now) == 0
