"""Invitations whose time has come: each gets its link and its letter, in one transaction."""

from __future__ import annotations

import uuid
from typing import NamedTuple

from django.conf import settings
from django.db import connection, transaction

from vivencia.customers.contact import budget
from vivencia.customers.contact.models import HELD, Seat
from vivencia.customers.contact.words import MESSAGING, REMINDER
from vivencia.customers.reading import names_of
from vivencia.lib.clock import DAY_MS, HOUR_MS
from vivencia.lib.sealed import seal, unseal
from vivencia.outbox.actions import queue
from vivencia.outbox.models import SENT, Message
from vivencia.outbox.sending import unsubscribe_address
from vivencia.people.reading import organisation
from vivencia.surveys.answering import links
from vivencia.surveys.asking.letters import Letter, invitation, short
from vivencia.surveys.asking.scheduling import Of, Plan, schedule
from vivencia.surveys.builder import reading
from vivencia.surveys.channels import texts
from vivencia.surveys.definition.schema import Definition
from vivencia.surveys.models import Invitation, Link, Policy, PolicyState, Spent, State

LINK_LIVES_MS = 30 * DAY_MS
LATE_MS = 2 * DAY_MS  # due for longer than this (nobody served): its moment has passed
QUEUED, SKIPPED, SCHEDULED = "queued", "skipped", "scheduled"
_AT_ONCE = 200


class _Way(NamedTuple):
    """The link of an invitation, whether made now or for the one it reminds of."""

    key: int
    token: str


def prepare_due(now: int, most: int = 2_000) -> int:
    """Put the invitations that are due into the outbox; how many were."""
    due = Invitation.objects.filter(state=SCHEDULED, due_at__lte=now).order_by("due_at", "key")
    queued = 0
    for key in list(due.values_list("key", flat=True)[:most]):
        queued += _prepare(key, now)
    return queued


@transaction.atomic
def _prepare(key: int, now: int) -> bool:
    one = Invitation.objects.select_related("survey", "policy", "reminds_of").get(key=key)
    if one.state != SCHEDULED:
        return False
    reason = _obstacle(one, now)
    if reason:
        skip(one, reason)
        return False
    version = reading.latest(one.survey)
    assert version is not None, "a survey that is open has a version"
    _queue(one, reading.definition(version), now)
    return True


def _obstacle(one: Invitation, now: int) -> str:
    """Why it is not asked after all; empty if it is."""
    seat = Seat.objects.filter(key=one.seat or 0).first()
    if seat is None or seat.state != HELD:
        return (seat.reason if seat else "") or "cancelled"
    if one.survey.state != State.published or reading.latest(one.survey) is None:
        return "closed"
    if one.policy is not None and one.policy.state == PolicyState.paused:
        return "paused"
    if now - one.due_at > LATE_MS:
        return "late"
    if one.reminds_of is not None and is_spent(one.reminds_of.link):
        return "answered"
    return ""


def skip(one: Invitation, reason: str) -> None:
    """It is not asked: the seat is free, and the reason stays."""
    Invitation.objects.filter(key=one.key).update(state=SKIPPED, reason=reason)
    if one.seat is not None:
        budget.give_back(one.seat, reason)


def is_spent(link: int | None) -> bool:
    """Whether the link was answered by."""
    return link is not None and Spent.objects.filter(link_id=link).exists()


def _queue(one: Invitation, definition: Definition, now: int) -> None:
    language = _language(one, definition)
    way, uid = _way(one, now), uuid.uuid4().bytes
    by_text = one.channel == MESSAGING
    name = names_of([one.identity]).get(one.identity, "")
    letter = Letter(
        definition, language, f"{settings.SERVED_AT}/s/{way.token}", unsubscribe_address(uid),
        organisation().name, {"name": name}, again=one.reminds_of is not None,
    )  # fmt: skip
    asked = texts.put_first(way.key, one.identity, language, now) if by_text else ""
    message = queue(
        uid=uid, identity=one.identity, channel=one.channel,
        purpose=REMINDER if one.reminds_of else one.survey.purpose,
        content=short(letter, asked) if by_text else invitation(letter), language=language,
        cause=f"invitation:{one.key}", due_at=now, seat=one.seat,
        kind="reminder.sent" if one.reminds_of else "survey.sent",
        facts={"survey": one.survey.slug},
        about=bytes(one.about) if one.about else None, touchpoint=one.survey.touchpoint,
    )  # fmt: skip
    Invitation.objects.filter(key=one.key).update(
        state=QUEUED, message=message.key, link=way.key, language=language,
        token=seal(way.token.encode(), "token"),
    )  # fmt: skip


def _way(one: Invitation, now: int) -> _Way:
    """A link of its own; a reminder leads to the one that was sent first."""
    first = one.reminds_of
    if first is not None and first.link is not None and first.token:
        return _Way(first.link, unseal(first.token, "token").decode())
    connection.ensure_connection()
    raw = connection.connection
    context = links.context_of(raw, one.judged) if one.judged else links.Context()
    new = links.New(
        survey=one.survey_id, identity=one.identity, context=context, channel=one.channel,
        about=bytes(one.about) if one.about else None, expires_at=now + LINK_LIVES_MS,
    )  # fmt: skip
    return _Way(*links.make(raw, new, now))


def _language(one: Invitation, definition: Definition) -> str:
    """The person's, where the survey speaks it; else the organisation's, else the survey's."""
    for wanted in (one.language, organisation().language):
        if wanted in definition.languages:
            return wanted
    return definition.languages[0]


# ------------------------------------------------------------------ reminders
def remind(now: int) -> int:
    """Plan a reminder for those who were asked long enough ago and have not answered."""
    planned = 0
    for policy in Policy.objects.select_related("survey").filter(
        state=PolicyState.live, remind_after__gt=0
    ):
        planned += _remind(policy, now)
    return planned


@transaction.atomic
def _remind(policy: Policy, now: int) -> int:
    asked = Invitation.objects.filter(
        policy=policy, state=QUEUED, reminds_of=None, reminders=None,
        created_at__gt=now - LINK_LIVES_MS,
    )  # fmt: skip
    sent = Message.objects.filter(
        state__in=(SENT, "kept"), bounce="", sent_at__lte=now - policy.remind_after
    )
    waiting = asked.filter(message__in=sent.values("key")).order_by("key")[:_AT_ONCE]
    answered = Spent.objects.filter(link_id__in=[one.link for one in waiting])
    spent = set(answered.values_list("link_id", flat=True))
    alive = set(
        Link.objects.filter(
            key__in=[one.link for one in waiting], expires_at__gt=now + HOUR_MS
        ).values_list("key", flat=True)
    )
    plans = [
        Plan(one.identity, now, one.judged, bytes(one.about) if one.about else None,
             skip="" if one.link in alive - spent else "answered", reminds_of=one.key)
        for one in waiting
    ]  # fmt: skip
    of = Of(policy.survey_id, REMINDER, policy.pk, tuple(policy.channels) or ("email",))
    return schedule(of, plans, now)
