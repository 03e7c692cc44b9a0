"""Rules and invitations as their pages show them."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import Count, Q

from vivencia.customers.masks import masked
from vivencia.customers.words import kind_said
from vivencia.interactions.models import Counter, Identity
from vivencia.lib.errors import NotFound
from vivencia.outbox import words
from vivencia.outbox.models import Message
from vivencia.surveys.asking.following import MARK
from vivencia.surveys.models import Invitation, Policy

PAGE = 50


class Rule(NamedTuple):
    """One rule of the list."""

    policy: Policy
    kinds: list[str]
    channels: list[str]
    asked: int
    skipped: int
    history: int  # interactions of long ago that it passed over


class Line(NamedTuple):
    """One invitation of the list."""

    invitation: Invitation
    to: str
    customer: int
    state: str
    why: str
    message: int | None
    channel: str


def policy(key: int) -> Policy:
    found = Policy.objects.select_related("survey").filter(pk=key).first()
    if found is None:
        raise NotFound(es="Esa regla no está.", en="That rule is not here.")
    return found


def rules() -> list[Rule]:
    """Every rule with how many it asked."""
    found = Policy.objects.select_related("survey").annotate(
        asked=Count("invitations", filter=~Q(invitations__state="skipped")),
        skipped=Count("invitations", filter=Q(invitations__state="skipped")),
    )
    old = dict(Counter.objects.filter(name__startswith=f"{MARK}.too_old.").values_list("name", "n"))
    return [
        Rule(
            one, [kind_said(kind) for kind in one.kinds],
            [words.channel_said(channel) for channel in one.channels],
            one.asked, one.skipped, old.get(f"{MARK}.too_old.{one.pk}", 0),
        )
        for one in found
    ]  # fmt: skip


def counts() -> dict[str, int]:
    """How many invitations wait, went out, or were not made, and why not."""
    found = Invitation.objects.values("state").annotate(n=Count("key"))
    return {row["state"]: row["n"] for row in found}


def reasons() -> list[tuple[str, str, int]]:
    """(reason, in words, how many) of who was not asked, the most frequent first."""
    found = Invitation.objects.filter(state="skipped").values("reason").annotate(n=Count("key"))
    listed = [(row["reason"], words.reason_said(row["reason"]), row["n"]) for row in found]
    return sorted(listed, key=lambda row: -row[2])


def invitations(
    state: str, reason: str, before: int | None, *, personal: bool
) -> tuple[list[Line], int | None]:
    """(the newest that fit, key to go on from)."""
    wanted = Invitation.objects.select_related("survey").order_by("-key")
    if state in ("scheduled", "queued", "skipped"):
        wanted = wanted.filter(state=state)
    if reason:
        wanted = wanted.filter(reason=reason)
    if before:
        wanted = wanted.filter(key__lt=before)
    found = list(wanted[: PAGE + 1])
    more = found[PAGE - 1].key if len(found) > PAGE else None
    found = found[:PAGE]
    who = Identity.objects.in_bulk({one.identity for one in found})
    sent = Message.objects.defer("content").in_bulk([one.message for one in found if one.message])
    return [_line(one, who, sent, personal=personal) for one in found], more


def _line(
    one: Invitation, who: dict[int, Identity], sent: dict[int, Message], *, personal: bool
) -> Line:
    row, message = who.get(one.identity), sent.get(one.message or 0)
    to = "" if row is None else (row.value or "") if personal else masked(row.sort, row.value)
    state = str(words.STATES[message.state]) if message else one.get_state_display()
    reason = (message.reason if message else "") or one.reason
    why = words.reason_said(reason) if reason and reason != "left" else ""
    key = message.key if message else None
    return Line(one, to, row.customer if row else 0, state, why, key,
                words.channel_said(one.channel))  # fmt: skip
