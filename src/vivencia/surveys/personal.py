"""What this room holds about a person: the definition of a survey says nothing of anybody."""

from __future__ import annotations

from typing import Any

from vivencia.surveys.answering import personal as answering

FIELDS: dict[str, dict[str, Any]] = {**answering.FIELDS}

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
    *answering.NOT_PERSONAL,
)

held, erase = answering.held, answering.erase
