"""Home, scores, one number explained, and the glossary: HTTP in, pages out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from vivencia.columns import engines
from vivencia.columns.here import PATIENCE_S, analysing, asking
from vivencia.columns.reading import Columns
from vivencia.columns.words import field_word
from vivencia.lib import address, formats
from vivencia.lib.address import View
from vivencia.lib.errors import BadQuestion
from vivencia.lib.figures import Figure
from vivencia.people.access import allow, may, signed_in
from vivencia.people.actions import audit
from vivencia.people.downloads import Download, Turn
from vivencia.people.reading import organisation
from vivencia.reports import behind, charts, explanation, files, reading, tables
from vivencia.reports import home as lenses
from vivencia.reports.chips import chips
from vivencia.reports.explanation import Explanation
from vivencia.reports.message import headline, message
from vivencia.reports.mixing import beside
from vivencia.reports.reading import Asker, Ground
from vivencia.scores.definitions import DEFINITIONS, definition_of
from vivencia.scores.margins.reading import margins
from vivencia.scores.watches import reading as watches

MOST_LISTED = 10  # touchpoints on the home page
OF_SCORES = ("measure", "definition", "by", "every", "sort", "show")
OF_EXPLAIN = ("measure", "definition", "timed", "fate", "page", "show")
LIVED: dict[str, Callable[[Asker, View], list[Figure]]] = {
    "service": lenses.service_lived,
    "experience": lenses.experience_lived,
}


@dataclass(frozen=True, slots=True)
class Question:
    """A request read: who asks, for which view, and what in it could not be understood."""

    asker: Asker
    view: View
    ground: Ground
    problems: list[BadQuestion]

    def context(self) -> dict[str, Any]:
        """What every page of this room shows around its content."""
        language = self.asker.language
        return {
            "view": self.view,
            "kicker": self.view.period.said(language),
            "problems": [problem.said(language) for problem in self.problems],
            "chips": chips(
                self.view,
                today=self.asker.today,
                until=self.ground.last or self.asker.today,
                fields=[name for name in self.ground.fields if name != "scale"],
                language=language,
            ),
            "data_until_day": self.ground.last,
            "data_as_of": engines.said(self.asker.columns, self.asker.zone, language),
            "outside": self.asker.source,
        }


@contextmanager
def _asked(
    request: HttpRequest,
    own: Collection[str] = (),
    open_columns: Callable[[], AbstractContextManager[Columns]] = asking,
) -> Iterator[Question]:
    """The question of a request, while the columns are open."""
    today, language = timezone.localdate(), get_language() or "es"
    with open_columns() as columns:
        ground, outside = reading.ground(columns), engines.source(columns)
        view, problems = address.read(
            dict(request.GET.lists()),
            today=today,
            default=ground.default,
            fields=ground.fields,
            own=own,
            table=outside.name if outside else "",
        )
        view, strange = reading.understood(columns, view, language)
        asker = Asker(
            columns=columns,
            language=language,
            zone=timezone.get_current_timezone_name(),
            today=today,
            may_open=may(request.user, "interactions.open"),
            margins={} if outside else margins(),
        )
        yield Question(asker, view, ground, [*problems, *strange])


@allow("home.read")
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The three lenses side by side; an agent, who reads no scores, is told what will come."""
    if not may(request.user, "scores.read"):
        return render(request, "reports/agent.html")
    with _asked(request) as question:
        if question.ground.last is None:
            so_far = {"arrived": reading.arrived(question.asker.columns)}
            return render(request, "reports/empty.html", {**question.context(), **so_far})
        shown = lenses.home(question.asker, question.view, question.ground)
    language, view = question.asker.language, question.view
    context = {
        "home": shown,
        "message": message(shown.service, shown.experience, shown.weakest, language),
        "changes": watches.open_alerts(language),
        "is_watched": watches.is_anything_watched(),
        "trend": charts.nps_by_month(shown.months, language),
        "step": charts.step(shown.months, "NPS", language),
        "scores_query": view.address(),
        "compared_query": view.over(shown.compared).address(),
        "lowest": shown.weakest.ranked[:MOST_LISTED],
        "weak_title": charts.weakest_title(shown.weakest, language),
        "worst_name": shown.weakest.named[0].name if len(shown.weakest.named) == 1 else "",
        **charts.table_behind(shown.months, definition_of("nps"), "month", view, language),
    }
    return render(request, "reports/home.html", {**question.context(), **context})


