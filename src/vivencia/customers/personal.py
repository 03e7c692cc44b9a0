"""What this room holds about a person: for the export of their data and for erasure."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from vivencia.customers.models import Decision, Trait
from vivencia.interactions.models import Identity

# table.column -> why it is kept, on what ground, how long, how sensitive it is.
FIELDS = {
    "traits.value": {
        "purpose": {"es": "reconocer y atender al cliente", "en": "know and serve the customer"},
        "basis": "contract",
        "retention": "until erased",
        "class": "contact",
    },
    "decisions.note": {
        "purpose": {"es": "explicar una unión o separación", "en": "explain a merge or a parting"},
        "basis": "legitimate interest",
        "retention": "until erased",
        "class": "content",
    },
}

NOT_PERSONAL = (
    "decisions.verdict",
    "traits.name",
    "conflicts.reason",
    "conflicts.identities",
    "conflicts.links",
    "conflicts.customers",
)


def held(customer: int) -> dict[str, Any]:
    """Everything this room knows of the customer, in plain values."""
    keys = _keys(customer)
    decisions = Decision.objects.filter(a__in=keys) | Decision.objects.filter(b__in=keys)
    return {
        "traits": list(Trait.objects.filter(identity__in=keys).values("name", "value")),
        "decisions": list(decisions.values("verdict", "at", "undone_at", "note").order_by("key")),
    }


@transaction.atomic
def erase(customer: int) -> None:
    """Blank what is personal; decisions stay, they are about keys."""
    keys = _keys(customer)
    Trait.objects.filter(identity__in=keys).update(value=None)
    Decision.objects.filter(a__in=keys).update(note="")
    Decision.objects.filter(b__in=keys).update(note="")


def _keys(customer: int) -> list[int]:
    return list(Identity.objects.filter(customer=customer).values_list("key", flat=True))
