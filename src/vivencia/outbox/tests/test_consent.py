"""S20 and S21: no message without consent, and saying no works for people and machines, at once."""

from __future__ import annotations

import json
import random
import time
import uuid
from email import message_from_bytes, policy
from typing import Any

import dkim
import pytest
from django.test import Client

from vivencia.customers.contact.actions import say
from vivencia.customers.contact.models import Consent, StoppedAddress
from vivencia.customers.contact.words import NEWS, PURPOSES, SURVEY
from vivencia.customers.models import ContactLimit
from vivencia.customers.personal import erase as erase_customer
from vivencia.interactions.models import Identity as Row
from vivencia.lib.clock import now_ms
from vivencia.lib.errors import BadInput
from vivencia.outbox import actions, doors, setting, settings
from vivencia.outbox import compose as composing
from vivencia.outbox.bounces.actions import take_in
from vivencia.outbox.bounces.reports import COMPLAINT, HARD, SOFT, Report, read_report
from vivencia.outbox.compose import Content, Envelope, Signature, compose, packed
from vivencia.outbox.models import Message, OutboxSettings
from vivencia.outbox.personal import erase as erase_outbox
from vivencia.outbox.sending import unsubscribe_address
from vivencia.outbox.tests.kit import (
    always_open,
    bounce,
    complaint,
    queued,
    send_all,
    somebody,
    state,
)
from vivencia.outbox.tokens import of_return_path, of_unsubscribe, return_path, unsubscribe_token
from vivencia.people.actions import add_user

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_quiet() -> None:
    always_open()


