"""Short messages: what is meant is understood, what is not is helped with, and a no is a no."""

from __future__ import annotations

import hashlib
import hmac
import json

import pytest
from django.test import Client

from vivencia.customers.contact.models import Consent
from vivencia.interactions.actions import record
from vivencia.interactions.models import Identity
from vivencia.interactions.record import Identity as Named
from vivencia.interactions.record import Initiator, Interaction, Sort
from vivencia.lib.clock import DAY_MS, now_ms
from vivencia.outbox.models import Message
from vivencia.outbox.sending import read_content
from vivencia.outbox.setting import make_webhook_secret
from vivencia.surveys.answering import actions, links
from vivencia.surveys.answering.tests.kit import database, facts_of, published, told
from vivencia.surveys.channels import plain, texts
from vivencia.surveys.channels.sweep import sweep
from vivencia.surveys.channels.tests.test_kiosk import _admin
from vivencia.surveys.definition.schema import read
from vivencia.surveys.definition.tests.made import EVERY_TYPE
from vivencia.surveys.models import Conversation, Survey

PHONE = "+34600111222"
QUESTIONS = {
    one.id: one
    for one in read({"format": 1, "languages": ["es", "en"], "title": {"es": "T", "en": "T"},
                     "pages": [{"id": "p1", "elements": EVERY_TYPE}]}).elements()
}  # fmt: skip


class Telephone:
    """Somebody invited by message, who reads and writes."""

    def __init__(self, survey: Survey | None = None) -> None:
        key, _ = actions.make_link(survey or published(), channel="messaging")
        link = links.with_key(database(), key)
        assert link is not None
        record([Interaction(
            id=bytes(16), source="crm", happened_at=now_ms(), kind="call.ended",
            identities=(Named(Sort.phone, PHONE, verified=True),), initiated_by=Initiator.customer,
        )])  # fmt: skip
        self.who = Identity.objects.get(sort=Sort.phone)
        texts.begin(link, self.who.key, "es", now_ms() - 60_000)
        self.n = 0

    def say(self, text: str, reference: str = "") -> str:
        """What comes back; "" for silence."""
        before = Message.objects.count()
        self.n += 1
        # Nobody writes within a second of being asked.
        database().execute("UPDATE surveys_conversation SET asked_at = asked_at - 5000")
        texts.hear(PHONE, text, reference or f"m{self.n}", now_ms())
        new = Message.objects.order_by("key")[before:]
        return "\n".join(read_content(one).text for one in new)


@pytest.mark.parametrize(
    ("text", "number"),
    [("9", 9), (" 10 ", 10), ("un 9", 9), ("Nueve", 9), ("9/10", 9), ("0!", 0), ("9 de 10", 9)],
)
def test_scores_are_understood(text: str, number: int) -> None:
    assert plain.understand(_question("nps"), text) == {_question("nps").id: [str(number)]}


@pytest.mark.parametrize("text", ["11", "-1", "7.5", "7,5", "sí", "", "3 o 4", "🙂", "1e3"])
def test_what_is_no_score_is_not_guessed(text: str) -> None:
    assert plain.understand(_question("nps"), text) is None


def _question(kind: str) -> object:
    return next(one for one in QUESTIONS.values() if one.type == kind)


def test_every_type_that_can_be_asked_is_put_in_words() -> None:
    for one in QUESTIONS.values():
        if one.type in plain.ASKED:
            assert plain.words(one, "es", {}).count("\n") >= 1


@pytest.mark.django_db
def test_a_conversation_ends_in_the_log() -> None:
    phone = Telephone()
    assert "¿Por qué?" in phone.say("un 6")
    assert "Nos lo puso fácil" in phone.say("Tardaron mucho")
    asked = phone.say("2")
    assert "A) Con alegría\nB) Con decepción" in asked
    assert phone.say("b") == "Lo miraremos."
    assert [one for one in told() if one[0].startswith("survey")] == [
        ("survey.answered", "nps", 6000), ("survey.rated", "ces7", 2000)]  # fmt: skip
    assert facts_of(2)["entry"] == "invited"
    assert phone.say("gracias") == ""


@pytest.mark.django_db
def test_what_is_not_understood_is_helped_with_three_times() -> None:
    phone = Telephone()
    assert phone.say("hola") == (
        "No le hemos entendido. Responda con un número del 0 al 10. Para no recibir más, BAJA."
    )
    assert phone.say("ayuda")
    assert phone.say("11")
    assert phone.say("???") == ""
    assert "¿Por qué?" in phone.say("7")


@pytest.mark.django_db
def test_the_same_message_twice_counts_once() -> None:
    phone = Telephone()
    assert phone.say("7", "one")
    assert phone.say("7", "one") == ""


@pytest.mark.django_db
@pytest.mark.parametrize("word", ["BAJA", "stop", " Baja. "])
def test_a_no_is_written_down_at_once(word: str) -> None:
    phone = Telephone()
    phone.say("7")
    assert phone.say(word) == "De acuerdo: no le escribiremos más por aquí."
    said = Consent.objects.get()
    assert (said.state, said.channel, said.source) == ("withdrawn", "messaging", "message")
    assert phone.say("9") == ""


@pytest.mark.django_db
def test_only_the_gateway_brings_replies() -> None:
    phone = Telephone()
    secret = make_webhook_secret(_admin()).encode()
    database().execute("UPDATE surveys_conversation SET asked_at = asked_at - 5000")
    body = json.dumps({"messages": [{"id": "a", "from": PHONE, "text": "8"}]}).encode()
    stamp = str(now_ms() // 1000)
    good = hmac.new(secret, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    for signature in (
        "",
        f"t={stamp},v1={'0' * 64}",
        f"t=1,v1={good}",
        f"t={stamp},v1={good[:-1]}",
    ):
        answer = _post(body, signature)
        assert answer.status_code == 401
    assert Message.objects.count() == 0
    assert _post(body, f"t={stamp},v1={good}").json() == {"received": 1}
    assert Message.objects.count() == 1
    assert phone.who.key == Message.objects.get().identity


def _post(body: bytes, signature: str) -> object:
    headers = {"Vivencia-Signature": signature}
    return Client().post("/texts/in/", body, content_type="application/json", headers=headers)


@pytest.mark.django_db
def test_what_waits_in_a_conversation_goes_with_it() -> None:
    phone = Telephone()
    phone.say("7")
    phone.say("tarde")
    phone.say("2")  # half a page
    sweep(now_ms())
    assert Conversation.objects.get().pending
    sweep(now_ms() + 31 * DAY_MS)
    assert not Conversation.objects.get().pending
