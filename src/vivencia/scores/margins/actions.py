"""Every change to the known shares of customers."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from vivencia.lib.errors import BadInput
from vivencia.people.actions import audit
from vivencia.people.models import User
from vivencia.scores.margins.reading import fields
from vivencia.scores.margins.shares import WHOLE, Shares
from vivencia.scores.models import KnownShare


@transaction.atomic
def set_shares(actor: User | None, known: Mapping[str, Shares]) -> None:
    """Each field's shares, instead of those it had. Raises BadInput for a field that is neither
    a place or channel nor a declared fact, or for shares that are not whole."""
    allowed = fields()
    for field, shares in known.items():
        if field not in allowed:
            listed = ", ".join(allowed)
            raise BadInput(
                es=f"No se puede ponderar por «{field[:40]}». Puedes usar: {listed}.",
                en=f"Nothing can be weighted by “{field[:40]}”. You can use: {listed}.",
            )
        if sum(shares.values()) != WHOLE:
            raise BadInput(es="Los grupos no suman todo.", en="The groups do not add up.")
        KnownShare.objects.filter(field=field).delete()
        KnownShare.objects.bulk_create(
            KnownShare(field=field, value=value, share=share) for value, share in shares.items()
        )
        audit(actor, "scores.shares_set", f"field:{field}")


@transaction.atomic
def forget(actor: User | None, field: str) -> None:
    """Weight by `field` no longer."""
    if KnownShare.objects.filter(field=field).delete()[0]:
        audit(actor, "scores.shares_forgotten", f"field:{field}")
