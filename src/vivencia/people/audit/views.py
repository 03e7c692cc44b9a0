"""The page of the audit trail, and the button that follows its chain."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vivencia.people.access import allow, signed_in
from vivencia.people.audit import checking, reading
from vivencia.people.audit.actions import audit
from vivencia.people.audit.forms import TrailForm


@allow("audit.read")
@require_safe
def trail(request: HttpRequest) -> HttpResponse:
    """Who changed what, newest first. ?who=KEY&what=CODE&before=KEY"""
    form = TrailForm(request.GET or None)
    asked = form.cleaned_data if form.is_valid() else {}
    entries = reading.trail(asked.get("who"), asked.get("what", ""), asked.get("before"))
    shown, more = entries[: reading.PAGE], len(entries) > reading.PAGE
    context = {
        "form": form,
        "entries": shown,
        "lines": reading.lines(shown, get_language() or "es"),
        "older": _older(request, shown[-1].pk) if more else "",
        "ends": reading.ends(),
    }
    return render(request, "people/audit.html", context)


@allow("audit.read")
@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """Follow the chain now, and say what was found."""
    verdict = checking.check()
    result = "done" if verdict.holds else "trouble"
    audit(signed_in(request), "audit.checked", result=result)
    if verdict.holds:
        messages.success(request, _("Every entry is as it was written."))
    else:
        messages.error(request, checking.told(verdict, get_language() or "es"))
    return redirect("audit")


def _older(request: HttpRequest, last: int) -> str:
    asked = {name: request.GET[name] for name in ("who", "what") if request.GET.get(name)}
    return "?" + urlencode({**asked, "before": last})
