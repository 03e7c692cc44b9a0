"""What came back of a survey: HTTP in, pages and files out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from vivencia.columns.calendar import stretch
from vivencia.columns.filters import Filters
from vivencia.columns.here import asking
from vivencia.columns.reading import Columns
from vivencia.columns.schema import FIELDS
from vivencia.interactions.reading import facts
from vivencia.lib import address, formats
from vivencia.lib.errors import BadInput
from vivencia.lib.period import ALL
from vivencia.people.access import allow, may, signed_in
from vivencia.people.actions import audit
from vivencia.people.downloads import Download, Turn, attachment
from vivencia.scores.score import HIDDEN_BELOW
from vivencia.surveys.builder import reading
from vivencia.surveys.models import Care, Survey
from vivencia.surveys.results import asked, counting, files, lines, texts
from vivencia.surveys.results.actions import follow as follow_answer
from vivencia.surveys.results.coverage import page as coverage_page
from vivencia.surveys.results.covering import coverage_map
from vivencia.surveys.results.editions import headlines
from vivencia.surveys.results.lines import Line, Sheet
from vivencia.surveys.results.page import page, versions_of
from vivencia.surveys.results.selection import Selection, selected

NOT_SEGMENTS = frozenset({"stage", "channel", "scale", "currency", "kind"})


@allow("surveys.read")
@require_safe
def results(request: HttpRequest, slug: str) -> HttpResponse:
    """The headline score, each question, and how many of those asked answered."""
    survey, language = reading.survey(slug), get_language() or "es"
    with asking() as columns:
        selection = _selected(request, columns, survey, headlines(versions_of(survey)))
        shown = page(columns, survey, language, selection)
    context = {"page": shown, "survey": survey, **_told(selection, language)}
    return render(request, "surveys/results/results.html", context)


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
    filters = Filters(view.where, *stretch(zone, over.first, over.after))
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
    survey, start = reading.survey(slug), _number(request.GET.get("at", ""))
    versions, language = versions_of(survey), get_language() or "es"
    listed = versions and not survey.anonymous
    consents = texts.consents(versions, language) if listed else {}
    ticked = request.GET.get("ticked", "")
    ticked = ticked if ticked in consents else ""
    with asking() as columns:
        selection = _selected(request, columns, survey, headlines(versions))
        found, after = texts.listed(columns, survey.slug, versions, language, start, ticked,
                                    selection.filters) if versions else ([], None)  # fmt: skip
    if found:
        audit(signed_in(request), "interactions.opened", f"survey:{slug} words")
    found = texts.with_care(found) if ticked else found
    context = {"survey": survey, "lines": found, "start": start, "ticked": ticked,
               "shown": selection.address(at=str(start) if start else None),
               "newest": selection.address() or "?",
               "next": after and selection.address(at=str(after)),
               "consent": consents.get(ticked, ""), **_told(selection, language)}  # fmt: skip
    return render(request, "surveys/results/words.html", context)


@allow("surveys.follow")
@require_POST
def follow(request: HttpRequest, slug: str) -> HttpResponse:
    """Take care of an answer, settle it, or leave it to wait; back to the list it stands in."""
    state, back = request.POST.get("state", ""), request.POST.get("back", "")
    if state not in Care.values:
        raise BadInput(es="Eso no se puede hacer con una respuesta.",
                       en="That can not be done with an answer.")  # fmt: skip
    seq = _number(request.POST.get("answer", ""))
    follow_answer(signed_in(request), reading.survey(slug), seq, Care(state))
    query = back if back.startswith("?") else ""
    return redirect(f"{reverse('survey_words', args=[slug])}{query}#a{seq}")


@allow("export.run")
@never_cache
@require_safe
def file(request: HttpRequest, slug: str, kind: str) -> HttpResponseBase:
    """The answers selected, as CSV, XLSX, Parquet or SPSS; who they are and what they wrote only
    for whoever may take personal data. None where they are fewer than five."""
    survey, personal = reading.survey(slug), may(request.user, "export.personal")
    versions = versions_of(survey)
    with asking() as columns:
        selection = _selected(request, columns, survey, headlines(versions))
    for problem in selection.problems:
        raise problem  # a file of other answers than were asked for would be taken for those
    sheet = Sheet(slug, versions, timezone.get_current_timezone(), is_anonymous=survey.anonymous,
                  is_personal=personal, filters=selection.filters,
                  selection=selection.said(get_language() or "es"))  # fmt: skip
    name, turn = f"{slug}{selection.name}.{kind}", Turn()
    audit(signed_in(request), "surveys.exported", f"survey:{slug} {kind}",
          detail=f"personal {personal} {selection.view.address()}")  # fmt: skip
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
        forms = asked.forms(columns, sheet.survey, headlines(sheet.versions), sheet.filters)
        if counting.total(forms).counted >= HIDDEN_BELOW:
            yield from lines.lines(columns, sheet)


def _selected(
    request: HttpRequest, columns: Columns, survey: Survey, heads: Mapping[str, str]
) -> Selection:
    return selected(
        columns, survey, heads, dict(request.GET.lists()), today=timezone.localdate(),
        zone=timezone.get_current_timezone_name(),
        may_open=may(request.user, "interactions.open"),
    )  # fmt: skip


def _told(selection: Selection, language: str) -> dict[str, Any]:
    """What a page says of the answers it speaks of."""
    return {
        "selected": "" if selection.is_whole else selection.said(language),
        "address": selection.address(ticked=None),
        "chips": selection.chips(timezone.localdate(), language),
        "problems": [problem.said(language) for problem in selection.problems],
    }


def _number(text: str) -> int:
    """Which answer a page starts from; anything else is the newest."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else 0
