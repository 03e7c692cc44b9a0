"""Somebody to write to, a message to them, and what mail servers report of it."""

from __future__ import annotations

import uuid
from email.message import EmailMessage

from vivencia.customers.contact import budget
from vivencia.customers.contact.judging import Ask
from vivencia.customers.contact.models import ContactSettings
from vivencia.customers.contact.words import SURVEY
from vivencia.interactions.actions import record
from vivencia.interactions.models import Identity as Row
from vivencia.interactions.record import Identity, Interaction, Sort
from vivencia.lib.clock import now_ms
from vivencia.outbox import actions
from vivencia.outbox.compose import Content
from vivencia.outbox.models import Message
from vivencia.outbox.sending import sender
from vivencia.outbox.tokens import return_path


def always_open() -> None:
    ContactSettings.objects.update_or_create(pk=1, defaults={"quiet_begins": 0, "quiet_ends": 0})


def somebody(name: str = "ana") -> int:
    value = f"{name}@example.org"
    record([Interaction(id=uuid.uuid4().bytes, source="test", happened_at=0,
                        identities=(Identity(Sort.email, value),))])  # fmt: skip
    return Row.objects.get(value=value).key


def queued(identity: int, purpose: str = SURVEY) -> Message | None:
    """A message as its cause would queue it, if the budget lets it."""
    taken = budget.take_seat(Ask(identity, purpose, now_ms()), now_ms())
    if taken.verdict.reason:
        return None
    return actions.queue(
        identity=identity, channel="email", purpose=purpose, content=Content("Hello", "How?"),
        language="en", cause="test", due_at=now_ms(), seat=taken.seat,
    )  # fmt: skip


def send_all() -> None:
    with sender() as own:
        own.send_due()


def state(message: Message) -> tuple[str, str]:
    return Message.objects.values_list("state", "reason").get(key=message.key)


def bounce(uid: bytes, status: str = "5.1.1", action: str = "failed", to: str = "") -> bytes:
    mail = EmailMessage()
    mail["To"] = to or return_path(uid, "bounces@example.org")
    mail["From"], mail["Subject"] = "mailer-daemon@example.com", "Undelivered"
    mail.set_content("It bounced.")
    raw = mail.as_string().split("\n\n", 1)[0]
    head = "\n".join(line for line in raw.split("\n") if not line.startswith(("Content-", "MIME")))
    return (
        f"{head}\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status;"
        f' boundary="b"\n\n--b\nContent-Type: text/plain\n\nIt bounced.\n--b\n'
        f"Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example.com\n\n"
        f"Final-Recipient: rfc822; ana@example.org\nAction: {action}\nStatus: {status}\n\n--b--\n"
    ).encode()


def complaint(uid: bytes) -> bytes:
    back = return_path(uid, "bounces@example.org")
    return (
        "To: fbl@example.org\nMIME-Version: 1.0\nContent-Type: multipart/report;"
        ' report-type=feedback-report; boundary="b"\n\n--b\nContent-Type: text/plain\n\nSpam.\n'
        "--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nVersion: 1\n"
        f"Original-Mail-From: <{back}>\n\n--b--\n"
    ).encode()
