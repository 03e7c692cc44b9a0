"""Calls: an agent reads, the machine decides, the budget counts, and a call is its agent's."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from vivencia.customers.contact.models import ContactSettings, Seat
from vivencia.interactions.actions import record
from vivencia.interactions.record import Identity as Named
from vivencia.interactions.record import Initiator, Interaction, Sort
from vivencia.lib.clock import now_ms
from vivencia.people.policy import ADMINISTRATOR, AGENT, ANALYST
from vivencia.surveys.answering.tests.kit import database, facts_of, published, told
from vivencia.surveys.channels.tests.test_sharing import signed_in
from vivencia.surveys.models import Call, Survey

pytestmark = pytest.mark.django_db
PHONE = "+34600111222"


class Talk:
    """An agent with a customer on the line."""

    def __init__(self, survey: Survey | None = None, language: str = "en") -> None:
        survey = survey or published()
        ContactSettings.objects.update_or_create(
            pk=1, defaults={"quiet_begins": 0, "quiet_ends": 0}
        )
        record([Interaction(
            id=bytes(16), source="crm", happened_at=now_ms(), kind="call.ended",
            identities=(Named(Sort.phone, PHONE, verified=True),), initiated_by=Initiator.customer,
        )])  # fmt: skip
        self.agent = signed_in(AGENT, language)
        answer = self.agent.post("/calls/", {"survey": survey.slug, "who": "+34 600 11 12 22"})
        assert answer.status_code == 302, answer.content.decode()
        self.path = answer["Location"]
        self.read()

    def read(self) -> None:
        self.page = self.agent.get(self.path).content.decode()

    def say(self, **answers: str) -> int:
        # Nobody answers within a second of the call.
        database().execute("UPDATE surveys_call SET begun_at = begun_at - 5000")
        (step,) = re.findall(r'name="_step" value="([^"]*)"', self.page)
        answer = self.agent.post(self.path, {"_step": step, **answers})
        if answer.status_code == 302:
            self.read()
        else:
            self.page = answer.content.decode()
        return answer.status_code


def test_a_call_is_answered_to_its_end() -> None:
    talk = Talk()
    assert talk.say(nps="11") == 422
    assert talk.say(nps="6") == 302
    talk.say(why="Tarde")
    talk.say(ease="2", feel="sad")
    assert "We will look into it." in talk.page
    assert [one for one in told() if one[0].startswith("survey")] == [
        ("survey.answered", "nps", 6000), ("survey.rated", "ces7", 2000)]  # fmt: skip
    assert facts_of(2)["entry"] == "invited"
    assert Call.objects.get().outcome == "answered"
    assert Seat.objects.get().state == "sent"


def test_a_call_nobody_picks_up_gives_its_seat_back() -> None:
    talk = Talk()
    talk.agent.post(f"{talk.path}end/", {"outcome": "unreached"})
    assert Seat.objects.get().state not in ("held", "sent")
    assert talk.say(nps="9") == 302
    assert told() == [("call.ended", None, None)]


def test_anothers_call_is_not_there() -> None:
    talk = Talk()
    other = signed_in(ADMINISTRATOR)
    assert other.get(talk.path).status_code == other.get("/calls/999/").status_code == 404
    assert other.post(talk.path, {"_step": "_score", "nps": "0"}).status_code == 404
    assert signed_in(ANALYST).get("/calls/").status_code == 404
    assert Client().get("/calls/").status_code == 302


def test_who_said_no_is_not_called() -> None:
    talk = Talk()
    from vivencia.customers.contact.actions import say

    say(Seat.objects.get().identity, "withdrawn", "", "phone", source="page")
    answer = talk.agent.post("/calls/", {"survey": "cuenta", "who": PHONE})
    assert answer.status_code == 409
    assert "They can not be asked now" in answer.content.decode()


def test_a_stranger_to_us_is_not_found() -> None:
    talk = Talk()
    answer = talk.agent.post("/calls/", {"survey": "cuenta", "who": "nobody@example.org"})
    assert "We know nobody by that." in answer.content.decode()
