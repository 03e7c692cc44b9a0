"""What this room holds about a person: for the export of their data and for erasure."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction

from vivencia.customers.contact.actions import remember_refusals
from vivencia.customers.contact.models import GIVEN_BACK, HELD
from vivencia.customers.models import ChannelPreference, Consent, Decision, Seat, Trait

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
    "contact_do_not_write.digest": {
        "purpose": {
            "es": "no volver a escribir a quien dijo que no (resumen con clave)",
            "en": "not write again to whoever said no (keyed hash)",
        },
        "basis": "legal duty",
        "retention": "for ever: it is what keeps the promise",
        "class": "pseudonym",
    },
    "rights_blocked.sealed": {
        "purpose": {
            "es": "ponerlo a disposición de jueces y autoridades (bloqueado y cifrado)",
            "en": "hand it to courts and authorities (blocked and sealed)",
        },
        "basis": "legal duty",
        "retention": "until its term, 10 years at most",
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
    # Keys and codes: who was erased, and why; how long things stay.
    "rights_erasures.identities",
    "rights_erasures.reason",
    "rights_erasures.files",
    "rights_blocked.law",
    "rights_terms.name",
    "contact_do_not_write.purpose",
    "contact_do_not_write.channel",
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


def held(keys: Collection[int]) -> dict[str, Any]:
    """Everything this room knows of the customer, in plain values."""
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
def erase(keys: Collection[int]) -> None:
    """Blank what is personal; decisions and the ledger stay, they are about keys.

    Of a "no" a keyed hash of the address stays (contact/refusals.py). What waits is stopped.
    """
    remember_refusals(keys)
    Seat.objects.filter(identity__in=keys, state=HELD).update(state=GIVEN_BACK, reason="erased")
    ChannelPreference.objects.filter(identity__in=keys).delete()
    Trait.objects.filter(identity__in=keys).update(value=None)
    Decision.objects.filter(a__in=keys).update(note="")
    Decision.objects.filter(b__in=keys).update(note="")
