"""Which survey stands in for Delighted's."""

from __future__ import annotations

from django.db import transaction

from vivencia.connectors.delighted.models import Choice
from vivencia.lib.clock import now_ms
from vivencia.lib.errors import BadInput
from vivencia.people.actions import audit
from vivencia.people.models import User
from vivencia.surveys.builder import reading
from vivencia.surveys.models import State, Survey

IMPORTED = "delighted"  # what a file of Delighted's answers says its survey was
FEWEST_DAYS, MOST_DAYS = 30, 730


def choice() -> Choice:
    return Choice.objects.select_related("survey").filter(pk=1).first() or Choice(pk=1)


def chosen() -> Survey | None:
    """The survey that was chosen, or the only one it can be: the first that is open to answers."""
    told = choice().survey
    if told is not None:
        return told if told.is_open else None
    return next((one for one in candidates() if one.is_open), None)


def candidates() -> list[Survey]:
    """Surveys that ask first for an NPS and know who answers, the oldest first."""
    found = Survey.objects.exclude(state=State.draft).filter(anonymous=False).order_by("key")
    return [one for one in found if _asks_nps(one)]


def slugs() -> tuple[str, ...]:
    """What the fact `survey` says of the answers that are listed."""
    survey = choice().survey or chosen()
    return (survey.slug, IMPORTED) if survey else (IMPORTED,)


@transaction.atomic
def choose(actor: User, survey: Survey | None, *, email_days: int, sms_days: int) -> None:
    """Which survey is sent and how often members are asked again; 0 days: never."""
    if survey is not None and survey not in candidates():
        raise BadInput(
            es="Esa encuesta no vale: ha de estar publicada, preguntar el NPS y no ser anónima.",
            en="That survey will not do: it has to be published, ask for NPS and not be anonymous.",
        )
    if any(days and not FEWEST_DAYS <= days <= MOST_DAYS for days in (email_days, sms_days)):
        raise BadInput(
            es=f"El piloto automático va de {FEWEST_DAYS} a {MOST_DAYS} días.",
            en=f"Autopilot goes from {FEWEST_DAYS} to {MOST_DAYS} days.",
        )
    Choice.objects.update_or_create(
        pk=1,
        defaults={
            "survey": survey, "email_days": email_days, "sms_days": sms_days,
            "updated_at": now_ms(),
        },
    )  # fmt: skip
    audit(actor, "delighted.chosen", f"survey:{survey.slug}" if survey else "")


def _asks_nps(survey: Survey) -> bool:
    version = reading.latest(survey)
    headline = reading.definition(version).headline() if version else None
    return headline is not None and headline.scale() == "nps"
