"""A published survey and people the log knows, for the tests of asking."""

from __future__ import annotations

import uuid

from vivencia.customers.contact.models import ContactSettings
from vivencia.interactions.actions import record
from vivencia.interactions.models import Identity as Row
from vivencia.interactions.models import LogEntry
from vivencia.interactions.record import Identity, Interaction, Sort
from vivencia.surveys.builder import actions as builder
from vivencia.surveys.models import Policy, Survey

NOON = 1_795_000_000_000 // 86_400_000 * 86_400_000 + 12 * 3_600_000
DEFINITION = {
    "format": 1,
    "languages": ["es", "en"],
    "title": {"es": "¿Qué tal su visita?", "en": "How was your visit?"},
    "pages": [
        {
            "id": "p1",
            "elements": [
                {
                    "id": "nps",
                    "type": "nps",
                    "title": {"es": "¿Nos recomendaría, {person.name|cliente}?",
                              "en": "Would you recommend us, {person.name|customer}?"},
                    "required": True,
                    "ends": {"low": {"es": "nunca", "en": "never"},
                             "high": {"es": "seguro", "en": "surely"}},
                }
            ],
        }
    ],
}  # fmt: skip


def published(**more: object) -> Survey:
    survey = builder.create(None, DEFINITION, **more)  # type: ignore[arg-type]
    builder.publish(None, survey)
    return Survey.objects.get(pk=survey.pk)


def no_quiet() -> None:
    ContactSettings.objects.update_or_create(pk=1, defaults={"quiet_begins": 0, "quiet_ends": 0})


def lived(
    *values: str, at: int = NOON, kind: str = "call.ended", touchpoint: str = "help line"
) -> list[int]:
    """An interaction for each; the identities' keys."""
    sorts = [(Sort.email if "@" in value else Sort.phone, value) for value in values]
    record([
        Interaction(id=uuid.uuid4().bytes, source="test", happened_at=at, kind=kind,
                    touchpoint=touchpoint, identities=(Identity(sort, value),))
        for sort, value in sorts
    ])  # fmt: skip
    rows = dict(Row.objects.values_list("value", "key"))
    return [rows[value] for value in values]


def policy(survey: Survey, **more: object) -> Policy:
    given = {"kinds": ["call.ended"], "channels": ["email"], "delay": 0, **more}
    made = Policy.objects.create(survey=survey, **given)
    made.state, made.since = "live", 0
    made.save()
    return made


def newest() -> int:
    return LogEntry.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
