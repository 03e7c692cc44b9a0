"""Bring a survey: a file becomes a draft, and a page says what was left behind."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from vivencia.lib.errors import BadInput
from vivencia.people.access import allow, signed_in
from vivencia.surveys.builder import reading
from vivencia.surveys.importers import FORMATS
from vivencia.surveys.importers.actions import bring_in
from vivencia.surveys.importers.carrying import MOST_BYTES
from vivencia.surveys.models.importing import Brought


@allow("surveys.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def bring(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _ask(request)
    file = request.FILES.get("file")
    if file is None:
        return _ask(request, _("No file was chosen. Choose one, or drop it on the box."))
    try:
        survey = bring_in(signed_in(request), file.read(MOST_BYTES + 1))
    except BadInput as error:
        return _ask(request, error.said(get_language() or "es"))
    return redirect("survey_brought", survey.slug)


@allow("surveys.read")
@require_safe
def brought(request: HttpRequest, slug: str) -> HttpResponse:
    """What became of a survey that was brought in."""
    survey = reading.survey(slug)
    told = Brought.objects.filter(survey=survey).first()
    if told is None:
        raise Http404
    spanish = (get_language() or "es").startswith("es")
    context = {
        "survey": survey,
        "brought": told,
        "questions": sum(1 for _one in reading.draft(survey).elements()),
        "lost": [(one["place"], one["es" if spanish else "en"]) for one in told.lost],
    }
    return render(request, "surveys/importers/brought.html", context)


def _ask(request: HttpRequest, trouble: str = "") -> HttpResponse:
    context = {"trouble": trouble, "tools": [title for title, _is, _carry in FORMATS.values()]}
    page = "surveys/importers/bring.html"
    return render(request, page, context, status=422 if trouble else 200)
