"""What came back of a survey: HTTP in, pages and files out."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from vivencia.columns.calendar import start_of_day
from vivencia.columns.filters import Filters
from vivencia.columns.here import asking
from vivencia.columns.schema import FIELDS
from vivencia.interactions.reading import facts
from vivencia.lib import address, formats
from vivencia.lib.period import ALL
from vivencia.people.access import allow, may, signed_in
from vivencia.people.actions import audit
from vivencia.people.downloads import Download, Turn, attachment
from vivencia.scores.score import HIDDEN_BELOW
from vivencia.surveys.builder import reading
from vivencia.surveys.results import asked, counting, files, lines, texts
from vivencia.surveys.results.coverage import page as coverage_page
from vivencia.surveys.results.covering import coverage_map
from vivencia.surveys.results.editions import headlines
from vivencia.surveys.results.lines import Line, Sheet
from vivencia.surveys.results.page import page, versions_of

NOT_SEGMENTS = frozenset({"stage", "channel", "scale", "currency", "kind"})


@allow("surveys.read")
@require_safe
def results(request: HttpRequest, slug: str) -> HttpResponse:
    """The headline score, each question, and how many of those asked answered."""
    survey = reading.survey(slug)
    with asking() as columns:
        shown = page(columns, survey, get_language() or "es")
    return render(request, "surveys/results/results.html", {"page": shown, "survey": survey})


@allow("scores.read")
@require_safe
def coverage(request: HttpRequest) -> HttpResponse:
    """Where customers were heard and where never, by stage and channel."""
    today, language = timezone.localdate(), get_language() or "es"
    fields = [*(one for one in FIELDS if one not in NOT_SEGMENTS),
              *(fact.name for fact in facts() if fact.is_in_the_log)]  # fmt: skip
    query = dict(request.GET.lists())
    view, problems = address.read(query, today=today, default=ALL, fields=fields)
    zone, over = timezone.get_current_timezone_name(), view.period
    filters = Filters(
        view.where,
        start_of_day(zone, over.first) if over.first else None,
        start_of_day(zone, over.after) if over.after else None,
    )
    with asking() as columns:
        found = coverage_map(columns, filters, may_open=may(request.user, "interactions.open"))
    shown = coverage_page(found, view, fields, today, language)
    said = [problem.said(language) for problem in problems]
    context = {"page": shown, "chips": shown.chips, "problems": said, "view": view,
               "kicker": over.said(language)}  # fmt: skip
    return render(request, "surveys/results/coverage.html", context)


@allow("interactions.open")
@never_cache
@require_safe
def words(request: HttpRequest, slug: str) -> HttpResponse:
    """What people wrote, or who gave a consent, the newest first; whoever looks is written down."""
    survey, start = reading.survey(slug), _number(request.GET.get("from", ""))
    versions, language = versions_of(survey), get_language() or "es"
    listed = versions and not survey.anonymous
    consents = texts.consents(versions, language) if listed else {}
    ticked = request.GET.get("ticked", "")
    ticked = ticked if ticked in consents else ""
    found: list[texts.Words] = []
    after: int | None = None
    if versions:
        with asking() as columns:
            found, after = texts.listed(columns, survey.slug, versions, language, start, ticked)
    if found:
        audit(signed_in(request), "interactions.opened", f"survey:{slug} words")
    context = {"survey": survey, "lines": found, "start": start, "after": after,
               "ticked": ticked, "consent": consents.get(ticked, "")}  # fmt: skip
    return render(request, "surveys/results/words.html", context)


@allow("export.run")
@never_cache
@require_safe
def file(request: HttpRequest, slug: str, kind: str) -> HttpResponseBase:
    """Every answer as CSV, XLSX, Parquet or SPSS; who they are and what they wrote only for whoever
    may take personal data. Nothing while fewer than five have answered."""
    survey, turn = reading.survey(slug), Turn()
    personal = may(request.user, "export.personal")
    sheet = Sheet(slug, versions_of(survey), timezone.get_current_timezone(),
                  is_anonymous=survey.anonymous, is_personal=personal)  # fmt: skip
    name = f"{slug}.{kind}"
    audit(
        signed_in(request),
        "surveys.exported",
        f"survey:{slug} {kind}",
        detail=f"personal {personal}",
    )
    if kind == "csv":
        return Download(files.as_csv(sheet, _lines(sheet)), name, turn)
    try:
        language = formats.tongue(get_language())
        rows = _lines(sheet)
        content = (
            files.as_sav(sheet, rows, language) if kind == "sav"
            else {"xlsx": files.as_xlsx, "parquet": files.as_parquet}[kind](sheet, rows)
        )  # fmt: skip
    finally:
        turn.leave()
    return HttpResponse(content, content_type="application/octet-stream",
                        headers={"Content-Disposition": attachment(name)})  # fmt: skip


def _lines(sheet: Sheet) -> Iterator[Line]:
    """The answers, while the columns are open; none of a survey with fewer than five."""
    with asking() as columns:
        forms = asked.forms(columns, sheet.survey, headlines(sheet.versions), Filters())
        if counting.total(forms).counted >= HIDDEN_BELOW:
            yield from lines.lines(columns, sheet)


def _number(text: str) -> int:
    """Which answer a page starts from; anything else is the newest."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0
