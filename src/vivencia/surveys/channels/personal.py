"""What channels hold about a person: where a conversation stands, and what waits to be posted."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction

from vivencia.interactions.personal import mentions_of
from vivencia.surveys.models import Conversation, Delivery

_UNTIL = "until its survey ends, 30 days at most"


def _kept(es: str, en: str, sort: str) -> dict[str, Any]:
    return {
        "purpose": {"es": es, "en": en},
        "basis": "legitimate interest",
        "retention": _UNTIL,
        "class": sort,
    }


_SAME = _kept("que nadie responda dos veces", "that nobody answers twice", "pseudonym")

FIELDS = {
    "surveys_call.browser": _SAME,
    "surveys_conversation.browser": _SAME,
    "surveys_delivery.left": {
        **_kept(
            "que no se pierda lo que no se pudo leer",
            "lose nothing that could not be read",
            "content",
        ),
        "retention": "90 days",
    },
    "surveys_conversation.pending": _kept(
        "seguir con lo que dejó a medias", "go on with what was left half done", "content"
    ),
}

NOT_PERSONAL = (
    "surveys_share.sort",
    "surveys_share.label",
    "surveys_share.token",
    "surveys_share.origins",
    "surveys_device.name",
    "surveys_device.digest",
    "surveys_delivery.outcome",
    "surveys_delivery.reason",
    "surveys_call.language",
    "surveys_call.outcome",
    "surveys_conversation.language",
    "surveys_conversation.step",
    "surveys_conversation.element",
)


def held(keys: Collection[int]) -> dict[str, Any]:
    """What the customer has said in a conversation that has not been posted yet, and what a
    device could not hand over that names them."""
    found = _conversations(keys).values("pending", "step", "asked_at", "ended_at")
    left = Delivery.objects.filter(key__in=_naming(keys)).order_by("received_at")
    return {
        "survey_conversations": list(found.order_by("key")),
        "survey_left": list(left.values("received_at", "left")),
    }


@transaction.atomic
def erase(keys: Collection[int]) -> None:
    """Their conversations are gone; their answers are answering's."""
    _conversations(keys).delete()
    Delivery.objects.filter(key__in=_naming(keys)).update(left="")


def _conversations(keys: Collection[int]) -> Any:
    return Conversation.objects.filter(identity__in=keys)


def _naming(keys: Collection[int]) -> list[int]:
    """Keys of the deliveries of which something is left that names them."""
    mentions = mentions_of(keys)
    told = Delivery.objects.exclude(left="").values_list("key", "left") if mentions else ()
    return [key for key, left in told if mentions.in_text(left)]
