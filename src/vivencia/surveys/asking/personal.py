"""What asking holds about a person: whom it asked about what, and the link it gave them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction

from vivencia.surveys.models import Invitation

_ASKED = {
    "purpose": {"es": "preguntar una vez, y no más", "en": "ask once, and no more"},
    "basis": "legitimate interest",
    "retention": "2 years",
    "class": "pseudonym",
}
FIELDS: dict[str, dict[str, Any]] = {
    "surveys_invitation.about": _ASKED,
    "surveys_invitation.token": {
        "purpose": {
            "es": "repetir el mismo enlace en un recordatorio (cifrado)",
            "en": "repeat the same link in a reminder (sealed)",
        },
        "basis": "legitimate interest",
        "retention": "while the link lives, 30 days",
        "class": "credential",
    },
}
NOT_PERSONAL = (
    "surveys_policy.kinds",
    "surveys_policy.touchpoint",
    "surveys_policy.channels",
    "surveys_policy.state",
    "surveys_invitation.channel",
    "surveys_invitation.language",
    "surveys_invitation.state",
    "surveys_invitation.reason",
)


def held(keys: Collection[int]) -> dict[str, Any]:
    """When the customer was asked, or was not, and why."""
    asked = Invitation.objects.filter(identity__in=keys).order_by("key")
    return {
        "invitations": list(
            asked.values("survey__slug", "channel", "state", "reason", "due_at", "created_at")
        )
    }


@transaction.atomic
def erase(keys: Collection[int]) -> None:
    """Close the links they were given; that somebody was asked, and when, stays."""
    theirs = Invitation.objects.filter(identity__in=keys)
    theirs.filter(state="scheduled").update(state="skipped", reason="erased")
    theirs.update(token=b"")
