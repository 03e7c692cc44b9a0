"""What two ledgers come to when two customers turn out to be one: what waits and is too much."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from django.db import connection

from vivencia.customers.contact.arithmetic import Contact, Limit, surplus
from vivencia.customers.contact.budget import current_rules, give_all_back
from vivencia.customers.contact.models import HELD
from vivencia.customers.contact.words import RELATIONSHIP

MERGED = "merged"
# Customers with a seat that waits, and another that counts at another of their addresses.
_JOINED = """SELECT DISTINCT mine.customer FROM contact_seats waits
JOIN identities mine ON mine.key = waits.identity
WHERE waits.state = 'held' AND waits.purpose <> 'asked_for' AND EXISTS (
    SELECT 1 FROM identities other JOIN contact_seats s ON s.identity = other.key
    WHERE other.customer = mine.customer AND other.key <> mine.key
        AND s.at > %s AND s.state IN ('held', 'sending', 'sent', 'unknown'))"""
_SEATS = """SELECT i.customer, s.key, s.identity, s.at, s.purpose, s.channel, s.state
FROM identities i JOIN contact_seats s ON s.identity = i.key
WHERE i.customer IN (SELECT value FROM json_each(%s)) AND s.at > %s
    AND s.state IN ('held', 'sending', 'sent', 'unknown') AND s.purpose <> 'asked_for'
ORDER BY i.customer, s.key"""


class Kept(NamedTuple):
    """A seat that counts."""

    customer: int
    key: int
    identity: int
    at: int
    purpose: str
    channel: str
    state: str

    @property
    def contact(self) -> Contact:
        return Contact(self.at, self.purpose, self.channel)


def joined(now: int) -> list[int]:
    """The customers whose waiting contacts are to be looked at again since a merge."""
    with connection.cursor() as cursor:
        cursor.execute(_JOINED, [now - longest(current_rules().limits)])
        return [row[0] for row in cursor.fetchall()]


def give_back_surplus(customers: list[int], now: int) -> list[Kept]:
    """Give back what waits and fits no more; those seats as they were.

    In the caller's transaction. What goes by the calendar stays before what is frequent, what
    comes sooner before what comes later; what was sent is never taken back.
    """
    limits = current_rules().limits
    found = [
        seat
        for seats in ledgers(customers, now - longest(limits))
        for seat in _surplus(limits, seats)
    ]
    give_all_back([seat.key for seat in found], MERGED)
    return found


def ledgers(customers: list[int], since: int) -> Iterator[list[Kept]]:
    """The seats that count of each customer who has any."""
    with connection.cursor() as cursor:
        cursor.execute(_SEATS, [json.dumps(customers), since])
        seats = [Kept(*row) for row in cursor.fetchall()]
    for _, of_one in groupby(seats, attrgetter("customer")):
        yield list(of_one)


def longest(limits: tuple[Limit, ...]) -> int:
    """The window beyond which no contact counts any more."""
    return max((limit.window for limit in limits), default=0)


def _surplus(limits: tuple[Limit, ...], seats: list[Kept]) -> list[Kept]:
    made = [seat.contact for seat in seats if seat.state != HELD]
    waits = sorted(
        (seat for seat in seats if seat.state == HELD),
        key=lambda seat: (seat.purpose != RELATIONSHIP, seat.at, seat.key),
    )
    return [waits[place] for place in surplus(limits, made, [one.contact for one in waits])]
