"""The list of surveys: state, how many answered, and the headline score with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.utils.translation import get_language

from vivencia.columns.filters import Filters
from vivencia.columns.here import asking
from vivencia.interactions.models import Word
from vivencia.lib.figures import Figure, Scale
from vivencia.scores.definitions import Definition, Family, definition_of
from vivencia.scores.reading import measure
from vivencia.surveys import catalogue
from vivencia.surveys.builder import reading
from vivencia.surveys.models import Survey

SURVEY = "survey"  # the fact that says which survey an answer belongs to
HEADLINE = ("survey.answered", "survey.changed")
MEASURES = {"nps": "nps", "csat5": "csat", "ces7": "ces"}  # scales that have a score of their own


class Line(NamedTuple):
    """One survey of the list; `figure` None where nobody answered or its scale has no score."""

    survey: Survey
    questions: int
    is_changed: bool
    figure: Figure | None


def context(locale: str) -> dict[str, Any]:
    """The surveys, the latest changed first, and the templates in the words of `locale`."""
    found = lines(list(Survey.objects.all()))
    return {
        "lines": found,
        "open": sum(line.survey.is_open for line in found),
        "templates": [
            (one, sum(1 for _ in one.definition.elements())) for one in catalogue.every(locale)
        ],
        "locale": locale,
        "locales": catalogue.LOCALES.items(),
    }


def lines(surveys: Sequence[Survey]) -> list[Line]:
    drafts = {survey.pk: reading.draft(survey) for survey in surveys}
    measures = {}
    for survey in surveys:
        headline = drafts[survey.pk].headline()
        measures[survey.pk] = MEASURES.get((headline.scale() if headline else None) or "", "")
    figures = _figures({name for name in measures.values() if name})
    return [
        Line(
            survey=survey,
            questions=sum(1 for _ in drafts[survey.pk].elements()),
            is_changed=reading.is_changed(survey),
            figure=figures.get((measures[survey.pk], survey.slug)),
        )
        for survey in surveys
    ]


def _figures(measures: set[str]) -> dict[tuple[str, str], Figure]:
    """Headline scores by measure and slug; none before the first answer brings the fact."""
    found: dict[tuple[str, str], Figure] = {}
    if not measures or not Word.objects.filter(field="fact.category", text=SURVEY).exists():
        return found
    with asking() as columns:
        for name in measures:
            meaning = definition_of(name)
            report = measure(columns, name, by=[SURVEY], filters=Filters({"kind": HEADLINE}))
            for row in report.rows:
                score = row.score
                found[name, str(row.by[SURVEY])] = Figure(
                    name=meaning.title[(get_language() or "es")[:2]], scale=_scale(meaning),
                    value=score.value, low=score.low, high=score.high, n=score.n,
                    verdict=str(score.verdict), definition=meaning.name, version=meaning.version,
                )  # fmt: skip
    return found


def _scale(meaning: Definition) -> Scale:
    """How a list writes it: whole points or per cent, no bands."""
    return Scale(
        low=meaning.low, high=meaning.high,
        unit="%" if meaning.family is Family.share else "",
        signed=meaning.family is Family.balance,
    )  # fmt: skip
