"""Relationship surveys by the calendar: seats are kept long before frequent surveys are served."""

from __future__ import annotations

import time

from django.db import connection, transaction

from vivencia.customers.contact.words import ADDRESS_SORT
from vivencia.interactions.models import Counter
from vivencia.lib.clock import DAY_MS
from vivencia.lib.pace import Pace
from vivencia.surveys.asking.drawing import is_drawn, turn_of
from vivencia.surveys.asking.following import of_policy
from vivencia.surveys.asking.scheduling import Plan, pace, schedule
from vivencia.surveys.models import Policy, PolicyState, State

AHEAD_MS = 45 * DAY_MS  # seats are kept this long before: longer than the longest usual window
MARK = "surveys.turns"
_ONE_EACH = """SELECT i.key, i.customer FROM identities i
WHERE i.key > %s AND i.value IS NOT NULL AND i.sort IN (SELECT value FROM json_each(%s))
    AND NOT EXISTS (SELECT 1 FROM identities e WHERE e.customer = i.customer
        AND e.sort = i.sort AND e.key < i.key AND e.value IS NOT NULL)
ORDER BY i.key LIMIT %s"""


def reserve(now: int) -> int:
    """Keep a seat for everybody whose turn comes within `AHEAD_MS`; how many were kept.

    Begun anew each day; within a day it goes on where it stopped.
    """
    kept = 0
    for policy in Policy.objects.select_related("survey").filter(
        state=PolicyState.live, cadence__gt=0, survey__state=State.published
    ):
        own = pace()
        while (step := _step(policy, now, own)) is not None:
            kept += step
    return kept


def _step(policy: Policy, now: int, own: Pace) -> int | None:
    """Keep seats for the next people, in one transaction; None when the day's round is done."""
    day = now // DAY_MS
    with transaction.atomic():
        began = time.perf_counter()
        done, _ = Counter.objects.get_or_create(name=f"{MARK}.{policy.pk}.day")
        if done.n == day:
            return None
        mark, _ = Counter.objects.get_or_create(name=f"{MARK}.{policy.pk}.identity")
        found = people(mark.n, policy, room := own.room)
        plans = [plan for key, customer in found if (plan := plan_for(policy, key, customer, now))]
        kept = schedule(of_policy(policy), plans, now)
        ended = len(found) < room
        Counter.objects.filter(pk=mark.pk).update(n=0 if ended else found[-1][0])
        if ended:
            Counter.objects.filter(pk=done.pk).update(n=day)
    own.learn(len(found), time.perf_counter() - began)
    return kept


def plan_for(policy: Policy, identity: int, customer: int, now: int) -> Plan | None:
    """The customer's next turn if it is near; None while it is far."""
    number, at = turn_of(policy.pk, customer, policy.cadence, now)
    if at > now + AHEAD_MS:
        return None
    name = number.to_bytes(8, "big", signed=True) + customer.to_bytes(8, "big", signed=True)
    drawn = is_drawn(policy.pk, name, policy.share)
    return Plan(identity, at, turn=number, skip="" if drawn else "not_drawn")


def people(after: int, policy: Policy, most: int) -> list[tuple[int, int]]:
    """(identity, customer) of the next people who can be reached, `most` of them: one identity of
    a sort each."""
    sorts = sorted({int(ADDRESS_SORT[channel]) for channel in policy.channels or ["email"]})
    with connection.cursor() as cursor:
        cursor.execute(_ONE_EACH, [after, str(sorts), most])
        return [(row[0], row[1]) for row in cursor.fetchall()]
