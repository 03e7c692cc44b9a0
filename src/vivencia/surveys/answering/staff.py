"""What staff see of answers: the doubtful ones, which they let count or not, and sent files."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from vivencia.people.access import allow, may, signed_in
from vivencia.people.actions import audit
from vivencia.people.downloads import attachment
from vivencia.surveys.answering import actions, reading
from vivencia.surveys.answering.files import shelf


@allow("surveys.read")
@require_safe
def doubtful(request: HttpRequest) -> HttpResponse:
    language = "es" if (get_language() or "es").startswith("es") else "en"
    lines, groups = reading.doubtful(language), reading.doubtful_anonymous(language)
    waiting = sum(not line.released for line in lines) + sum(one.n for one in groups if one.held)
    aside = reading.set_aside(language, words=may(request.user, "interactions.open"))
    context = {"lines": lines, "groups": groups, "waiting": waiting, "aside": aside}
    return render(request, "surveys/answering/doubtful.html", context)


@allow("surveys.publish")
@require_POST
def decide(request: HttpRequest, key: int) -> HttpResponse:
    """Release an answer, or hold it again: either can be undone by the other."""
    actions.hold(signed_in(request), key, held=request.POST.get("held") == "yes")
    return redirect("doubtful_answers")


@allow("surveys.publish")
@require_POST
def decide_anonymous(request: HttpRequest, survey: int, reason: str) -> HttpResponse:
    """The same for all anonymous answers of a survey that are doubted alike."""
    held = request.POST.get("held") == "yes"
    actions.hold_anonymous(signed_in(request), survey, reason, held=held)
    return redirect("doubtful_answers")


@allow("interactions.open")
@require_safe
def files(request: HttpRequest) -> HttpResponse:
    """Which files came with answers, the newest first."""
    return render(request, "surveys/answering/files.html", {"lines": reading.files()})


@allow("interactions.open")
@require_safe
def file(request: HttpRequest, name: str) -> HttpResponse:
    """One file, to be kept: no browser is to show what a stranger sent."""
    row = reading.file(name)
    body = shelf.get(settings.DATA, name) if row else None
    if row is None or body is None:
        raise Http404
    audit(signed_in(request), "surveys.file_opened", f"attachment:{row.key}")
    return HttpResponse(
        body,
        content_type="application/octet-stream",
        headers={
            "Content-Disposition": attachment(row.called),
            "Content-Security-Policy": "sandbox; default-src 'none'",
        },
    )
