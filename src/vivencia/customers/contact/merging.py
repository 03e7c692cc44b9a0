"""What two ledgers come to when two customers turn out to be one: what waits and is too much."""

from __future__ import annotations

from collections import defaultdict

from django.db import connection

from vivencia.customers.contact.arithmetic import Contact, Limit, surplus
from vivencia.customers.contact.budget import current_rules, give_back
from vivencia.customers.contact.models import COUNTED, HELD, Seat
from vivencia.customers.contact.words import ASKED_FOR, RELATIONSHIP
from vivencia.interactions.models import Identity

MERGED = "merged"
_AT_ONCE = 100
# Customers with a seat that waits, and another that counts at another of their addresses.
_JOINED = """SELECT DISTINCT mine.customer FROM contact_seats waits
JOIN identities mine ON mine.key = waits.identity
WHERE waits.state = 'held' AND waits.purpose <> 'asked_for' AND EXISTS (
    SELECT 1 FROM identities other JOIN contact_seats s ON s.identity = other.key
    WHERE other.customer = mine.customer AND other.key <> mine.key
        AND s.at > %s AND s.state IN ('held', 'sending', 'sent', 'unknown'))"""


def joined(now: int) -> list[int]:
    """The customers whose waiting contacts are to be looked at again since a merge."""
    with connection.cursor() as cursor:
        cursor.execute(_JOINED, [now - _longest(current_rules().limits)])
        return [row[0] for row in cursor.fetchall()]


def give_back_surplus(customers: list[int], now: int) -> list[int]:
    """Give back what waits and fits no more; the keys of those seats.

    In the caller's transaction. What goes by the calendar stays before what is frequent, what
    comes sooner before what comes later; what was sent is never taken back.
    """
    limits = current_rules().limits
    found = []
    for start in range(0, len(customers), _AT_ONCE):
        for seats in _seats(customers[start : start + _AT_ONCE], now - _longest(limits)):
            made = [_contact(seat) for seat in seats if seat.state != HELD]
            waits = sorted(
                (seat for seat in seats if seat.state == HELD),
                key=lambda seat: (seat.purpose != RELATIONSHIP, seat.at, seat.key),
            )
            over = surplus(limits, made, [_contact(seat) for seat in waits])
            found += [waits[place].key for place in over]
    for key in found:
        give_back(key, MERGED)
    return found


def _seats(customers: list[int], since: int) -> list[list[Seat]]:
    """The seats that count of each customer."""
    whose = dict(Identity.objects.filter(customer__in=customers).values_list("key", "customer"))
    counted = Seat.objects.filter(identity__in=whose, state__in=COUNTED, at__gt=since)
    by_customer = defaultdict(list)
    for seat in counted.exclude(purpose=ASKED_FOR):
        by_customer[whose[seat.identity]].append(seat)
    return list(by_customer.values())


def _contact(seat: Seat) -> Contact:
    return Contact(seat.at, seat.purpose, seat.channel)


def _longest(limits: tuple[Limit, ...]) -> int:
    return max((limit.window for limit in limits), default=0)
