"""The page Share of a survey: links for all, their codes and posters, the widget's tag."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from vivencia.lib.clock import now_ms
from vivencia.lib.errors import VivenciaError
from vivencia.people.access import allow, may, signed_in
from vivencia.people.reading import organisation
from vivencia.surveys.builder import reading as surveys
from vivencia.surveys.channels import drawing, kiosk, reading, sharing

SVG = "image/svg+xml"


@allow("surveys.share")
@never_cache
@require_safe
def share(request: HttpRequest, slug: str) -> HttpResponse:
    """Every way to this survey that is not a link of one person."""
    return _page(request, slug)


@allow("surveys.share")
@require_POST
def make(request: HttpRequest, slug: str) -> HttpResponse:
    survey, days = surveys.survey(slug), request.POST.get("days", "")
    try:
        sharing.open_link(
            signed_in(request), survey, label=request.POST.get("label", ""),
            days=int(days) if days.isdecimal() and len(days) < 7 else 0,
        )  # fmt: skip
    except VivenciaError as error:
        return _page(request, slug, error)
    messages.success(request, _("The link is ready: anybody who has it can answer."))
    return redirect("survey_share", slug)


@allow("surveys.share")
@require_POST
def end(request: HttpRequest, slug: str, key: int) -> HttpResponse:
    sharing.end(signed_in(request), sharing.share_of(surveys.survey(slug), key))
    messages.success(request, _("The link has ended. What was answered by it stays."))
    return redirect("survey_share", slug)


@allow("surveys.share")
@require_safe
def code(request: HttpRequest, slug: str, key: int) -> HttpResponse:
    """The QR code, at an address of its own: a page may hold nothing inline."""
    found = sharing.share_of(surveys.survey(slug), key)
    return HttpResponse(drawing.qr(reading.address(found)), content_type=SVG)


@allow("surveys.share")
@require_safe
def poster(request: HttpRequest, slug: str, key: int) -> HttpResponse:
    """A sheet to print and hang."""
    survey = surveys.survey(slug)
    found = sharing.share_of(survey, key)
    context = {
        "survey": survey, "share": found, "address": reading.address(found),
        "organisation": organisation().name,
    }  # fmt: skip
    return render(request, "surveys/channels/poster.html", context)


@allow("surveys.share")
@require_POST
def sites(request: HttpRequest, slug: str) -> HttpResponse:
    """The sites that may show the widget's frame."""
    survey = surveys.survey(slug)
    try:
        widget = sharing.widget_of(signed_in(request), survey)
        sharing.set_origins(signed_in(request), widget, request.POST.get("origins", ""))
    except VivenciaError as error:
        return _page(request, slug, error)
    messages.success(request, _("Changes saved."))
    return redirect("survey_share", slug)


@allow("surveys.share")
@never_cache
@require_POST
def add_device(request: HttpRequest, slug: str) -> HttpResponse:
    """A tablet of ours; the address with its key is shown this once."""
    given = request.POST
    try:
        _, key = kiosk.register(
            signed_in(request), surveys.survey(slug), given.get("name", ""), given.get("place", "")
        )
    except VivenciaError as error:
        return _page(request, slug, error)
    return _page(request, slug, opened=reading.kiosk_address(key))


@allow("surveys.share")
@require_POST
def revoke(request: HttpRequest, slug: str, key: int) -> HttpResponse:
    kiosk.revoke(signed_in(request), kiosk.device_of(surveys.survey(slug), key), now_ms())
    messages.success(request, _("Retired. What it still sends is kept and waits to be looked at."))
    return redirect("survey_share", slug)


def _page(
    request: HttpRequest, slug: str, refused: VivenciaError | None = None, opened: str = ""
) -> HttpResponse:
    survey = surveys.survey(slug)
    context = {
        "survey": survey,
        "links": reading.links_of(survey),
        "widget": reading.widget(survey),
        "devices": reading.devices(survey),
        "opened": opened,
        "opened_code": drawing.qr_in_page(opened) if opened else "",
        "typed": {} if opened else request.POST,
        "key": reading.key_of(survey) if may(request.user, "surveys.sign") else "",
        "problem": refused.said(get_language() or "es") if refused else "",
    }
    status = refused.status if refused else 200
    return render(request, "surveys/channels/share.html", context, status=status)
