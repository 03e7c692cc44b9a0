"""The page of doubtful answers: somebody looks, and lets them count or not."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from vivencia.people.access import allow, signed_in
from vivencia.surveys.answering import actions, reading


@allow("surveys.read")
@require_safe
def doubtful(request: HttpRequest) -> HttpResponse:
    language = "es" if (get_language() or "es").startswith("es") else "en"
    lines = reading.doubtful(language)
    waiting = sum(not line.released for line in lines)
    context = {"lines": lines, "waiting": waiting}
    return render(request, "surveys/answering/doubtful.html", context)


@allow("surveys.publish")
@require_POST
def decide(request: HttpRequest, key: int) -> HttpResponse:
    """Release an answer, or hold it again: either can be undone by the other."""
    actions.hold(signed_in(request), key, held=request.POST.get("held") == "yes")
    return redirect("doubtful_answers")
