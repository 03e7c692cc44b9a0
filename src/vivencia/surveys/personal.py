"""What this room holds about a person: the definition of a survey says nothing of anybody."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from django.db import transaction

from vivencia.surveys.answering import personal as answering
from vivencia.surveys.asking import personal as asking
from vivencia.surveys.channels import personal as channels
from vivencia.surveys.results import personal as results

FIELDS: dict[str, dict[str, Any]] = {
    **answering.FIELDS, **asking.FIELDS, **channels.FIELDS, **results.FIELDS,
}  # fmt: skip

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
    *results.NOT_PERSONAL,
)


def held(keys: Collection[int]) -> dict[str, Any]:
    """Everything this room knows of the customer, in plain values."""
    return {
        **answering.held(keys), **asking.held(keys), **channels.held(keys), **results.held(keys),
    }  # fmt: skip


def attached(keys: Collection[int]) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of each file they sent with an answer."""
    return answering.attached(keys)


@transaction.atomic
def erase(keys: Collection[int]) -> None:
    """Take away what is theirs, in every folder of the room."""
    answering.erase(keys)
    asking.erase(keys)
    channels.erase(keys)
    results.erase(keys)
