"""Every write of the outbox. A message is queued in the transaction of what causes it.

    waiting ──► sending ──► sent | unknown          (kept, where there is no server to send by)
       │           └──► waiting | failed             refused: nothing was taken
       └──► cancelled | failed

Only a person moves a message out of `unknown`.
"""

from __future__ import annotations

import uuid

from django.db import transaction

from vivencia.customers.contact import budget
from vivencia.customers.contact.actions import stop_address
from vivencia.lib.clock import DAY_MS, MINUTE_MS, now_ms
from vivencia.lib.errors import Conflict, NotFound
from vivencia.lib.sealed import seal
from vivencia.outbox import telling
from vivencia.outbox.carriers import Refusal
from vivencia.outbox.compose import LONGEST_SUBJECT, Content, header, written
from vivencia.outbox.models import (
    CANCELLED,
    FAILED,
    KEPT,
    SENDING,
    SENT,
    UNKNOWN,
    WAITING,
    Message,
)
from vivencia.people.actions import audit
from vivencia.people.models import User
from vivencia.people.reading import organisation

EXPIRES_MS = 3 * DAY_MS
LEASE_MS = 5 * MINUTE_MS
WAITS_MS = tuple(minutes * MINUTE_MS for minutes in (1, 3, 10, 30, 60, 120, 240, 480))


def queue(
    *,
    identity: int,
    channel: str,
    purpose: str,
    content: Content,
    language: str,
    cause: str,
    due_at: int,
    seat: int | None = None,
    kind: str = "message.sent",
    facts: dict[str, str] | None = None,
    about: bytes | None = None,
    touchpoint: str = "",
    expires_at: int | None = None,
    uid: bytes | None = None,
) -> Message:
    """A message to go at `due_at` (UTC ms), in the caller's transaction.

    `kind` is what the log learns once it is sent, `….sent`; what else becomes of it is told about
    it (telling.py). `seat` is its line of the ledger (customers.contact.budget). BadInput
    `line_breaks` for a subject that would begin another header.
    """
    header(content.subject, LONGEST_SUBJECT)
    return Message.objects.create(
        uid=uid or uuid.uuid4().bytes, identity=identity, channel=channel, purpose=purpose,
        language=language, content=seal(written(content), "content"), cause=cause,
        due_at=due_at, seat=seat, kind=kind, facts=facts or {}, about=about, touchpoint=touchpoint,
        created_at=now_ms(), expires_at=expires_at or due_at + EXPIRES_MS,
    )  # fmt: skip


# ------------------------------------------------------------------ what senders do
@transaction.atomic
def claim(sender: str, now: int) -> Message | None:
    """The message that has been due longest, this sender's for a while; None if none is."""
    due = Message.objects.filter(state=WAITING, due_at__lte=now, lease_until__lt=now)
    message = due.order_by("due_at", "key").first()
    if message is None:
        return None
    message.sender, message.lease_until = sender, now + LEASE_MS
    message.save(update_fields=["sender", "lease_until"])
    return message


@transaction.atomic
def begin_sending(message: Message, now: int) -> bool:
    """Commit that the message is about to be handed over; False if it may not be.

    The budget, consent and the hour are looked at again under the write lock.
    """
    now_there = Message.objects.get(key=message.key)
    if now_there.state != WAITING or now_there.sender != message.sender:
        return False
    if now_there.expires_at < now:
        _end(now_there, CANCELLED, "late")
        return False
    if now_there.seat is not None:
        verdict = budget.recheck(now_there.seat, now)
        if verdict.reason:
            _end(now_there, CANCELLED, verdict.reason)
            return False
        if verdict.at > now:
            Message.objects.filter(key=message.key).update(due_at=verdict.at, lease_until=0)
            return False
    Message.objects.filter(key=message.key).update(state=SENDING, attempts=message.attempts + 1)
    return True


@transaction.atomic
def note_sent(message: Message, carrier: str, answer: str, now: int) -> None:
    """The other side took it: the seat is used, and the log learns of it."""
    Message.objects.filter(key=message.key).update(
        state=SENT, carrier=carrier, answer=answer, sent_at=now
    )
    if message.seat is not None:
        budget.settle(message.seat, "sent", now)
    telling.sent(message, now)


