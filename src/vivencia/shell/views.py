"""Pages that belong to no room: errors, the language switch, the settings, health."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language as django_set_language

from vivencia.interactions import reading as interactions
from vivencia.interactions.actions import declare_fact, withdraw_fact
from vivencia.interactions.forms import FactForm
from vivencia.lib.errors import VivenciaError
from vivencia.people.access import allow, may, public, signed_in
from vivencia.people.actions import change_organisation
from vivencia.people.forms import OrganisationForm, time_zones
from vivencia.people.reading import organisation
from vivencia.shell import handover

# POST only, like everything that changes something; where to go back to is checked by Django.
set_language = public(django_set_language)


@public
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """For whoever watches: 200 while pages and database answer."""
    return HttpResponse("ok\n", content_type="text/plain")


@public
@require_safe
def openapi(request: HttpRequest) -> JsonResponse:
    """What every route of the API takes and answers; it holds nothing of the installation."""
    from vivencia.shell.api import openapi as document  # noqa: PLC0415  (urls.py imports both)

    return JsonResponse(document())


@allow("settings.read")
@require_safe
def settings(request: HttpRequest) -> HttpResponse:
    """The organisation, what it declares, and the way to people and keys."""
    return _settings_page(request)


@allow("settings.edit")
@require_POST
def change_settings(request: HttpRequest) -> HttpResponse:
    form = OrganisationForm(request.POST)
    if form.is_valid():
        try:
            change_organisation(signed_in(request), **form.cleaned_data)
        except VivenciaError as error:
            form.add_error("time_zone", error.said(get_language() or "es"))
        else:
            messages.success(request, _("Changes saved."))
            return redirect("settings")
    return _settings_page(request, form=form)


@allow("settings.edit")
@require_POST
def declare(request: HttpRequest) -> HttpResponse:
    """Declare a property as not personal: what comes in from now on can be grouped by it."""
    form = FactForm(request.POST)
    if form.is_valid():
        try:
            declare_fact(signed_in(request), **form.cleaned_data)
        except VivenciaError as error:
            form.add_error("name", error.said(get_language() or "es"))
        else:
            messages.success(
                request, _("Declared. What comes in from now on can be grouped by it.")
            )
            return redirect("settings")
    return _settings_page(request, fact_form=form)


@allow("settings.edit")
@require_POST
def withdraw(request: HttpRequest) -> HttpResponse:
    """Keep a property in the vault again, from now on."""
    withdraw_fact(signed_in(request), request.POST.get("name", ""))
    messages.success(request, _("Withdrawn. From now on it stays in the vault."))
    return redirect("settings")


def _settings_page(
    request: HttpRequest,
    form: OrganisationForm | None = None,
    fact_form: FactForm | None = None,
) -> HttpResponse:
    form = form or OrganisationForm(initial=organisation()._asdict())
    if not may(request.user, "settings.edit"):
        for field in form.fields.values():
            field.disabled = True
    context = {
        "form": form,
        "zones": time_zones(),
        "facts": interactions.facts(),
        "fact_form": fact_form or FactForm(),
    }
    return render(request, "shell/settings.html", context)


@allow("settings.edit")
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Leave the demo: its server ends, and an empty installation opens at the same address."""
    if not organisation().demo or not handover.possible():
        raise Http404
    link = reverse("start", args=[handover.begin()])
    return render(request, "shell/begin.html", {"link": link})


def error_page(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    """What happened, and what to do, as a page (or a notice for a part of one)."""
    context = {"status": status, "sentence": sentence}
    html = render_to_string("shell/error.html", context, request)
    return HttpResponse(html, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return error_page(request, 400, _("The request could not be understood."))


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return not_found(request, exception)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Not there, or not yours: the same answer."""
    return error_page(request, 404, _("This page does not exist."))


def server_error(request: HttpRequest) -> HttpResponse:
    """Without the template engine: it may be what failed."""
    sentence = _(
        "Something failed on our side. Nothing was half saved; try again, and if it "
        "happens again, show the log to whoever runs the server."
    )
    return HttpResponse(f"{sentence}\n", status=500, content_type="text/plain; charset=utf-8")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form from another page, or one left open since before signing in."""
    return error_page(
        request,
        403,
        _("This form is no longer valid. Go back, reload the page and send it again."),
    )
