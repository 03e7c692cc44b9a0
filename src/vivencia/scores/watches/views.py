"""What changed: what is watched, what was found, and who has looked at it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vivencia.people.access import allow, signed_in
from vivencia.scores.watches import actions, reading
from vivencia.scores.watches.forms import WatchForm

USUAL = ("nps", "csat", "ces")  # what one press watches, by touchpoint and channel
USUAL_FIELDS = ("touchpoint", "channel")


@allow("scores.read")
@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    return _page(request)


@allow("watches.edit")
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Watch one score, or the usual ones where none is named."""
    form = WatchForm(request.POST, language=get_language() or "es")
    today = timezone.localdate()
    if "usual" in request.POST:
        for definition in USUAL:
            actions.begin(signed_in(request), definition, USUAL_FIELDS, today)
    elif form.is_valid():
        chosen = form.cleaned_data
        actions.begin(signed_in(request), chosen["definition"], chosen["fields_by"], today)
    else:
        return _page(request, form, status=422)
    messages.success(request, _("It is looked at from now on, and said here when it changes."))
    return redirect("changes")


@allow("watches.edit")
@require_POST
def end(request: HttpRequest, key: int) -> HttpResponse:
    actions.end(signed_in(request), key)
    messages.success(request, _("It is no longer watched."))
    return redirect("changes")


@allow("watches.edit")
@require_POST
def acknowledge(request: HttpRequest, key: int) -> HttpResponse:
    actions.acknowledge(signed_in(request), key, request.POST.get("note", ""))
    messages.success(request, _("Noted: you have looked at it."))
    return redirect("changes")


def _page(request: HttpRequest, form: WatchForm | None = None, status: int = 200) -> HttpResponse:
    language = get_language() or "es"
    context = {
        "alerts": reading.open_alerts(language),
        "seen": reading.seen_alerts(language),
        "watched": reading.watched(language, timezone.localdate()),
        "form": form or WatchForm(language=language),
        "most": actions.LONGEST_NOTE,
    }
    return render(request, "scores/changes.html", context, status=status)
