"""What waits for people who turned out to be one, and is more than they agreed to bear."""

from __future__ import annotations

import time

from django.db import connection, transaction

from vivencia.customers.contact.merging import MERGED, give_back_surplus, joined
from vivencia.lib import checkpoints
from vivencia.lib.pace import Pace
from vivencia.outbox.actions import cancel_seats
from vivencia.surveys.asking.due import SCHEDULED, SKIPPED
from vivencia.surveys.models import Invitation

# How many customers go together is learnt from what one takes on a slow machine; with fewer than
# these the fixed cost of a transaction would outweigh them.
_EACH_S, _FEWEST = 100e-6, 150


def stop_surplus(now: int) -> int:
    """Stop what waits and only a merge made too much; how many contacts that were.

    A sender would refuse each of them at its hour all the same: this says so beforehand.
    """
    customers, done, stopped = joined(now), 0, 0
    pace = Pace(_EACH_S, least=_FEWEST)
    connection.ensure_connection()
    with checkpoints.seldom(connection.connection) as checkpoint:
        while done < len(customers):
            room = pace.room
            stopped += _stop(customers[done : done + room], now, pace)
            done += room
            checkpoint()
    return stopped


def _stop(customers: list[int], now: int, pace: Pace) -> int:
    with transaction.atomic():
        began = time.perf_counter()
        given_back = give_back_surplus(customers, now)
        people, seats = [one.identity for one in given_back], [one.key for one in given_back]
        # By the person too: that index finds them, whatever else waits.
        waiting = Invitation.objects.filter(identity__in=people, seat__in=seats, state=SCHEDULED)
        waiting.update(state=SKIPPED, reason=MERGED)
        cancel_seats(people, seats, MERGED)
    pace.learn(len(customers), time.perf_counter() - began)
    return len(given_back)