@transaction.atomic
def note_kept(message: Message, now: int) -> None:
    """There is no server to send by: it stays here to be read. In the demo that is as if sent."""
    Message.objects.filter(key=message.key).update(state=KEPT, carrier="local", sent_at=now)
    if message.seat is not None:
        budget.settle(message.seat, "sent", now)
    if organisation().demo:
        telling.sent(message, now)


@transaction.atomic
def note_refused(message: Message, refusal: Refusal, now: int) -> None:
    """Nothing was taken: try again later, or give up if that is no use."""
    attempts = message.attempts + 1
    lasting = refusal.lasting or attempts > len(WAITS_MS)
    if refusal.hard:
        stop_address(message.identity, "bounce", now)
    if lasting:
        _end(message, FAILED, "refused", answer=refusal.answer)
        telling.bounced(message, now)
        return
    later = now + WAITS_MS[attempts - 1]
    Message.objects.filter(key=message.key).update(
        state=WAITING, due_at=later, attempts=attempts, lease_until=0, sender="",
        answer=refusal.answer,
    )  # fmt: skip
    if message.seat is not None:
        budget.hold_again(message.seat, later)


@transaction.atomic
def put_back(message: Message, answer: str, until: int) -> None:
    """The server could not be talked to: the message waits as it was."""
    Message.objects.filter(key=message.key).update(
        state=WAITING, lease_until=0, sender="", due_at=until, answer=answer
    )
    if message.seat is not None:
        budget.hold_again(message.seat, until)


@transaction.atomic
def note_unknown(message: Message, answer: str, now: int) -> None:
    """Nobody knows whether it was taken. It is never sent again by itself."""
    Message.objects.filter(key=message.key).update(state=UNKNOWN, answer=answer[:200], sent_at=now)
    if message.seat is not None:
        budget.settle(message.seat, "unknown", now)
    telling.unknown(message, now)


@transaction.atomic
def give_up(message: Message, reason: str) -> None:
    """It can not be sent at all (its address was erased …)."""
    _end(message, FAILED, reason)


# ------------------------------------------------------------------ what people do
@transaction.atomic
def send_again(user: User, key: int) -> None:
    """A person decided that an unknown one did not arrive: it waits again, once."""
    message = _in_state(key, UNKNOWN)
    now = now_ms()
    Message.objects.filter(key=key).update(
        state=WAITING, due_at=now, expires_at=now + EXPIRES_MS, lease_until=0, sender="", answer=""
    )
    if message.seat is not None:
        budget.hold_again(message.seat, now)
    audit(user, "outbox.sent_again", f"message:{key}")


@transaction.atomic
def leave(user: User, key: int) -> None:
    """A person looked at an unknown one and leaves it: it is listed no more, and stays unknown."""
    _in_state(key, UNKNOWN)
    Message.objects.filter(key=key).update(reason="left")
    audit(user, "outbox.left", f"message:{key}")


@transaction.atomic
def cancel(message_key: int, reason: str, user: User | None = None) -> bool:
    """Stop a message that has not left; False if it has."""
    message = Message.objects.filter(key=message_key, state=WAITING).first()
    if message is None:
        return False
    _end(message, CANCELLED, reason)
    if user is not None:
        audit(user, "outbox.cancelled", f"message:{message_key}")
    return True


def cancel_seats(identities: list[int], seats: list[int], reason: str) -> None:
    """Stop what waits on `seats` of these people, which were given back already.

    Joins the caller's transaction.
    """
    theirs = Message.objects.filter(identity__in=identities, seat__in=seats, state=WAITING)
    theirs.update(state=CANCELLED, reason=reason, lease_until=0)


def _in_state(key: int, state: str) -> Message:
    message = Message.objects.filter(key=key).first()
    if message is None:
        raise NotFound(es="Ese mensaje no está.", en="That message is not here.")
    if message.state != state or message.reason == "left":
        raise Conflict(
            es="Ya se decidió sobre ese mensaje; no ha cambiado nada.",
            en="That message had been decided on already; nothing changed.",
        )
    return message


def _end(message: Message, state: str, reason: str, answer: str = "") -> None:
    Message.objects.filter(key=message.key).update(
        state=state, reason=reason, answer=answer or message.answer, lease_until=0
    )
    if message.seat is not None:
        budget.give_back(message.seat, reason)
