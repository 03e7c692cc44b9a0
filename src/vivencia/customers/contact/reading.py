"""What is known about contacting one customer, and what holds for everybody."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import NamedTuple

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from vivencia.customers.contact.arithmetic import Limit, excess
from vivencia.customers.contact.budget import current_rules
from vivencia.customers.contact.consents import GIVEN, WITHDRAWN, last_words
from vivencia.customers.contact.judging import Standing
from vivencia.customers.contact.merging import Kept, ledgers, longest
from vivencia.customers.contact.models import (
    COUNTED,
    Consent,
    ContactLimit,
    ContactSettings,
    PlaceZone,
    Seat,
    StoppedAddress,
)
from vivencia.customers.contact.standing import standings
from vivencia.customers.contact.words import CHANNELS, CHOOSABLE, PURPOSES, REASONS, Said
from vivencia.interactions.reading import identity_keys
from vivencia.lib.clock import DAY_MS, now_ms

SHOWN = 12
MOST_EXCESS = 100
STATES: dict[str, Promise] = {
    "held": _("planned"),
    "sending": _("being sent"),
    "sent": _("sent"),
    "unknown": _("nobody knows"),
    "given_back": _("not sent"),
    "refused": _("not asked"),
}
ORIGINS: dict[str, Promise] = {
    "said": _("the person said so"),
    "staff": _("noted by staff"),
    "learnt": _("learnt from what they answer"),
}

_TWO = """SELECT i.customer FROM contact_seats s JOIN identities i ON i.key = s.identity
WHERE s.state IN ('held', 'sending', 'sent', 'unknown') AND s.at > %s AND s.purpose <> 'asked_for'
GROUP BY i.customer HAVING min(s.identity) <> max(s.identity)"""
_AT_ONCE = 2_000


class Choice(NamedTuple):
    """What the customer said about one purpose and channel; empty state: nothing yet."""

    purpose: str
    channel: str
    purpose_said: str
    channel_said: str
    state: str
    proof: Consent | None


class Line(NamedTuple):
    """One line of the ledger in words."""

    at: int
    purpose: str
    channel: str
    state: str
    why: str


class OfCustomer(NamedTuple):
    """Everything about contacting one customer."""

    identity: int  # to which new words are written down
    preferred: str
    origin: str
    choices: list[Choice]
    stopped: list[tuple[int, str, int]]  # (identity, reason in words, when)
    lines: list[Line]


class Excess(NamedTuple):
    """More contacts than a limit allows, which only a merge can have made."""

    customer: int
    purpose: str
    made: int
    allowed: int
    days: int


def of_customer(number: int) -> OfCustomer | None:
    """What is known about contacting the customer; None for one nobody knows."""
    keys = identity_keys(number)
    if not keys:
        return None
    who = standings(_raw(), keys[:1], now_ms(), current_rules().limits)[keys[0]]
    best = who.preferred
    seats = Seat.objects.filter(identity__in=keys).order_by("-at", "-key")[:SHOWN]
    stopped = StoppedAddress.objects.filter(identity__in=keys)
    return OfCustomer(
        keys[0],
        said(CHANNELS[best[0]]) if best else "",
        str(ORIGINS[best[1]]) if best else "",
        _choices(who, keys),
        [(one.identity, _why("stopped"), one.at) for one in stopped],
        [_line(seat) for seat in seats],
    )


def limits() -> list[ContactLimit]:
    return list(ContactLimit.objects.order_by("purpose", "channel", "window"))


def settings() -> ContactSettings:
    return ContactSettings.objects.filter(pk=1).first() or ContactSettings(pk=1)


def place_zones() -> list[PlaceZone]:
    return list(PlaceZone.objects.order_by("place"))


def excesses() -> list[Excess]:
    """Customers that merges brought over a limit, the first hundred."""
    allowed = current_rules().limits
    since = now_ms() - longest(allowed)
    with connection.cursor() as cursor:
        cursor.execute(_TWO, [since])
        customers = [row[0] for row in cursor.fetchall()]
    found: list[Excess] = []
    for start in range(0, len(customers), _AT_ONCE):
        for seats in ledgers(customers[start : start + _AT_ONCE], since):
            found += _excesses(seats, allowed)
        if len(found) >= MOST_EXCESS:
            break
    return found[:MOST_EXCESS]


def _excesses(seats: list[Kept], allowed: Sequence[Limit]) -> list[Excess]:
    return [
        Excess(seats[0].customer, purpose_said(limit.purpose), made, limit.most,
               limit.window // DAY_MS)
        for limit, made in excess(allowed, [seat.contact for seat in seats])
    ]  # fmt: skip


def counts() -> dict[str, int]:
    """How many seats are in use, by purpose."""
    counted = Seat.objects.filter(state__in=COUNTED).values_list("purpose", flat=True)
    return {purpose: counted.filter(purpose=purpose).count() for purpose in PURPOSES}


def purpose_said(purpose: str) -> str:
    return said(PURPOSES[purpose].said) if purpose else str(_("all of them together"))


def said(words: Said) -> str:
    return words["es" if (get_language() or "es").startswith("es") else "en"]


def _choices(who: Standing, keys: list[int]) -> list[Choice]:
    spoken = list(Consent.objects.filter(identity__in=keys).order_by("-at", "-key"))
    choices = []
    for channel in [channel for channel in CHANNELS if channel in who.addresses]:
        for purpose in CHOOSABLE:
            state = last_words(who.words, purpose, channel)
            proof = next((one for one in spoken if state and _covers(one, purpose, channel)), None)
            choices.append(
                Choice(purpose, channel, said(PURPOSES[purpose].said), said(CHANNELS[channel]),
                       state, proof)
            )  # fmt: skip
    return choices


def _covers(one: Consent, purpose: str, channel: str) -> bool:
    heard = one.state in (GIVEN, WITHDRAWN)
    return heard and one.purpose in ("", purpose) and one.channel in ("", channel)


def _line(seat: Seat) -> Line:
    channel = said(CHANNELS[seat.channel]) if seat.channel in CHANNELS else seat.channel
    return Line(seat.at, purpose_said(seat.purpose), channel, str(STATES[seat.state]),
                _why(seat.reason))  # fmt: skip


def _why(reason: str) -> str:
    return said(REASONS[reason]) if reason in REASONS else reason


def _raw() -> sqlite3.Connection:
    connection.ensure_connection()
    raw: sqlite3.Connection = connection.connection
    return raw
