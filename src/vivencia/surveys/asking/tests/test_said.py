"""What pages say and propose: when an invitation leaves, and a rule begun from the coverage map."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse

from vivencia.columns.memory import MemoryColumns
from vivencia.customers.contact.models import ContactSettings
from vivencia.interactions.models import Identity
from vivencia.people.models import User
from vivencia.surveys.asking.forms import proposed
from vivencia.surveys.asking.tests.kit import lived, no_quiet, published

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client: Client) -> Client:
    user = User.objects.create(email="m@example.org", role="manager", language="en")
    client.force_login(user)
    return client


def told(client: Client, value: str) -> str:
    """What the page says once somebody was invited by hand."""
    survey, (key,) = published(), lived(value)
    number = Identity.objects.get(key=key).customer
    went = client.post(reverse("asking_invite", args=[number]), {"survey": survey.pk}, follow=True)
    return went.content.decode()


def test_an_invitation_by_hand_in_quiet_hours_says_when_it_leaves(manager: Client) -> None:
    ends = dt.datetime.now(ZoneInfo("Europe/Madrid")) + dt.timedelta(hours=2)
    minute = ends.hour * 60 + ends.minute
    quiet = {"quiet_begins": (minute - 240) % 1440, "quiet_ends": minute, "spread": 0}
    ContactSettings.objects.update_or_create(pk=1, defaults=quiet)
    page = told(manager, "ana@example.org")
    assert "It is quiet where they are: the invitation leaves on" in page
    assert f"{ends:%-H:%M}" in page


def test_at_any_other_hour_it_leaves_now(manager: Client) -> None:
    no_quiet()
    assert "The invitation leaves now." in told(manager, "ana@example.org")


def test_a_rule_begun_from_the_coverage_map_is_filled_with_what_happens_there(
    manager: Client, columns: MemoryColumns
) -> None:
    survey = published(slug="csat")
    lived("ana@example.org", kind="call.ended", touchpoint="help line")
    words = {"kind": "call.ended", "touchpoint": "help line", "slug": "csat", "channel": "email"}
    assert proposed(words) == {"survey": survey.pk, "when": "after", "kinds": ["call.ended"],
                               "touchpoint": "help line", "channels": ["email"]}  # fmt: skip
    page = manager.get(reverse("new_asking_rule"), words).content.decode()
    assert 'value="help line"' in page


def test_words_nobody_knows_propose_nothing() -> None:
    assert proposed({"kind": "no.such", "slug": "none", "channel": "pigeon"}) == {
        "when": "after", "touchpoint": "", "channels": ["email"],
    }  # fmt: skip
