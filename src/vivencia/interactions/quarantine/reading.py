"""What waits in the quarantine, by reason; and what the doors received last."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

from django.db.models import Count, QuerySet

from vivencia.interactions.intake import recent
from vivencia.interactions.intake.asgi import BY_DOOR
from vivencia.interactions.models import Counter, Quarantined
from vivencia.interactions.reasons import REASONS
from vivencia.lib.errors import NotFound

ON_A_PAGE = 25


class Waiting(NamedTuple):
    """A reason and how many items wait because of it."""

    reason: str
    n: int

    def said(self, language: str) -> str:
        return said(self.reason, language)


class Item(NamedTuple):
    """One item as the page shows it."""

    key: int
    text: str
    reason: str
    field: str
    door: str
    at: dt.datetime
    mendable: bool


class Page(NamedTuple):
    items: list[Item]
    before: int | None  # the key to go on from


def said(reason: str, language: str) -> str:
    """A reason in a sentence; a reason of an import's own mapping is its word."""
    return REASONS.get(reason, {}).get("es" if language.startswith("es") else "en", reason)


def waiting() -> list[Waiting]:
    """Every reason something waits for, the commonest first."""
    rows = (
        _waiting().values("reason").annotate(n=Count("key")).order_by("-n", "reason")
    )  # fmt: skip
    return [Waiting(row["reason"], row["n"]) for row in rows]


def items(reason: str = "", before: int | None = None) -> Page:
    """The newest of `reason` (any, if empty) older than the key `before`."""
    rows = _waiting().order_by("-key")
    if reason:
        rows = rows.filter(reason=reason)
    if before:
        rows = rows.filter(key__lt=before)
    found = [_item(row) for row in rows[: ON_A_PAGE + 1]]
    more = len(found) > ON_A_PAGE
    return Page(found[:ON_A_PAGE], found[ON_A_PAGE - 1].key if more else None)


def access_quarantined(key: int) -> Quarantined:
    """The item `key` that still waits, or NotFound."""
    row = _waiting().filter(key=key).first()
    if row is None:
        raise NotFound(
            es="Ese elemento ya no está en la cuarentena.",
            en="That item is no longer in the quarantine.",
        )
    return row


def received() -> list[tuple[recent.Received, dt.datetime]]:
    """The last items of the doors since the server began, the newest first, with their time."""
    return [(one, _moment(one.at)) for one in recent.last()]


def counted() -> dict[str, int]:
    """How many items the doors ever stored, met again or set aside."""
    found = {row.name: row.n for row in Counter.objects.all()}
    return {
        "stored": found.get("intake.stored", 0),
        "duplicate": found.get("intake.duplicate", 0),
        "quarantined": sum(n for name, n in found.items() if name.startswith("quarantine.")),
    }


def _waiting() -> QuerySet[Quarantined]:
    return Quarantined.objects.filter(state="waiting")


def _item(row: Quarantined) -> Item:
    text = bytes(row.raw).decode(errors="replace")
    mendable = row.door in BY_DOOR
    return Item(
        row.key, text, row.reason, row.detail or "", row.door, _moment(row.received_at), mendable
    )


def _moment(ms: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(ms / 1000, dt.UTC)
