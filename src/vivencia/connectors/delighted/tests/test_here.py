"""What the official client can not see: Autopilot's turns, our page, and what erasing leaves."""

import pytest
from django.urls import reverse

from vivencia.connectors.delighted import actions, autopilot, choosing, erasing, people
from vivencia.connectors.delighted.models import EMAIL
from vivencia.customers.contact.models import ContactSettings, Seat
from vivencia.interactions.models import Identity, LogEntry, VaultText
from vivencia.lib.clock import DAY_MS, now_ms
from vivencia.lib.errors import BadInput
from vivencia.people.keys import KeyInfo
from vivencia.people.models import User
from vivencia.surveys.answering.tests.kit import published
from vivencia.surveys.models import Invitation

pytestmark = pytest.mark.django_db
KEY = KeyInfo(1, "crm", frozenset({"delighted"}), True)


@pytest.fixture(autouse=True)
def no_quiet_hours():
    ContactSettings.objects.update_or_create(pk=1, defaults={"quiet_begins": 0, "quiet_ends": 0})


def person(email="ana@example.org", **more):
    return actions.create_person({"email": email, "send": False, **more}, KEY)[0]


def boss():
    return User.objects.create(email="boss@example.org", role="administrator")


def test_members_are_asked_when_their_turn_comes_and_again_after_so_many_days():
    survey, now = published(purpose="relationship"), now_ms()
    member = autopilot.join(person().key, EMAIL, now)
    assert autopilot.ask_due(now) == 0  # it is off
    choosing.choose(boss(), survey, email_days=90, sms_days=0)
    assert autopilot.ask_due(now) == 1
    assert autopilot.ask_due(now + 1) == 0
    member.refresh_from_db()
    assert member.next_at == now + 90 * DAY_MS
    assert autopilot.ask_due(now + 90 * DAY_MS) == 1
    assert [one.state for one in Invitation.objects.order_by("key")] == ["scheduled", "scheduled"]


def test_without_a_survey_nobody_is_asked_and_the_ledger_says_why():
    actions.create_person({"email": "ana@example.org"}, KEY)
    assert Invitation.objects.count() == 0
    assert [(one.state, one.reason) for one in Seat.objects.all()] == [("refused", "closed")]


def test_an_e_mail_and_a_telephone_of_a_verified_key_are_one_person():
    one = person(phone_number="+34600111222")
    from django.db import connection

    from vivencia.customers.resolve import resolve

    resolve(connection.connection, 0)
    told = people.person(one.key)
    assert (told.email, told.phone) == ("ana@example.org", "+34600111222")
    found, more = people.page({})
    assert [one.email for one in found] == ["ana@example.org"]
    assert more is None


def test_erasing_blanks_everything_they_were_known_by_and_the_log_stays():
    one = person(name="Ana Gil", properties={"plan": "gold"})
    actions.create_answer({"person": str(one.key), "score": 9, "comment": "Muy bien"})
    rows = LogEntry.objects.count()
    erasing.delete(one.key)
    assert LogEntry.objects.count() == rows
    assert Identity.objects.get(key=one.key).value is None
    assert not VaultText.objects.exclude(text=None, properties=None).exists()
    assert people.known(people.Sort.email, "ana@example.org", "email") is None
    assert person().key != one.key  # the same address later is somebody new


def test_a_no_survives_its_person():
    one = person()
    actions.unsubscribe({"person_email": "ana@example.org"}, KEY)
    erasing.delete(one.key)
    published(purpose="relationship")
    again, due = actions.create_person({"email": "ana@example.org"}, KEY)
    assert again.key != one.key
    assert due is not None
    (invitation,) = Invitation.objects.all()
    assert (invitation.state, invitation.reason) == ("skipped", "withdrawn")


def test_only_a_survey_that_can_stand_in_is_chosen():
    survey = published(anonymous=True, slug="secreta")
    with pytest.raises(BadInput):
        choosing.choose(boss(), survey, email_days=0, sms_days=0)
    assert choosing.chosen() is None


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_page_says_who_was_not_asked_and_takes_the_choice(client, language):
    survey = published(purpose="relationship")
    for _ in range(2):
        actions.create_person({"email": "ana@example.org"}, KEY)
    client.force_login(boss())
    client.cookies["django_language"] = language
    page = client.get(reverse("delighted")).content.decode()
    assert "ana@example.org" in page
    assert ("presupuesto de contacto agotado" if language == "es" else "budget spent") in page
    sent = {"survey": survey.pk, "email_days": 90, "sms_days": 0}
    assert client.post(reverse("delighted_choose"), sent).status_code == 302
    assert choosing.choice().email_days == 90
    sent["email_days"] = 7
    assert client.post(reverse("delighted_choose"), sent).status_code == 422
