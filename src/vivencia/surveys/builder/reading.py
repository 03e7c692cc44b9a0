"""Surveys, their drafts and their versions, as rooms and pages read them."""

from __future__ import annotations

from functools import lru_cache

from vivencia.interactions.models import FactName
from vivencia.lib.errors import NotFound
from vivencia.surveys.definition import schema
from vivencia.surveys.definition.obstacles import Obstacle, obstacles
from vivencia.surveys.definition.schema import Definition
from vivencia.surveys.models import Revision, Survey, Version


def survey(slug: str) -> Survey:
    found = Survey.objects.filter(slug=slug).first()
    if found is None:
        raise NotFound(es="Esa encuesta no está aquí.", en="That survey is not here.")
    return found


def latest(survey: Survey) -> Version | None:
    """The version people are shown now; None before the first publishing."""
    return Version.objects.filter(survey=survey).order_by("-number").first()


def version(key: int) -> Version:
    found = Version.objects.select_related("survey").filter(pk=key).first()
    if found is None:
        raise NotFound(es="Esa versión no está aquí.", en="That version is not here.")
    return found


def definition(of: Version | Revision) -> Definition:
    """What a version or a draft says, read once for all who ask."""
    return _read(of.definition)


def draft(survey: Survey) -> Definition:
    """What the editor shows now."""
    return definition(Revision.objects.get(survey=survey, number=survey.revision))


def is_changed(survey: Survey) -> bool:
    """Whether the draft says something else than what people are shown."""
    shown = latest(survey)
    return shown is None or definition(shown) != draft(survey)


def to_mend(survey: Survey) -> list[Obstacle]:
    """What keeps the draft from being published."""
    facts = frozenset(FactName.objects.values_list("name", flat=True))
    return obstacles(draft(survey), anonymous=survey.anonymous, known=facts)


def can_undo(survey: Survey) -> bool:
    return Revision.objects.filter(survey=survey, number__lt=survey.revision).exists()


def can_redo(survey: Survey) -> bool:
    return Revision.objects.filter(survey=survey, number__gt=survey.revision).exists()


@lru_cache(maxsize=256)
def _read(text: str) -> Definition:
    """By its text, not its key: what is frozen may be shared, and a draft is not frozen."""
    return schema.read(text)
