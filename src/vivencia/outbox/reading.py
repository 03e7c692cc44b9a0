"""What is in the outbox, as its pages show it."""

from __future__ import annotations

from typing import NamedTuple

from django.db.models import Count

from vivencia.customers.masks import masked
from vivencia.interactions.models import Identity
from vivencia.lib.errors import NotFound
from vivencia.outbox import words
from vivencia.outbox.compose import Content
from vivencia.outbox.models import KEPT, STATES, UNKNOWN, Message
from vivencia.outbox.sending import read_content

PAGE = 50


class Line(NamedTuple):
    """One message of the list."""

    message: Message
    to: str  # in clear or masked; empty once erased
    customer: int
    state: str
    purpose: str
    channel: str
    why: str
    back: str


class Page(NamedTuple):
    lines: list[Line]
    before: int | None  # key to go on from


def counts() -> dict[str, int]:
    """How many messages are in each state; unknown ones somebody has looked at are left out."""
    found = Message.objects.exclude(state=UNKNOWN, reason="left").values("state")
    there = {row["state"]: row["n"] for row in found.annotate(n=Count("key"))}
    return {state: there[state] for state in STATES if state in there}


def page(state: str, before: int | None, *, personal: bool) -> Page:
    """The newest messages, of one state or of all, before message key `before`."""
    messages = Message.objects.order_by("-key").defer("content")
    if state in STATES:
        messages = messages.filter(state=state)
    if state == UNKNOWN:
        messages = messages.exclude(reason="left")
    if before:
        messages = messages.filter(key__lt=before)
    found = list(messages[: PAGE + 1])
    more = found[PAGE - 1].key if len(found) > PAGE else None
    return Page(_lines(found[:PAGE], personal=personal), more)


def line(key: int, *, personal: bool) -> Line:
    """One message; NotFound if there is none."""
    found = Message.objects.filter(key=key).first()
    if found is None:
        raise NotFound(es="Ese mensaje no está.", en="That message is not here.")
    return _lines([found], personal=personal)[0]


def content(message: Message) -> Content | None:
    """What it says; None once it was taken away."""
    return read_content(message) if message.content else None


def is_local() -> bool:
    """Whether anything stays here for want of a server."""
    return Message.objects.filter(state=KEPT).exists()


def _lines(messages: list[Message], *, personal: bool) -> list[Line]:
    who = Identity.objects.in_bulk({one.identity for one in messages})
    lines = []
    for one in messages:
        row = who.get(one.identity)
        to = "" if row is None else (row.value or "") if personal else masked(row.sort, row.value)
        lines.append(
            Line(
                one, to, row.customer if row else 0,
                str(words.STATES[one.state]), words.purpose_said(one.purpose),
                words.channel_said(one.channel),
                words.reason_said(one.reason) if one.reason != "left" else "",
                str(words.RETURNS.get(one.bounce, "")),
            )
        )  # fmt: skip
    return lines
