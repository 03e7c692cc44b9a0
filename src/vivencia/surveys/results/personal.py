"""What results hold about a person: how far their answers were taken care of."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from vivencia.interactions.models import LogEntry
from vivencia.surveys.models import Followed

FIELDS = {
    "surveys_followed.answer": {
        "purpose": {
            "es": "que quien pidió algo no se quede sin respuesta",
            "en": "that nobody who asked for something is left waiting",
        },
        "basis": "legitimate interest",
        "retention": "until erased",
        "class": "pseudonym",
    },
}

NOT_PERSONAL = ("surveys_followed.state",)


def held(keys: Collection[int]) -> dict[str, Any]:
    return {"survey_care": list(_theirs(keys).order_by("at").values("state", "at"))}


def erase(keys: Collection[int]) -> None:
    """What was done about their answers is theirs no more; the log keeps its numbers."""
    _theirs(keys).delete()


def _theirs(keys: Collection[int]) -> QuerySet[Followed]:
    answers = LogEntry.objects.filter(identity__in=keys).values("uid")
    return Followed.objects.filter(answer__in=answers)
