"""What this room holds about a person: for the export of their data and for erasure."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from vivencia.connectors.models import Gone, Membership
from vivencia.interactions.reading import identity_keys

FIELDS: dict[str, dict[str, Any]] = {}
NOT_PERSONAL = ("delighted_memberships.platform",)


def held(customer: int) -> dict[str, Any]:
    """In which Autopilot the customer is."""
    found = Membership.objects.filter(identity__in=identity_keys(customer)).order_by("key")
    return {"autopilot": list(found.values("platform", "created_at", "next_at"))}


@transaction.atomic
def erase(customer: int) -> None:
    """They are asked no more, and what they answered leaves the lists; counts stay."""
    keys = identity_keys(customer)
    Membership.objects.filter(identity__in=keys).delete()
    Gone.objects.bulk_create([Gone(identity=key) for key in keys], ignore_conflicts=True)
