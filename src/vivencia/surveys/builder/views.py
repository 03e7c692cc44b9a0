"""The pages where surveys are made: the list, the editor and its buttons, a trial run."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vivencia.lib.errors import VivenciaError
from vivencia.people.access import allow, signed_in
from vivencia.surveys import catalogue
from vivencia.surveys.builder import actions, changes, listing, page, reading, trial
from vivencia.surveys.models import Survey

BLANK = {"format": 1, "languages": ["es", "en"], "pages": [{"id": "p1", "elements": []}]}


@allow("surveys.read")
@require_safe
def surveys(request: HttpRequest) -> HttpResponse:
    """Every survey with its state and headline score; the catalogue to begin from."""
    locale = request.GET.get("locale", catalogue.SPAIN)
    locale = locale if locale in catalogue.LOCALES else catalogue.SPAIN
    return render(request, "surveys/builder/list.html", listing.context(locale))


@allow("surveys.edit")
@require_POST
def new(request: HttpRequest) -> HttpResponse:
    """A draft from a template, or a blank one."""
    name = request.POST.get("template", "")
    if name:
        chosen = catalogue.template(name, request.POST.get("locale", catalogue.SPAIN))
        survey = actions.create(signed_in(request), chosen.definition, purpose=chosen.purpose)
    else:
        titles = {"title": {"es": "Encuesta nueva", "en": "New survey"}}
        survey = actions.create(signed_in(request), BLANK | titles)
    return redirect(page.address(survey))


@allow("surveys.read")
@require_safe
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    survey = reading.survey(slug)
    return _editor(request, survey, request.GET.get("at", "survey"))


@allow("surveys.edit")
@require_POST
def change(request: HttpRequest, slug: str) -> HttpResponse:
    """One button or one field of the editor."""
    survey, problem = reading.survey(slug), ""
    at = request.POST.get("at", "survey")
    try:
        at = changes.apply(survey, request.POST.dict())
    except VivenciaError as error:
        problem = error.said(translation.get_language() or "es")
    if request.headers.get("HX-Request") != "true" and not problem:
        return redirect(page.address(survey, at))
    return _editor(request, reading.survey(slug), at, problem)


@allow("surveys.edit")
@require_POST
def describe(request: HttpRequest, slug: str) -> HttpResponse:
    """Touchpoint, purpose, languages, and whether it is anonymous."""
    survey = reading.survey(slug)
    try:
        changes.describe(signed_in(request), survey, request.POST)
    except VivenciaError as error:
        problem = error.said(translation.get_language() or "es")
        return _editor(request, reading.survey(slug), "settings", problem)
    messages.success(request, _("Changes saved."))
    return redirect(page.address(survey, "settings"))


@allow("surveys.publish")
@require_POST
def publish(request: HttpRequest, slug: str) -> HttpResponse:
    survey = reading.survey(slug)
    try:
        version = actions.publish(signed_in(request), survey)
    except VivenciaError as error:
        problem = error.said(translation.get_language() or "es")
        return _editor(request, reading.survey(slug), request.POST.get("at", "survey"), problem)
    said = _("Published: version %(number)s is what people are shown from now on.")
    messages.success(request, said % {"number": version.number})
    return redirect(page.address(survey))


@allow("surveys.publish")
@require_POST
def close(request: HttpRequest, slug: str) -> HttpResponse:
    survey = actions.close(signed_in(request), reading.survey(slug))
    messages.success(request, _("Closed: nobody can begin it any more. Its answers stay."))
    return redirect(page.address(survey))


@allow("surveys.publish")
@require_POST
def reopen(request: HttpRequest, slug: str) -> HttpResponse:
    survey = actions.reopen(signed_in(request), reading.survey(slug))
    messages.success(request, _("Open again: people may answer its last version."))
    return redirect(page.address(survey))


@allow("surveys.edit")
@require_POST
def copy(request: HttpRequest, slug: str) -> HttpResponse:
    survey = actions.copy(signed_in(request), reading.survey(slug))
    messages.success(request, _("This is the copy. The original stays as it was."))
    return redirect(page.address(survey))


@allow("surveys.edit")
@require_POST
def delete(request: HttpRequest, slug: str) -> HttpResponse:
    survey = reading.survey(slug)
    try:
        actions.delete(signed_in(request), survey)
    except VivenciaError as error:
        messages.error(request, error.said(translation.get_language() or "es"))
        return redirect(page.address(survey))
    messages.success(request, _("The draft is gone."))
    return redirect("surveys")


@allow("surveys.read")
@require_safe
def try_out(request: HttpRequest, slug: str) -> HttpResponse:
    """The draft as people would walk through it; what is answered goes nowhere."""
    run = trial.run(reading.draft(reading.survey(slug)), request.GET)
    with translation.override("es" if run["language"] == "es" else "en"):
        return render(request, "surveys/builder/trial.html", run | {"slug": slug})


def _editor(request: HttpRequest, survey: Survey, at: str, problem: str = "") -> HttpResponse:
    """The whole page, or for htmx what changed: all of the editor, or all but its form."""
    asked = request.POST.get("language") or request.GET.get("language", "")
    context = page.context(survey, at, asked) | {"problem": problem}
    context["is_new"] = request.POST.get("do") in ("add", "add_page", "duplicate")
    if request.headers.get("HX-Request") != "true":
        return render(request, "surveys/builder/edit.html", context, status=422 if problem else 200)
    whole = request.headers.get("HX-Target") == "editor"
    return render(request, "surveys/builder/editor.html" if whole else
                  "surveys/builder/beside.html", context | {"beside": not whole})  # fmt: skip
