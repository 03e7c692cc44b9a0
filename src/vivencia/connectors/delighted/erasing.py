"""A person who is deleted: each room takes away what is theirs, the vault's identities last."""

from __future__ import annotations

from django.db import transaction

from vivencia.connectors import personal as connectors
from vivencia.connectors.delighted.people import person
from vivencia.customers import personal as customers
from vivencia.customers.contact.consents import WITHDRAWN
from vivencia.customers.models import Consent
from vivencia.interactions import personal as interactions
from vivencia.outbox import personal as outbox
from vivencia.people.actions import audit
from vivencia.surveys import personal as surveys

# From the top of the house down: those above find their rows by what lies below.
ROOMS = (connectors, surveys, outbox, customers)


@transaction.atomic
def delete(identity: int) -> None:
    """Nobody can be told by what stays: keys, times and scores, so that counts do not move."""
    who = person(identity)
    for room in ROOMS:
        room.erase(who.customer)
    said_no = Consent.objects.filter(identity__in=who.keys, state=WITHDRAWN)
    interactions.erase(who.customer, known_again=set(said_no.values_list("identity", flat=True)))
    audit(None, "customers.erased", f"customer:{who.customer}", door="api")
