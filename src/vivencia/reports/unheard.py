"""How far those a survey invited and never heard from could move one of its scores."""

from __future__ import annotations

from vivencia.lib.address import View
from vivencia.reports.reading import Asker
from vivencia.scores.definitions import Definition
from vivencia.scores.mixture import ENTRY
from vivencia.scores.reading import histogram
from vivencia.surveys.models import Survey
from vivencia.surveys.results import silence
from vivencia.surveys.results.editions import headlines
from vivencia.surveys.results.funnel import funnel
from vivencia.surveys.results.page import versions_of

OF_ONE_QUESTION = {"survey", "question"}


def said(asker: Asker, meaning: Definition, view: View) -> str:
    """The silence bounds of one question of one survey, over all its time; "" for any other view:
    who was invited is known of a survey as a whole, not of a channel or a month."""
    whole = view.period.first is None and view.period.after is None
    named = all(len(values) == 1 for values in view.where.values())
    if not (whole and named and set(view.where) == OF_ONE_QUESTION):
        return ""
    survey = Survey.objects.filter(slug=view.where["survey"][0]).first()
    if survey is None:
        return ""
    invited = asker.filters(view).but(**{ENTRY: tuple(silence.INVITED)})
    sent = funnel(asker.columns, survey, headlines(versions_of(survey)))
    notes = histogram(asker.columns, meaning.measure, invited, definition=meaning.name)
    return silence.said(meaning, notes, sent, asker.language)
