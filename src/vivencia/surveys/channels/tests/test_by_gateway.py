"""The same conversation over HTTP: our messages leave by a real gateway, replies come by it."""

from __future__ import annotations

import hashlib
import hmac
import json

import pytest
from django.test import Client

from vivencia.lib.clock import now_ms
from vivencia.lib.tests.elsewhere import Local
from vivencia.outbox.models import Message
from vivencia.outbox.setting import make_webhook_secret
from vivencia.outbox.tests.kit import send_all
from vivencia.outbox.tests.test_gateway import gateway  # noqa: F401 - a fixture
from vivencia.surveys.answering.tests.kit import database, published, told
from vivencia.surveys.channels.tests import script
from vivencia.surveys.channels.tests.script import HAPPY, SLUG, SURVEY, UNHAPPY, Talk
from vivencia.surveys.channels.tests.test_kiosk import _admin
from vivencia.surveys.channels.tests.test_texts import PHONE, Telephone
from vivencia.surveys.models import Conversation

pytestmark = pytest.mark.django_db


class Gateway:
    """A telephone behind a gateway that knows nothing of us but an address and two secrets."""

    def __init__(self, server: Local) -> None:
        self.server, self.n = server, 0
        self.secret = make_webhook_secret(_admin()).encode()
        Telephone(published(SURVEY, slug=SLUG))

    def received(self) -> list[str]:
        bodies = [json.loads(body) for _, _, body in self.server.heard]
        assert {one["to"] for one in bodies} == {PHONE}
        return [one["text"] for one in bodies]

    def reply(self, text: str) -> str:
        """What comes back over the gateway."""
        self.n += 1
        database().execute("UPDATE surveys_conversation SET asked_at = asked_at - 5000")
        before = len(self.received())
        message = {"id": f"gw-{self.n}", "from": PHONE, "text": text}
        body, stamp = json.dumps({"messages": [message]}).encode(), str(now_ms() // 1000)
        signed = hmac.new(self.secret, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        headers = {"Vivencia-Signature": f"t={stamp},v1={signed}"}
        answer = Client().post("/texts/in/", body, content_type="application/json", headers=headers)
        assert answer.json() == {"received": 1}
        send_all()
        return "\n".join(self.received()[before:])

    def asks(self) -> list[str]:
        open_one = Conversation.objects.filter(ended_at=None).first()
        return [open_one.element] if open_one else []

    def answer(self, said: dict[str, str]) -> bool:
        (text,) = said.values()
        return "No le hemos entendido" not in self.reply({"joy": "a", "sad": "b"}.get(text, text))

    def last_words(self) -> str:
        return self.received()[-1]


@pytest.mark.parametrize("talk", [UNHAPPY, HAPPY], ids=["unhappy", "happy"])
def test_a_gateway_carries_the_whole_conversation(gateway: Local, talk: Talk) -> None:  # noqa: F811
    channel = Gateway(gateway)
    assert "¿Nos recomendaría?" in channel.received()[0]
    put, words = script.hold(channel, talk)
    assert (put, words) == (list(talk.said), talk.thanks)
    surveys = [one for one in told() if one[0] in ("survey.answered", "survey.rated")]
    assert surveys == talk.told
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}
