"""What this room holds about a person: for the export of their data and for erasure."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction

from vivencia.lib.clock import now_ms
from vivencia.lib.sealed import unseal
from vivencia.outbox.compose import read
from vivencia.outbox.models import CANCELLED, WAITING, Message

_SENT = {"es": "saber qué se envió y qué fue de ello", "en": "know what was sent and became of it"}
FIELDS = {
    "outbox_messages.uid": {
        "purpose": {
            "es": "reconocer bajas y rebotes (número al azar)",
            "en": "recognise unsubscribing and bounces (a random number)",
        },
        "basis": "legitimate interest",
        "retention": "2 years",
        "class": "pseudonym",
    },
    "outbox_messages.about": {
        "purpose": {"es": "saber por qué se escribió", "en": "know what it was about"},
        "basis": "legitimate interest",
        "retention": "2 years",
        "class": "pseudonym",
    },
    "outbox_messages.content": {
        "purpose": _SENT,
        "basis": "legitimate interest",
        "retention": "90 days after it was sent, or erased",
        "class": "content",
    },
    "outbox_messages.answer": {
        "purpose": _SENT,
        "basis": "legitimate interest",
        "retention": "90 days after it was sent, or erased",
        "class": "content",
    },
}

NOT_PERSONAL = (
    "outbox_messages.channel",
    "outbox_messages.purpose",
    "outbox_messages.language",
    "outbox_messages.cause",
    "outbox_messages.kind",
    "outbox_messages.facts",
    "outbox_messages.touchpoint",
    "outbox_messages.state",
    "outbox_messages.reason",
    "outbox_messages.sender",
    "outbox_messages.carrier",
    "outbox_messages.bounce",
    # The organisation's own servers, addresses and sealed secrets.
    "outbox_settings.carrier",
    "outbox_settings.host",
    "outbox_settings.security",
    "outbox_settings.username",
    "outbox_settings.password",
    "outbox_settings.from_name",
    "outbox_settings.from_address",
    "outbox_settings.reply_to",
    "outbox_settings.bounce_address",
    "outbox_settings.dkim_domain",
    "outbox_settings.dkim_selector",
    "outbox_settings.dkim_key",
    "outbox_settings.dkim_public",
    "outbox_settings.imap_host",
    "outbox_settings.imap_username",
    "outbox_settings.imap_password",
    "outbox_settings.imap_folder",
    "outbox_settings.webhook_secret",
    "outbox_settings.webhook_former",
    "outbox_settings.gateway",
    "outbox_settings.gateway_url",
    "outbox_settings.gateway_token",
)


def held(keys: Collection[int]) -> dict[str, Any]:
    """Everything this room knows of the customer, in plain values."""
    told = ("channel", "purpose", "language", "state", "created_at", "sent_at", "bounce", "answer")
    found = Message.objects.filter(identity__in=keys).order_by("key")
    return {
        "messages": [{name: getattr(one, name) for name in told} | _words(one) for one in found]
    }


def _words(message: Message) -> dict[str, str]:
    """What it said, while that is kept."""
    if not message.content:
        return {}
    content = read(unseal(message.content, "content"))
    return {"subject": content.subject, "text": content.text, "html": content.html}


@transaction.atomic
def erase(keys: Collection[int]) -> None:
    """Take the words away; what waits is stopped. That something was sent, and when, stays."""
    messages = Message.objects.filter(identity__in=keys)
    messages.filter(state=WAITING).update(state=CANCELLED, reason="erased", sent_at=now_ms())
    messages.update(content=None, answer="")
