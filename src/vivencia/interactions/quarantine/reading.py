"""What waits in the quarantine, by reason; and what the doors received last."""

from __future__ import annotations

import datetime as dt
import json
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet

from vivencia.interactions.imports.reasons import ROW_REASONS
from vivencia.interactions.intake import recent
from vivencia.interactions.intake.asgi import BY_DOOR
from vivencia.interactions.models import Counter, Import, Quarantined
from vivencia.interactions.reasons import REASONS
from vivencia.lib.errors import NotFound

ON_A_PAGE = 25


class Waiting(NamedTuple):
    """A reason, how many items wait because of it, and how many of them came by a door."""

    reason: str
    n: int
    mendable: int

    def said(self, language: str) -> str:
        return said(self.reason, language)


class Item(NamedTuple):
    """One item as the page shows it: of a door, mended here; of a file, mended in its file."""

    key: int
    text: str
    reason: str
    field: str
    door: str
    at: dt.datetime
    mendable: bool
    import_key: int | None = None
    file: str = ""
    row: int | None = None


class Page(NamedTuple):
    items: list[Item]
    before: int | None  # the key to go on from


def said(reason: str, language: str) -> str:
    """A reason in a sentence, be it a door's or a file's; the word itself if nobody declared it."""
    words = REASONS.get(reason) or ROW_REASONS.get(reason, {})
    return words.get("es" if language.startswith("es") else "en", reason)


def waiting() -> list[Waiting]:
    """Every reason something waits for, the commonest first."""
    mendable = Count("key", filter=Q(door__in=list(BY_DOOR)))
    rows = _waiting().values("reason").annotate(n=Count("key"), mendable=mendable)
    return [Waiting(**row) for row in rows.order_by("-n", "reason")]


def items(reason: str = "", before: int | None = None) -> Page:
    """The newest of `reason` (any, if empty) older than the key `before`."""
    rows = _waiting().order_by("-key")
    if reason:
        rows = rows.filter(reason=reason)
    if before:
        rows = rows.filter(key__lt=before)
    page = list(rows[: ON_A_PAGE + 1])
    files = Import.objects.in_bulk({row.import_key for row in page if row.import_key})
    found = [_item(row, files.get(row.import_key or 0)) for row in page]
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


def _item(row: Quarantined, came_in: Import | None) -> Item:
    text, at = bytes(row.raw).decode(errors="replace"), _moment(row.received_at)
    if came_in is None:
        mendable = row.door in BY_DOOR
        return Item(row.key, text, row.reason, row.detail or "", row.door, at, mendable)
    place = json.loads(row.detail or "{}")
    return Item(
        row.key, text, row.reason, place.get("column", ""), row.door, at, mendable=False,
        import_key=came_in.key, file=came_in.name, row=place.get("row"),
    )  # fmt: skip


def _moment(ms: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(ms / 1000, dt.UTC)
