"""A survey made elsewhere becomes a draft here, and what could not come with it is kept."""

from __future__ import annotations

from dataclasses import asdict

from django.db import transaction

from vivencia.people.models import User
from vivencia.surveys.builder.actions import create
from vivencia.surveys.importers import FORMATS, bring, format_of
from vivencia.surveys.models import Survey
from vivencia.surveys.models.importing import Brought


@transaction.atomic
def bring_in(actor: User | None, raw: bytes) -> Survey:
    """A new draft of the survey in `raw`; BadInput for a file that is none we can read."""
    carried = bring(raw)
    survey = create(actor, carried.definition)
    lost = [asdict(one) for one in carried.lost]
    Brought.objects.create(survey=survey, tool=FORMATS[format_of(raw)][0], lost=lost)
    return survey
