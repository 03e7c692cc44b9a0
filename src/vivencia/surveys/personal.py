"""What this room holds about a person: the definition of a survey says nothing of anybody."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from vivencia.surveys.answering import personal as answering
from vivencia.surveys.asking import personal as asking
from vivencia.surveys.channels import personal as channels

FIELDS: dict[str, dict[str, Any]] = {**answering.FIELDS, **asking.FIELDS, **channels.FIELDS}

NOT_PERSONAL: tuple[str, ...] = (
    "surveys_survey.uid",
    "surveys_survey.slug",
    "surveys_survey.name",
    "surveys_survey.state",
    "surveys_survey.touchpoint",
    "surveys_survey.purpose",
    "surveys_revision.definition",
    "surveys_version.definition",
    "surveys_version.digest",
    "surveys_brought.tool",
    "surveys_brought.lost",
    *answering.NOT_PERSONAL,
    *asking.NOT_PERSONAL,
    *channels.NOT_PERSONAL,
)


def held(customer: int) -> dict[str, Any]:
    """Everything this room knows of the customer, in plain values."""
    return {**answering.held(customer), **asking.held(customer), **channels.held(customer)}


@transaction.atomic
def erase(customer: int) -> None:
    """Take away what is theirs, in every folder of the room."""
    answering.erase(customer)
    asking.erase(customer)
    channels.erase(customer)
