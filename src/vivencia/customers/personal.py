"""What this room holds about a person: for the export of their data and for erasure."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from vivencia.customers.contact.models import GIVEN_BACK, HELD
from vivencia.customers.models import ChannelPreference, Consent, Decision, Seat, Trait
from vivencia.interactions.reading import identity_keys

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
    # What was said and done about contacting somebody: keys, codes and times, no words of theirs.
    "contact_consents.purpose",
    "contact_consents.channel",
    "contact_consents.state",
    "contact_consents.version",
    "contact_consents.source",
    "contact_texts.version",
    "contact_texts.text",
    "contact_stopped.reason",
    "contact_preferences.channel",
    "contact_preferences.origin",
    "contact_seats.purpose",
    "contact_seats.channel",
    "contact_seats.state",
    "contact_seats.reason",
    "contact_seats.cause",
    "contact_limits.purpose",
    "contact_limits.channel",
    "contact_place_zones.place",
    "contact_place_zones.zone",
)


def held(customer: int) -> dict[str, Any]:
    """Everything this room knows of the customer, in plain values."""
    keys = identity_keys(customer)
    decisions = Decision.objects.filter(a__in=keys) | Decision.objects.filter(b__in=keys)
    return {
        "traits": list(Trait.objects.filter(identity__in=keys).values("name", "value")),
        "decisions": list(decisions.values("verdict", "at", "undone_at", "note").order_by("key")),
        "consents": list(
            Consent.objects.filter(identity__in=keys)
            .values("purpose", "channel", "state", "at", "version", "source")
            .order_by("key")
        ),
        "preferred_channels": list(
            ChannelPreference.objects.filter(identity__in=keys)
            .values("channel", "origin", "at")
            .order_by("key")
        ),
        "contacts": list(
            Seat.objects.filter(identity__in=keys)
            .values("purpose", "channel", "at", "state", "reason")
            .order_by("key")
        ),
    }


@transaction.atomic
def erase(customer: int) -> None:
    """Blank what is personal; decisions and the ledger stay, they are about keys.

    A "no" stays too: should the address ever come in again, it still holds. What waits is stopped.
    """
    keys = identity_keys(customer)
    Seat.objects.filter(identity__in=keys, state=HELD).update(state=GIVEN_BACK, reason="erased")
    ChannelPreference.objects.filter(identity__in=keys).delete()
    Trait.objects.filter(identity__in=keys).update(value=None)
    Decision.objects.filter(a__in=keys).update(note="")
    Decision.objects.filter(b__in=keys).update(note="")
