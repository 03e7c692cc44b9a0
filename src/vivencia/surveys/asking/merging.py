"""What waits for people who turned out to be one, and is more than they agreed to bear."""

from __future__ import annotations

from django.db import transaction

from vivencia.customers.contact.merging import MERGED, give_back_surplus, joined
from vivencia.outbox.actions import cancel
from vivencia.outbox.models import WAITING, Message
from vivencia.surveys.asking.due import SCHEDULED, SKIPPED
from vivencia.surveys.models import Invitation

_AT_ONCE = 50  # customers in one transaction


def stop_surplus(now: int) -> int:
    """Stop what waits and only a merge made too much; how many contacts that were.

    A sender would refuse each of them at its hour all the same: this says so beforehand.
    """
    customers = joined(now)
    groups = range(0, len(customers), _AT_ONCE)
    return sum(_stop(customers[start : start + _AT_ONCE], now) for start in groups)


@transaction.atomic
def _stop(customers: list[int], now: int) -> int:
    seats = give_back_surplus(customers, now)
    waiting = Invitation.objects.filter(seat__in=seats, state=SCHEDULED)
    waiting.update(state=SKIPPED, reason=MERGED)
    messages = Message.objects.filter(seat__in=seats, state=WAITING)
    for key in list(messages.values_list("key", flat=True)):
        cancel(key, MERGED)
    return len(seats)
