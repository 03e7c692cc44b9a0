"""What a bounce or a complaint does: for good, and at once."""

from __future__ import annotations

import logging

from django.db import transaction

from vivencia.customers.contact.actions import say, stop_address
from vivencia.outbox import telling
from vivencia.outbox.bounces.reports import COMPLAINT, HARD, SOFT, Report
from vivencia.outbox.models import SENDING, SENT, UNKNOWN, WAITING, Message

log = logging.getLogger(__name__)


@transaction.atomic
def take_in(report: Report, now: int, source: str) -> bool:
    """Note what came back; False for a message nobody knows, or told before.

    A hard bounce stops the address, a complaint the address and everything else to that person
    over that channel, whatever waits included: a sender asks again before it hands anything over.
    """
    message = Message.objects.filter(uid=report.uid).first()
    if message is None:
        log.info("a report about a message nobody knows came by %s", source)
        return False
    if message.state not in (SENT, UNKNOWN, SENDING, WAITING) or message.bounce in (
        COMPLAINT, report.sort,
    ):  # fmt: skip
        return False
    Message.objects.filter(key=message.key).update(bounce=report.sort, bounced_at=now)
    if report.sort != COMPLAINT:
        telling.bounced(message, now)
    if report.sort == SOFT:
        return True
    stop_address(message.identity, "bounce" if report.sort == HARD else "complaint", now)
    if report.sort == COMPLAINT:
        say(message.identity, "withdrawn", "", message.channel, source=f"complaint {source}")
    return True
