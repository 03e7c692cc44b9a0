"""Short messages by HTTP, to a real server: what each of its answers makes of the message."""

from __future__ import annotations

import json
import socket
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from vivencia.customers.contact.budget import take_seat
from vivencia.customers.contact.judging import Ask
from vivencia.customers.contact.models import Seat
from vivencia.customers.contact.words import SURVEY
from vivencia.interactions.actions import record
from vivencia.interactions.models import Identity as Row
from vivencia.interactions.record import Identity, Interaction, Sort
from vivencia.lib.clock import now_ms
from vivencia.lib.errors import BadInput
from vivencia.lib.sealed import seal
from vivencia.lib.tests.elsewhere import Local, Names
from vivencia.outbox import actions
from vivencia.outbox.carriers.gateway import HttpGateway
from vivencia.outbox.compose import Content
from vivencia.outbox.models import Message, OutboxSettings
from vivencia.outbox.tests.kit import always_open, send_all, state

pytestmark = pytest.mark.django_db
TO = "+34600000001"


@pytest.fixture
def gateway(monkeypatch: Any) -> Iterator[Local]:
    """A gateway at a name of ours, which the settings say."""
    always_open()
    monkeypatch.setattr(socket, "getaddrinfo", Names(gateway_test=[["127.0.0.1"]]))
    monkeypatch.setenv("VIVENCIA_PRIVATE_HOSTS", "gateway.test")
    with Local() as server:
        named(server.url())
        yield server


def named(url: str) -> None:
    OutboxSettings.objects.update_or_create(pk=1, defaults={
        "gateway": "http", "gateway_url": url, "gateway_token": seal(b"secret", "gateway_token"),
    })  # fmt: skip


def queued() -> Message:
    record([Interaction(id=uuid.uuid4().bytes, source="test", happened_at=0,
                        identities=(Identity(Sort.phone, TO),))])  # fmt: skip
    ask = Ask(Row.objects.get(value=TO).key, SURVEY, now_ms(), ("messaging",))
    taken = take_seat(ask, now_ms())
    return actions.queue(
        identity=ask.identity, channel="messaging", purpose=SURVEY, language="es",
        content=Content("", "¿Qué tal? ☺"), cause="test", due_at=now_ms(), seat=taken.seat,
    )  # fmt: skip


def test_it_posts_the_message_once_with_its_reference_and_its_token(gateway: Local):
    message = queued()
    send_all()
    send_all()
    assert state(message) == ("sent", "")
    ((path, headers, body),) = gateway.heard
    reference = bytes(message.uid).hex()
    assert json.loads(body) == {"to": TO, "text": "¿Qué tal? ☺", "reference": reference}
    assert (path, headers["Authorization"]) == ("/send?x=1", "Bearer secret")
    assert headers["Idempotency-Key"] == reference


@pytest.mark.parametrize(
    ("status", "became", "seat"),
    [(200, "sent", "sent"), (202, "sent", "sent"), (408, "waiting", "held"),
     (429, "waiting", "held"), (503, "waiting", "held"), (301, "failed", "given_back"),
     (307, "failed", "given_back"), (401, "failed", "given_back"), (422, "failed", "given_back"),
     (500, "unknown", "unknown"), (502, "unknown", "unknown")],
)  # fmt: skip
def test_what_each_answer_makes_of_a_message(gateway: Local, status: int, became: str, seat: str):
    gateway.reply = lambda to: to.say(status, b"so it is", Location=gateway.url(path="/else"))
    message = queued()
    send_all()
    assert state(message)[0] == became
    assert Seat.objects.get(key=message.seat).state == seat
    assert len(gateway.heard) == 1, "no redirect is followed, and nothing is said twice"


def test_one_that_hangs_up_leaves_it_unknown_and_never_sent_again(gateway: Local):
    gateway.reply = lambda to: to.connection.shutdown(socket.SHUT_RDWR)
    message = queued()
    send_all()
    gateway.reply = lambda to: to.say(200, b"")
    send_all()
    assert state(message)[0] == "unknown"
    assert len(gateway.heard) == 1


def test_nobody_there_leaves_it_waiting(gateway: Local):
    named("http://gateway.test:1/")
    message = queued()
    send_all()
    assert state(message)[0] == "waiting"
    assert Seat.objects.get(key=message.seat).state == "held"


def test_an_address_inside_is_not_talked_to_unless_it_is_named(gateway: Local, monkeypatch: Any):
    monkeypatch.delenv("VIVENCIA_PRIVATE_HOSTS")
    message = queued()
    send_all()
    assert state(message)[0] == "waiting"
    assert not gateway.heard
    with pytest.raises(BadInput):
        HttpGateway("file:///etc/passwd", "")
