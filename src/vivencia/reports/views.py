"""Home, scores, one number explained, and the glossary: HTTP in, pages out."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from vivencia.columns.here import asking
from vivencia.lib import address, formats
from vivencia.lib.address import View
from vivencia.lib.errors import BadQuestion
from vivencia.lib.period import ALL
from vivencia.people.access import allow, may
from vivencia.reports import charts, explanation, reading, tables
from vivencia.reports.chips import chips
from vivencia.reports.message import headline, message
from vivencia.reports.reading import Asker, Extent
from vivencia.reports.words import field_word
from vivencia.scores.definitions import DEFINITIONS, MEASURES, definition_of


@dataclass(frozen=True, slots=True)
class Question:
    """A request read: who asks, for which view, and what in it could not be understood."""

    asker: Asker
    view: View
    extent: Extent | None
    problems: list[BadQuestion]
    fields: list[str]

    def context(self) -> dict[str, Any]:
        """What every page of this room shows around its content."""
        language = self.asker.language
        until = self.extent.last if self.extent else self.asker.today
        return {
            "view": self.view,
            "kicker": self.view.period.said(language),
            "problems": [problem.said(language) for problem in self.problems],
            "chips": chips(
                self.view,
                today=self.asker.today,
                until=until,
                fields=[name for name in self.fields if name != "scale"],
                language=language,
            ),
            "data_until_day": self.extent.last if self.extent else None,
        }


@contextmanager
def _asked(request: HttpRequest, own: Collection[str] = ()) -> Iterator[Question]:
    """The question of a request, while the columns are open."""
    today = timezone.localdate()
    with asking() as columns:
        reach = reading.extent(columns)
        known = reading.fields(columns)
        view, problems = address.read(
            dict(request.GET.lists()),
            today=today,
            default=reach.default if reach else ALL,
            fields=known,
            own=own,
        )
        asker = Asker(
            columns=columns,
            language=get_language() or "es",
            zone=timezone.get_current_timezone_name(),
            today=today,
            may_open=may(request.user, "interactions.open"),
        )
        yield Question(asker, view, reach, problems, known)


@allow("home.read")
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The three lenses side by side; an agent, who reads no scores, is told what will come."""
    if not may(request.user, "scores.read"):
        return render(request, "reports/agent.html")
    with _asked(request) as question:
        if question.extent is None:
            return render(request, "reports/empty.html", question.context())
        shown = reading.home(question.asker, question.view)
    language = question.asker.language
    context = {
        "home": shown,
        "message": message(shown.service, shown.experience, shown.weakest, language),
        "trend": charts.nps_by_month(shown.months, language),
        "step": charts.step(shown.months, "NPS", language),
        "scores_query": question.view.address(),
        "weak_title": charts.weakest_title(shown.weakest, language),
        "worst_name": shown.weakest.named[0].name if len(shown.weakest.named) == 1 else "",
        **charts.table_behind(shown.months, definition_of("nps"), "month", language),
    }
    return render(request, "reports/home.html", {**question.context(), **context})


@allow("scores.read")
@require_safe
def scores(request: HttpRequest) -> HttpResponse:
    """One score by any field and over time, with its table."""
    with _asked(request, own=("measure", "definition", "by", "every", "sort", "show")) as question:
        asked = tables.ScoresQuestion.of(question.view, question.fields, question.problems)
        report = reading.headline(question.asker, asked.measure, question.view, asked.definition)
        figure = reading.figure(question.asker, report, question.view)
        groups = tables.in_order(
            reading.by_field(question.asker, asked.measure, asked.by, question.view),
            asked.sort or tables.UNASKED,
        )
        rows = reading.over_time(question.asker, asked.measure, asked.every, question.view)
    language = question.asker.language
    if asked.show == "csv":
        return tables.as_csv(asked, groups)
    context = {
        "asked": asked,
        "figure": figure,
        "groups": groups,
        "finding": charts.finding(groups, language),
        "step": charts.step(rows, asked.measure.upper(), language),
        "trend": charts.over_time(rows, report.definition, asked.every, language),
        "table": tables.groups_table(asked, groups, question.view, language),
        "headline": headline(figure, language),
        "by_word": field_word(asked.by, language),
        **charts.table_behind(rows, report.definition, asked.every, language),
        "menus": tables.menus(asked, question.view, question.fields, language),
    }
    return render(request, "reports/scores.html", {**question.context(), **context})


@allow("scores.read")
@require_safe
def explain(request: HttpRequest) -> HttpResponse:
    """Definition, filters, how many and why, and the interactions behind one number."""
    with _asked(request, own=("measure", "definition", "fate", "page")) as question:
        found = explanation.explain(question.asker, question.view, question.problems)
    context = {"found": found, "headline": headline(found.figure, question.asker.language)}
    return render(request, "reports/explain.html", {**question.context(), **context})


@allow("glossary.read")
@require_safe
def definitions(request: HttpRequest) -> HttpResponse:
    """What every number means, in both languages side by side."""
    measures = [
        (measure, [each for each in DEFINITIONS.values() if each.measure == measure])
        for measure in MEASURES
    ]
    language = formats.tongue(get_language())
    return render(request, "reports/definitions.html", {"measures": measures, "tongue": language})
