"""Saying no to more of the same, from inside a message."""

from __future__ import annotations

from django.db import transaction

from vivencia.customers.contact.actions import say
from vivencia.customers.contact.consents import WITHDRAWN
from vivencia.customers.contact.models import Consent
from vivencia.customers.contact.words import CHOOSABLE, RELATIONSHIP, REMINDER, SURVEY
from vivencia.lib.clock import now_ms
from vivencia.outbox.models import Message
from vivencia.outbox.tokens import of_unsubscribe


@transaction.atomic
def unsubscribe(token: str, *, everything: bool = False) -> None:
    """Take the person's consent to this purpose and channel back, or to every purpose.

    A token nobody made, a message long gone, a second time: nothing more happens, and whoever
    asks is told the same. It holds from the next thing any sender does.
    """
    uid = of_unsubscribe(token)
    message = Message.objects.filter(uid=uid).first() if uid else None
    if message is None:
        return
    for purpose in _purposes(message.purpose, everything=everything):
        newest = Consent.objects.filter(
            identity=message.identity, purpose=purpose, channel=message.channel
        ).order_by("-at", "-key")
        last = newest.first()
        if last is None or last.state != WITHDRAWN:
            at = max(now_ms(), last.at + 1 if last else 0)
            say(message.identity, WITHDRAWN, purpose, message.channel, source="unsubscribe", at=at)


def _purposes(purpose: str, *, everything: bool) -> tuple[str, ...]:
    if everything:
        return ("",)
    if purpose == REMINDER:
        return (SURVEY, RELATIONSHIP)
    return (purpose,) if purpose in CHOOSABLE else ("",)
