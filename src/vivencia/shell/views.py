"""Pages that belong to no room: errors, the language switch, the settings, health."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.i18n import set_language as django_set_language

from vivencia.people.access import public

# POST only, like everything that changes something; where to go back to is checked by Django.
set_language = public(django_set_language)


@public
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """For whoever watches: 200 while pages and database answer."""
    return HttpResponse("ok\n", content_type="text/plain")


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
