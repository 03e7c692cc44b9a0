"""Finding customers: by what the vault knows of them, or by what they lived through.

The list walks back through the log, so its order is that of the latest fitting interaction, and
no list of customers has to be kept. A rare filter looks through a bounded stretch at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection

from vivencia.customers.masks import masked, masked_text
from vivencia.customers.queries import sql
from vivencia.customers.reading import KnownAs, names_of
from vivencia.customers.story import NPS_PASSIVE, NPS_PROMOTER, Entry
from vivencia.interactions.identities import normal
from vivencia.interactions.models import Identity, LogEntry, Word
from vivencia.interactions.reasons import BadItem
from vivencia.interactions.record import Sort
from vivencia.lib.clock import DAY_MS, now_ms
from vivencia.lib.errors import BadQuestion

PAGE = 50
LOOK_BACK = 200_000  # interactions one page looks through at most
_AFTER_ALL = "\U0010ffff"

# category -> (lowest, highest) note of NPS, in thousandths
NPS_CATEGORIES = {
    "promoter": (NPS_PROMOTER, 10_000),
    "passive": (NPS_PASSIVE, NPS_PROMOTER - 1),
    "detractor": (0, NPS_PASSIVE - 1),
}
SEEN_DAYS = (7, 30, 90, 365)


class Wanted(NamedTuple):
    """What an interaction of the customer must be like, all at once; None asks nothing."""

    stage: int | None = None
    channel: str | None = None
    seen: int | None = None  # happened within so many days
    nps: str | None = None  # a category


class Found(NamedTuple):
    """A customer of the list; `latest` is the newest interaction that fits, if asked by one."""

    number: int
    name: str
    identities: list[KnownAs]
    latest: Entry | None


@dataclass(frozen=True, slots=True)
class Page:
    customers: list[Found]
    before: int | None  # seq to go on from; None at the end of the log
    looked: int = 0  # interactions looked through for this page


def customers(wanted: Wanted, before: int | None = None, *, personal: bool) -> Page:
    """A page of customers by their latest interaction that fits, before place `before`."""
    newest = LogEntry.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
    start = newest + 1 if before is None else min(before, newest + 1)
    floor = max(1, start - LOOK_BACK)
    filters, bound = _filters(wanted)
    latest: dict[int, Entry] = {}
    seq = start
    with connection.cursor() as cursor:
        cursor.execute(_text("latest", filters), {**bound, "before": start, "floor": floor})
        for row in cursor:
            seq, customer = row[0], row[1]
            if customer not in latest and not _shown_before(customer, before, filters, bound):
                latest[customer] = _entry(row)
                if len(latest) == PAGE:
                    break
        else:
            seq = floor
    found = _described(latest, personal=personal)
    return Page([one._replace(latest=latest[one.number]) for one in found], _next(seq), start - seq)


def search(text: str, *, personal: bool, most: int = PAGE) -> list[Found]:
    """Customers whose identity or trait is `text`; with `personal` also those beginning with it.

    Who may not see values must know one whole: prefixes would let them be guessed.
    """
    numbers: dict[int, None] = {}
    for spelling in _spellings(text):
        last = spelling + _AFTER_ALL if personal else spelling
        with connection.cursor() as cursor:
            cursor.execute(sql("search"), {"first": spelling, "last": last, "most": most})
            numbers |= dict.fromkeys(row[0] for row in cursor.fetchall())
    return _described(list(numbers)[:most], personal=personal)


def channels(most: int = 40) -> list[str]:
    """The channels that occur, for a filter to offer."""
    words = Word.objects.filter(field="channel").exclude(text=None).order_by("text")
    return [word.text or "" for word in words[:most]]


def anybody() -> bool:
    """Whether there is any customer at all."""
    return Identity.objects.exists()


def _spellings(text: str) -> list[str]:
    """The text as typed, and as an identity of each sort would be kept."""
    typed = " ".join(text.split())[:255]
    spellings = dict.fromkeys([typed] if typed else [])
    for sort in Sort:
        try:
            spellings[normal(sort, typed)] = None
        except BadItem:
            continue
    return list(spellings)


def _filters(wanted: Wanted) -> tuple[str, dict[str, Any]]:
    """(conditions on the log's row `l`, the values they bind)."""
    conditions: list[str] = []
    bound: dict[str, Any] = {}
    if wanted.stage is not None:
        conditions.append("l.stage = %(stage)s")
        bound["stage"] = wanted.stage
    if wanted.channel is not None:
        conditions.append("l.channel = %(channel)s")
        bound["channel"] = _code("channel", wanted.channel)
    if wanted.seen is not None:
        conditions.append("l.happened_at >= %(since)s")
        bound["since"] = now_ms() - wanted.seen * DAY_MS
    if wanted.nps is not None:
        conditions.append("l.scale = %(nps)s AND l.score BETWEEN %(low)s AND %(high)s")
        bound["low"], bound["high"] = NPS_CATEGORIES[wanted.nps]
        bound["nps"] = _code("scale", "nps")
    return " AND ".join(conditions) or "true", bound


def _code(field: str, text: str) -> int:
    """The code of a word; one that no interaction has fits none."""
    code = Word.objects.filter(field=field, text=text).values_list("code", flat=True).first()
    return -1 if code is None else code


def _text(name: str, filters: str) -> str:
    return sql(name).replace("/*filters*/", filters)


def _shown_before(
    customer: int, before: int | None, filters: str, bound: Mapping[str, Any]
) -> bool:
    """Whether an earlier page showed the customer, for an interaction after this one."""
    if before is None:
        return False
    with connection.cursor() as cursor:
        cursor.execute(_text("newer", filters), {**bound, "customer": customer, "before": before})
        return cursor.fetchone() is not None


def _next(seq: int) -> int | None:
    return seq if seq > 1 else None


def _entry(row: Sequence[Any]) -> Entry:
    return Entry(
        seq=row[0],
        happened_at=row[2],
        stage=row[3],
        outcome=row[4],
        score=row[5],
        kind=row[6] or "",
        channel=row[7] or "",
        touchpoint=row[8] or "",
        scale=row[9] or "",
    )


def _described(numbers: Iterable[int], *, personal: bool) -> list[Found]:
    """The customers with their names and identities, in the order given."""
    told: dict[int, list[KnownAs]] = {number: [] for number in numbers}
    rows = Identity.objects.filter(customer__in=told).order_by("sort", "key")
    for key, sort, value, customer in rows.values_list("key", "sort", "value", "customer"):
        shown = (value or "") if personal else masked(sort, value)
        told[customer].append(KnownAs(key, sort, shown, customer))
    names = names_of(known.key for known_as in told.values() for known in known_as)
    found = []
    for number, identities in told.items():
        name = next((names[one.key] for one in identities if one.key in names), "")
        found.append(Found(number, name if personal else masked_text(name), identities, None))
    return found


def wanted_from(asked: Mapping[str, str]) -> Wanted:
    """The filters of an address; BadQuestion for a value that is not offered."""
    try:
        stage = int(asked["stage"]) if asked.get("stage") else None
        seen = int(asked["seen"]) if asked.get("seen") else None
    except ValueError:
        raise _unknown() from None
    nps = asked.get("nps") or None
    if (stage is not None and not 0 <= stage <= 6) or (seen and seen not in SEEN_DAYS):
        raise _unknown()
    if nps is not None and nps not in NPS_CATEGORIES:
        raise _unknown()
    return Wanted(stage, asked.get("channel") or None, seen, nps)


def _unknown() -> BadQuestion:
    return BadQuestion(
        es="Ese filtro no existe. Elige entre los que ofrece la página.",
        en="There is no such filter. Choose among those the page offers.",
    )
