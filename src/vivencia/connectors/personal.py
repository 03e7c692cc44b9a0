"""What this room holds about a person: for the export of their data and for erasure."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction

from vivencia.connectors.models import Gone, Membership

FIELDS: dict[str, dict[str, Any]] = {}
NOT_PERSONAL = ("delighted_memberships.platform",)


def held(keys: Collection[int]) -> dict[str, Any]:
    """In which Autopilot the customer of these identities is."""
    found = Membership.objects.filter(identity__in=keys).order_by("key")
    return {"autopilot": list(found.values("platform", "created_at", "next_at"))}


@transaction.atomic
def erase(keys: Collection[int]) -> None:
    """They are asked no more, and what they answered leaves the lists; counts stay."""
    Membership.objects.filter(identity__in=keys).delete()
    Gone.objects.bulk_create([Gone(identity=key) for key in keys], ignore_conflicts=True)
