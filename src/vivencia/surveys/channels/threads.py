"""Conversations by message as staff see them: where each stands, and what was written to them."""

from __future__ import annotations

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vivencia.customers.masks import masked
from vivencia.interactions.models import Identity
from vivencia.lib.errors import NotFound
from vivencia.outbox.models import Message
from vivencia.outbox.sending import read_content
from vivencia.surveys.models import Conversation, Draft, Invitation

MOST = 200  # on the page
STATES: dict[str, Promise] = {
    "asked": _("asked, no reply yet"),
    "answering": _("answering"),
    "finished": _("answered to the end"),
    "ended": _("ended without the last question"),
}


class Thread(NamedTuple):
    """One conversation with one telephone."""

    key: int
    survey: str
    phone: str  # in clear or masked; empty once erased
    customer: int
    state: Promise
    is_open: bool
    asked_at: int


class Written(NamedTuple):
    """One message of ours; `text` is None once it was taken away."""

    at: int
    text: str | None


def threads(*, personal: bool) -> list[Thread]:
    """The newest conversations."""
    found = list(Conversation.objects.select_related("link__survey")[:MOST])
    return _threads(found, personal=personal)


def thread(key: int, *, personal: bool) -> Thread:
    """One of them; NotFound if there is none."""
    found = Conversation.objects.filter(pk=key).select_related("link__survey")
    if not found:
        raise NotFound(es="Esa conversación no está.", en="That conversation is not here.")
    return _threads(list(found), personal=personal)[0]


def phone_of(key: int) -> str:
    """The telephone of a conversation in clear; empty once it was erased."""
    identity = Conversation.objects.filter(pk=key).values_list("identity", flat=True).first()
    return Identity.objects.filter(key=identity or 0).values_list("value", flat=True).first() or ""


def written(key: int) -> list[Written]:
    """What was written to them, in order."""
    link = Conversation.objects.values_list("link_id", flat=True).get(pk=key)
    invited = Invitation.objects.filter(link=link).exclude(message=None).values("message")
    ours = Message.objects.filter(key__in=invited) | Message.objects.filter(
        cause=f"conversation:{key}"
    )
    return [
        Written(one.created_at, read_content(one).text if one.content else None)
        for one in ours.order_by("key")
    ]


def _threads(found: list[Conversation], *, personal: bool) -> list[Thread]:
    who = Identity.objects.in_bulk([one.identity for one in found])
    drafts = dict(
        Draft.objects.filter(link_id__in=[one.link_id for one in found], channel="messaging")
        .order_by("key").values_list("link_id", "state")
    )  # fmt: skip
    threads = []
    for one in found:
        row = who.get(one.identity)
        phone = "" if row is None else (row.value or "") if personal else masked(
            row.sort, row.value
        )  # fmt: skip
        state = _state(one, drafts.get(one.link_id, ""))
        threads.append(Thread(one.pk, one.link.survey.title, phone, row.customer if row else 0,
                              STATES[state], one.ended_at is None, one.asked_at))  # fmt: skip
    return threads


def _state(one: Conversation, draft: str) -> str:
    if draft == "finished":
        return "finished"
    if one.ended_at is not None:
        return "ended"
    return "answering" if draft else "asked"
