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
from vivencia.lib.clock import DAY_MS, HOUR_MS, now_ms
from vivencia.outbox.models import Message
from vivencia.outbox.sending import read_content
from vivencia.outbox.setting import make_webhook_secret
from vivencia.outbox.tests.kit import always_open, send_all
from vivencia.people.models import Organisation
from vivencia.surveys.answering import actions
from vivencia.surveys.answering.tests.kit import ACCOUNT, database, facts_of, published, told
from vivencia.surveys.asking import actions as ask
from vivencia.surveys.asking import due
from vivencia.surveys.channels import plain, texts
from vivencia.surveys.channels.sweep import sweep
from vivencia.surveys.channels.tests.test_kiosk import _admin
from vivencia.surveys.channels.tests.test_sharing import signed_in
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
        always_open()
        record([Interaction(
            id=bytes(16), source="crm", happened_at=now_ms(), kind="call.ended",
            identities=(Named(Sort.phone, PHONE, verified=True),), initiated_by=Initiator.customer,
        )])  # fmt: skip
        self.who = Identity.objects.get(sort=Sort.phone)
        self.n = 0
        self.survey = survey or published()
        self.invitation = self.invited()

    def invited(self) -> str:
        """The message that an invitation of ours came as."""
        ask.invite(None, self.survey, self.who.key, channels=("messaging",))
        due.prepare_due(now_ms())
        send_all()
        return read_content(Message.objects.latest("key")).text

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
def test_an_invitation_asks_the_first_question_and_says_how_to_answer_and_to_stop() -> None:
    phone = Telephone()
    question, scale, how, page, stop = phone.invitation.split("\n")
    assert question.endswith("¿Nos recomendaría?")
    assert (scale, how) == ("0 = nada probable, 10 = muy probable",
                            "Responda con un número del 0 al 10.")  # fmt: skip
    assert "/s/" in page
    assert stop == "Para no recibir más, responda BAJA."
    assert Message.objects.get().state == "kept"


@pytest.mark.django_db
def test_a_score_that_is_left_counts_by_itself_half_an_hour_later() -> None:
    phone = Telephone()
    phone.say("4")
    actions.close_due(now_ms() + HOUR_MS)
    assert [one for one in told() if one[0].startswith("survey.a")] == [
        ("survey.answered", "nps", 4000)]  # fmt: skip
    assert phone.say("Tardaron") != ""  # and it can still be finished


@pytest.mark.django_db
def test_a_score_in_the_middle_of_a_page_counts_though_the_page_is_never_whole() -> None:
    (nps, why), (ease, feel) = (page["elements"] for page in ACCOUNT["pages"])
    pages = [{"id": "p1", "elements": [feel]}, {"id": "p2", "elements": [why, nps, ease]}]
    phone = Telephone(published({**ACCOUNT, "headline": "nps", "pages": pages}))
    assert "¿Por qué?" in phone.say("a")
    assert "del 0 al 10" in phone.say("-")
    asked = phone.say("3")
    assert "Nos lo puso fácil" in asked
    actions.close_due(now_ms() + HOUR_MS)
    assert ("survey.answered", "nps", 3000) in told()


@pytest.mark.django_db
def test_an_anonymous_survey_is_never_a_conversation() -> None:
    phone = Telephone(published(anonymous=True, slug="secreta"))
    assert "Responda con un número" not in phone.invitation
    assert "/s/" in phone.invitation
    assert Conversation.objects.count() == 0
    assert phone.say("9") == ""
    assert phone.say("BAJA")


@pytest.mark.django_db
def test_a_reminder_asks_what_was_left_open() -> None:
    phone = Telephone()
    phone.say("4")
    link = Conversation.objects.get().link_id
    assert "¿Por qué?" in texts.put_first(link, phone.who.key, "es", now_ms())


@pytest.mark.django_db
def test_s16_whoever_writes_without_end_is_written_to_sixty_times_an_hour() -> None:
    phone = Telephone()
    heard = [phone.say("BAJA") for _ in range(70)]
    assert (sum(map(bool, heard)), heard[-1]) == (60, "")


@pytest.mark.django_db
def test_in_the_demo_anybody_replies_in_place_of_a_telephone_and_elsewhere_nobody() -> None:
    phone = Telephone()
    database().execute("UPDATE surveys_conversation SET asked_at = asked_at - 5000")
    client = signed_in()
    key = Conversation.objects.get().pk
    assert client.post(f"/texts/{key}/reply/", {"text": "9"}).status_code == 404
    assert "+34600111222" in client.get("/texts/").content.decode()
    assert "/reply/" not in client.get(f"/texts/{key}/").content.decode()
    Organisation.objects.update_or_create(pk=1, defaults={"demo": True})
    assert "/reply/" in client.get(f"/texts/{key}/").content.decode()
    assert client.post(f"/texts/{key}/reply/", {"text": "9"}).status_code == 302
    page = client.get(f"/texts/{key}/").content.decode()
    assert page.count("<li><p>") == 2
    assert phone.n == 0


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
    assert Message.objects.count() == 1
    assert _post(body, f"t={stamp},v1={good}").json() == {"received": 1}
    assert phone.who.key == Message.objects.get(purpose="asked_for").identity


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