# ------------------------------------------------------------------ S20
def test_s20_looking_changes_nothing_and_a_post_without_a_cookie_holds_at_once():
    ana = somebody()
    message = queued(ana)
    address = unsubscribe_address(bytes(message.uid))
    path = "/unsubscribe/" + address.rpartition("/")[2]
    machine = Client(enforce_csrf_checks=True)
    for method in (machine.get, machine.head):
        assert method(path).status_code == 200
    assert not Consent.objects.exists()
    began = time.process_time()  # of our own: others may be using the machine
    answer = machine.post(path, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert not answer.cookies
    send_all()
    assert time.process_time() - began < 1
    assert state(message) == ("cancelled", "withdrawn")
    assert queued(ana) is None
    proof = Consent.objects.get()
    assert (proof.state, proof.source, proof.purpose, proof.channel) == (
        "withdrawn", "unsubscribe", "survey", "email",
    )  # fmt: skip


def test_46_twice_after_erasure_and_a_wrong_token_are_told_the_same():
    ana = somebody()
    path = f"/unsubscribe/{unsubscribe_token(bytes(queued(ana).uid))}"
    first = Client().post(path).content
    assert Client().post(path).content == first
    assert Consent.objects.count() == 1
    erase_customer([ana])
    erase_outbox([ana])
    assert Client().post(path).content == first
    for wrong in ("x", "A" * 43, unsubscribe_token(uuid.uuid4().bytes), path[13:-1] + "~"):
        answer = Client().post(f"/unsubscribe/{wrong}")
        assert (answer.status_code, answer.content) == (200, first)
    assert Consent.objects.count() == 1


def test_everything_can_be_declined_in_one_press():
    ana = somebody()
    token = unsubscribe_token(bytes(queued(ana).uid))
    Client().post(f"/unsubscribe/{token}", {"everything": "1"})
    assert all(queued(ana, purpose) is None for purpose in PURPOSES if PURPOSES[purpose].counts)
    assert queued(ana, "asked_for") is not None


def test_s20_both_headers_are_there_and_signed():
    key = add_key()
    envelope = Envelope(b"u" * 16, "Banco", "hola@example.org", "ana@example.com",
                        "b@example.org", "", "https://v.example.org/unsubscribe/x")  # fmt: skip
    raw = packed(compose(Content("Hi", "text", "<p>text</p>"), envelope), key[0])
    mail = message_from_bytes(raw, policy=policy.default)
    assert mail["List-Unsubscribe"] == "<https://v.example.org/unsubscribe/x>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    signed = str(mail["DKIM-Signature"]).replace(" ", "").lower().split("h=")[1].split(";")[0]
    assert {"list-unsubscribe", "list-unsubscribe-post", "from", "subject"} <= set(
        signed.split(":")
    )
    record_of = key[1].encode()
    assert dkim.verify(raw, dnsfunc=lambda name, timeout=5: record_of)
    assert not dkim.verify(
        raw.replace(b"One-Click", b"One-Clack"), dnsfunc=lambda name, timeout=5: record_of
    )


def add_key() -> tuple[Signature, str]:
    setting.make_dkim_key(add_user(None, "eva@example.org", "administrator"))
    row = settings.stored()
    row.dkim_domain = "example.org"
    row.save()
    signature = settings.mail().signature
    assert signature is not None
    return signature, row.dkim_public


# ------------------------------------------------------------------ S17
@pytest.mark.parametrize("text", ["Hi\r\nBcc: x@y.z", "Hi\nX: y", "Hi\x00", "Hi\u2028Bcc: x"])
def test_31_a_subject_that_would_begin_a_header_is_refused(text: str):
    with pytest.raises(BadInput) as refused:
        actions.queue(
            identity=somebody(), channel="email", purpose=SURVEY, content=Content(text, ""),
            language="en", cause="test", due_at=0,
        )  # fmt: skip
    assert refused.value.reason == "line_breaks"
    assert refused.value.status == 422


@pytest.mark.parametrize(
    "to", ["a@x.org,b@y.org", "a@x.org b@y.org", "a@x.org\nRCPT TO:<b@y.org>", "@x.org", "a",
           "a@b@c.org", "<a@x.org>"],
)  # fmt: skip
def test_s17_one_address_is_one_recipient(to: str):
    envelope = Envelope(b"u" * 16, "B", "hola@example.org", to, "b@example.org")
    with pytest.raises(BadInput):
        compose(Content("Hi", "text"), envelope)


def test_s17_control_without_our_checks_a_break_is_taken_and_two_are_reached(monkeypatch: Any):
    monkeypatch.setattr(actions, "header", lambda text, longest: text)
    taken = actions.queue(
        identity=somebody(), channel="email", purpose=SURVEY, language="en", cause="test",
        content=Content("Hi\r\nBcc: x@y.z", ""), due_at=0,
    )  # fmt: skip
    assert state(taken) == ("waiting", "")
    monkeypatch.setattr(composing, "address", lambda text: text)
    monkeypatch.setattr(composing, "Address", lambda *_name, addr_spec: addr_spec)
    envelope = Envelope(b"u" * 16, "B", "hola@example.org", "a@x.org,b@y.org", "b@example.org")
    assert len(compose(Content("Hi", "text"), envelope)["To"].addresses) == 2


def test_s17_names_are_cut_and_templates_of_strangers_stay_text():
    envelope = Envelope(b"u" * 16, "x" * 1_000_000, "hola@example.org", "a@example.com", "b@e.org")
    mail = compose(Content("{{7*7}} ${7*7} {% x %}", "{{config}}"), envelope)
    assert len(str(mail["From"])) < 200
    assert mail["Subject"] == "{{7*7}} ${7*7} {% x %}"
    assert "{{config}}" in mail.get_body().get_content()


# ------------------------------------------------------------------ what comes back
def test_a_report_is_known_by_its_signed_return_address_alone():
    uid = uuid.uuid4().bytes
    assert read_report(bounce(uid)) == Report(uid, HARD)
    assert read_report(bounce(uid, "4.2.0", "delayed")) == Report(uid, SOFT)
    assert read_report(bounce(uid, "5.2.2")) == Report(uid, SOFT)
    assert read_report(bounce(uid, action="delivered")) is None
    assert read_report(complaint(uid)) == Report(uid, COMPLAINT)
    good = return_path(uid, "bounces@example.org")
    forged = good[:12] + ("a" if good[12] != "a" else "b") + good[13:]
    for to in ("bounces@example.org", forged, f"bounces+{uid.hex()}@example.org"):
        assert read_report(bounce(uid, to=to)) is None
    plain = f"To: {good}\nSubject: Status: 5.1.1 failed\n\n550 5.1.1 no such user\n"
    assert read_report(plain.encode()) is None


def test_a_hard_bounce_stops_the_address_and_a_complaint_the_person_at_once():
    ana, bea, carla = somebody("ana"), somebody("bea"), somebody("carla")
    waiting = {who: queued(who) for who in (ana, bea, carla)}
    for who, sort in ((ana, HARD), (bea, COMPLAINT), (carla, SOFT)):
        Message.objects.filter(key=waiting[who].key).update(bounce="")
        assert take_in(Report(bytes(waiting[who].uid), sort), now_ms(), "test")
        assert not take_in(Report(bytes(waiting[who].uid), sort), now_ms(), "test")
    send_all()
    assert state(waiting[ana]) == ("cancelled", "stopped")
    assert state(waiting[bea])[0] == "cancelled"
    assert state(waiting[carla])[0] == "kept"
    assert set(StoppedAddress.objects.values_list("identity", flat=True)) == {ana, bea}


def signed_post(client: Client, secret: str, events: Any, **wrong: Any) -> int:
    import hmac
    from hashlib import sha256

    body = wrong.get("body") or json.dumps({"events": events}).encode()
    at = wrong.get("at", now_ms() // 1000)
    mac = hmac.new(secret.encode(), f"{at}.".encode() + body, sha256).hexdigest()
    header = wrong.get("header", f"t={at},v1={wrong.get('mac', mac)}")
    sent = wrong.get("sent") or body
    return client.post(
        "/outbox/events/", sent, content_type="application/json",
        headers={"Vivencia-Signature": header},
    ).status_code  # fmt: skip


def test_s11_47_events_are_authentic_or_refused_and_strangers_are_passed_over():
    eva, client = add_user(None, "eva@example.org", "administrator"), Client()
    message = queued(somebody())
    event = [{"type": "bounced", "return_path": return_path(bytes(message.uid), "b@example.org")}]
    assert signed_post(client, "x", event) == 401, "there is no secret yet"
    first = setting.make_webhook_secret(eva)
    body = json.dumps({"events": event}).encode()
    for wrong in (
        {"header": ""}, {"mac": "0" * 64}, {"at": now_ms() // 1000 - 301},
        {"at": now_ms() // 1000 + 330}, {"sent": body.replace(b": ", b":")},
        {"header": "t=1,v1=" + "0" * 63},
    ):  # fmt: skip
        assert signed_post(client, first, event, **wrong) == 401, wrong
    assert not StoppedAddress.objects.exists()
    second = setting.make_webhook_secret(eva)
    assert signed_post(client, first, [{"type": "bounced", "return_path": "b+x@y.z"}]) == 200
    assert signed_post(client, first, [], body=b"not json") == 422
    assert signed_post(client, first, [], body=b'{"x":' + b"[" * 100_000) == 422
    assert not StoppedAddress.objects.exists()
    assert signed_post(client, first, event) == 200, "the former one is good while it is exchanged"
    assert StoppedAddress.objects.count() == 1
    setting.make_webhook_secret(eva)
    assert signed_post(client, first, event) == 401
    assert signed_post(client, second, event) == 200


# ------------------------------------------------------------------ S21, against a model
HISTORIES, LENGTH = 150, 12
ACTS = ("give", "ask", "withdraw", "unsubscribe", "bounce", "complain", "soft", "erase", "send")


class Model:
    """What may be sent, said in the plainest way."""

    def __init__(self) -> None:
        self.word: dict[str, str] = {}
        self.stopped = self.erased = False

    def may(self, purpose: str) -> bool:
        if self.stopped or self.erased or self.word.get(purpose) == "no":
            return False
        return self.word.get(purpose) == "yes" or purpose != NEWS


class History:
    """One person, what is done to them, and what of it was wrong."""

    def __init__(self, chance: random.Random, number: int) -> None:
        self.chance, self.model = chance, Model()
        self.who = somebody(f"h{number}")
        self.sent: list[Message] = []
        self.wrong: list[str] = []
        self.at = now_ms()

    def play(self) -> list[str]:
        for _ in range(LENGTH):
            self.at += 1
            purpose = self.chance.choice((SURVEY, NEWS))
            act = self.chance.choice(ACTS)
            if act in ("bounce", "complain", "soft"):
                self.came_back(act)
            else:
                getattr(self, act)(purpose)
        return self.wrong

    def say(self, state: str, purpose: str) -> None:
        say(self.who, state, purpose, "email", source="test", text="Write to me.", at=self.at)

    def give(self, purpose: str) -> None:
        self.say("given", purpose)
        self.model.word[purpose] = "yes"

    def ask(self, purpose: str) -> None:
        self.say("asked", purpose)

    def withdraw(self, purpose: str) -> None:
        self.say("withdrawn", purpose)
        self.model.word[purpose] = "no"

    def erase(self, purpose: str) -> None:
        erase_customer([self.who]), erase_outbox([self.who])
        Row.objects.filter(key=self.who).update(value=None)
        self.model.erased = True

    def send(self, purpose: str) -> None:
        message = queued(self.who, purpose)
        if message is not None:
            send_all()
            self.sent.append(message)
        went = message is not None and state(message)[0] == "kept"
        if went != self.model.may(purpose):
            self.wrong.append(f"{purpose}: sent {went}")

    def unsubscribe(self, purpose: str) -> None:
        if self.sent:
            Client().post(f"/unsubscribe/{unsubscribe_token(bytes(self.sent[-1].uid))}")
            newest = Consent.objects.filter(identity=self.who).order_by("-at").first()
            self.at = max(self.at, newest.at, now_ms())
            self.model.word[self.sent[-1].purpose] = "no"

    def came_back(self, act: str) -> None:
        if not self.sent or state(self.sent[-1])[0] != "kept":
            return
        Message.objects.filter(key=self.sent[-1].key).update(state="sent", bounce="")
        sort = {"bounce": HARD, "complain": COMPLAINT, "soft": SOFT}[act]
        take_in(Report(bytes(self.sent[-1].uid), sort), self.at, "test")
        self.model.stopped = self.model.stopped or sort != SOFT


def histories(seed: int) -> list[str]:
    ContactLimit.objects.all().delete()
    chance = random.Random(seed)
    return [wrong for number in range(HISTORIES) for wrong in History(chance, number).play()]


@pytest.mark.slow
def test_s21_no_consent_no_message_and_every_word_has_its_proof():
    seed = random.SystemRandom().randrange(2**32)
    print("seed", seed)
    assert histories(seed) == []
    given = Consent.objects.filter(state="given")
    assert given.exists()
    assert not given.filter(version="").exists()
    assert not Consent.objects.filter(source="").exists()


def test_s21_control_a_sender_that_does_not_ask_is_noticed(monkeypatch: Any):
    from vivencia.customers.contact import judging

    monkeypatch.setattr(judging, "objection", lambda *_given, **_more: "")
    assert histories(3) != []


def test_tokens_are_of_this_installation_and_of_one_use():
    uid = uuid.uuid4().bytes
    assert of_unsubscribe(unsubscribe_token(uid)) == uid
    assert of_return_path(return_path(uid, "b@example.org")) == uid
    assert len(return_path(uid, "bounces@example.org").partition("@")[0]) <= 64
    assert of_return_path(return_path(uid, "b@example.org").upper()) == uid
    assert of_unsubscribe(return_path(uid, "b@example.org")) is None
    assert doors.OLDEST_S == 300
    assert OutboxSettings(pk=1).carrier == "local"