@allow("scores.read")
@require_safe
def lived(request: HttpRequest, lens: str) -> HttpResponse:
    """What one lens says of waits and journeys: a part of the home page that may take longer."""
    if lens not in LIVED:
        raise Http404
    with _asked(request) as question:
        figures = LIVED[lens](question.asker, question.view)
    return render(request, "reports/minor_lines.html", {"figures": figures})


@allow("scores.read")
@require_safe
def scores(request: HttpRequest) -> HttpResponseBase:
    """One score by any field and over time, with its table."""
    show = request.GET.get("show", "")
    turn = Turn() if show in files.KINDS else None
    with _asked(request, OF_SCORES, lambda: _analysing(request, turn)) as question:
        fields, outside = question.ground.fields, question.asker.source
        asked = tables.ScoresQuestion.of(question.view, fields, question.problems, outside)
        report = reading.headline(question.asker, asked.measure, question.view, asked.definition)
        figure = reading.figure(question.asker, report, question.view)
        shown = figure is not None and not figure.hidden
        mixed = beside(question.asker, report.definition, question.view) if shown else None
        groups = tables.in_order(
            reading.by_field(question.asker, asked, question.view), asked.sort or tables.UNASKED
        )
        rows = reading.over_time(question.asker, asked, question.view)
    language, view = question.asker.language, question.view
    if turn is not None:
        return files.scores_file(show, asked, groups, turn, view.table)
    context = {
        "asked": asked,
        "figure": figure,
        "mixed": mixed,
        "groups": groups,
        "finding": charts.finding(groups, language),
        "step": charts.step(rows, asked.measure.upper(), language),
        "trend": charts.over_time(rows, report.definition, asked.every, language),
        "table": tables.groups_table(asked, groups, view, language),
        "headline": headline(figure, language),
        "by_word": field_word(asked.by, language),
        **charts.table_behind(rows, report.definition, asked.every, view, language),
        "menus": tables.menus(asked, view, fields, language, outside),
    }
    return render(request, "reports/scores.html", {**question.context(), **context})


@allow("scores.read")
@never_cache
@require_safe
def explain(request: HttpRequest) -> HttpResponseBase:
    """Definition, filters, how many and why, and the interactions behind one number."""
    turn = Turn() if _wants_file(request) and may(request.user, "export.run") else None
    with _asked(request, OF_EXPLAIN, lambda: _analysing(request, turn)) as question:
        found = explanation.explain(question.asker, question.view, question.problems)
    if found.lines:
        what, where = f"{found.definition.name} {found.question.fate}", question.view.address()
        audit(signed_in(request), "interactions.opened", what, detail=where)
    if turn is not None and found.lines:
        return _file(request, question, found, turn)
    cited = explanation.citation(
        found, question.asker, question.view,
        who=organisation().name, stands_at=question.ground.stands_at,
    )  # fmt: skip
    context = {
        "found": found,
        "headline": headline(found.figure, question.asker.language),
        "cited": cited,
    }
    return render(request, "reports/explain.html", {**question.context(), **context})


def _analysing(request: HttpRequest, turn: Turn | None) -> AbstractContextManager[Columns]:
    """The columns of a page, which may wait and come back, or of a file, which can not; those of
    the table outside the log that the address names, if it does."""
    return analysing(PATIENCE_S if turn is None else None, request.GET.get("table", ""))


def _wants_file(request: HttpRequest) -> bool:
    return request.GET.get("show") == "csv"


def _file(request: HttpRequest, question: Question, found: Explanation, turn: Turn) -> Download:
    """The interactions behind one number as CSV, with words only for who may export them."""
    personal, zone = may(request.user, "export.personal"), question.asker.zone

    def lines() -> Iterator[str]:
        with analysing(None, question.view.table) as columns:
            yield from behind.as_csv(columns, found.question, zone, personal=personal)

    name = f"{found.definition.name}-{found.question.fate}.csv"
    table = question.view.table
    return Download(lines(), f"outside-the-log-{table}-{name}" if table else name, turn)


@allow("glossary.read")
@require_safe
def definitions(request: HttpRequest) -> HttpResponse:
    """What every number means, in both languages side by side."""
    measures = [
        (measure, [each for each in DEFINITIONS.values() if each.measure == measure])
        for measure in dict.fromkeys(each.measure for each in DEFINITIONS.values())
    ]
    language = formats.tongue(get_language())
    return render(request, "reports/definitions.html", {"measures": measures, "tongue": language})
