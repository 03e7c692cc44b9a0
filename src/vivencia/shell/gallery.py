"""The gallery of parts at /parts/: what a page may be built of, in every state."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from vivencia.people.access import allow
from vivencia.shell.specimens import specimens
from vivencia.shell.wording import VERDICTS


@allow("home.read")
@require_safe
def parts(request: HttpRequest) -> HttpResponse:
    shown = specimens(get_language() or "es")
    return render(request, "shell/parts.html", {**shown, "verdicts": VERDICTS})
