"""The pages of the doors: what came in last, and what waits to be mended."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from vivencia.interactions.quarantine import actions, reading
from vivencia.lib.errors import NotFound
from vivencia.people.access import allow, signed_in


@allow("intake.read")
@never_cache
@require_safe
def intake(request: HttpRequest) -> HttpResponse:
    """The last items received and their fate, and how to send one."""
    language = get_language() or "en"
    received = [
        (one, at, reading.said(one.reason, language) if one.reason else "")
        for one, at in reading.received()
    ]
    context = {
        "received": received,
        "counted": reading.counted(),
        "waiting": sum(one.n for one in reading.waiting()),
        "origin": request.build_absolute_uri("/").rstrip("/"),
    }
    return render(request, "quarantine/intake.html", context)


@allow("quarantine.read")
@never_cache
@require_safe
def quarantine(request: HttpRequest) -> HttpResponse:
    """What waits, by reason, each item to be mended in place."""
    return _page(request)


@allow("quarantine.mend")
@require_POST
def mend(request: HttpRequest, key: int) -> HttpResponse:
    """Try an item again with what the person wrote; still refused, nothing typed is lost."""
    text = request.POST.get("text", "")
    try:
        outcome = actions.mend(key, text, signed_in(request))
    except NotFound as error:
        messages.warning(request, error.said(get_language() or "en"))
        return redirect("quarantine")
    if outcome.status == "quarantined":
        language = get_language() or "en"
        why = {"key": key, "text": text, "said": reading.said(outcome.reason, language)}
        return _page(request, mending={**why, "field": outcome.field}, status=422)
    messages.success(request, _("Mended and stored: it counts from now on."))
    return redirect(_address(request.POST.get("reason", "")))


@allow("quarantine.mend")
@require_POST
def replay(request: HttpRequest) -> HttpResponse:
    """Try everything of one reason again as it came."""
    reason = request.POST.get("reason", "")
    counted = actions.replay(reason, signed_in(request))
    kept = counted.get("quarantined", 0)
    done = sum(counted.values()) - kept
    said = ngettext("%(n)d item was stored.", "%(n)d items were stored.", done) % {"n": done}
    if kept:
        said += " " + ngettext(
            "%(n)d is still refused and waits.", "%(n)d are still refused and wait.", kept
        ) % {"n": kept}
    (messages.success if done else messages.warning)(request, said)
    return redirect(_address(reason if kept else ""))


@allow("quarantine.mend")
@require_POST
def drop(request: HttpRequest, key: int) -> HttpResponse:
    """Give one item up for good."""
    try:
        actions.drop(key, signed_in(request))
    except NotFound as error:
        messages.warning(request, error.said(get_language() or "en"))
    else:
        messages.success(request, _("Dropped. It was not stored, and its content is blanked."))
    return redirect(_address(request.POST.get("reason", "")))


def _page(
    request: HttpRequest, mending: dict[str, object] | None = None, status: int = 200
) -> HttpResponse:
    asked = request.POST if request.method == "POST" else request.GET
    reason = asked.get("reason", "")
    before = asked.get("before", "")
    language = get_language() or "en"
    waiting = reading.waiting()
    page = reading.items(reason, int(before) if before.isdecimal() and len(before) < 19 else None)
    context = {
        "reasons": [(one, one.said(language)) for one in waiting],
        "waiting": sum(one.n for one in waiting),
        "items": [(one, reading.said(one.reason, language)) for one in page.items],
        "before": page.before,
        "reason": reason,
        "mending": mending,
    }
    return render(request, "quarantine/quarantine.html", context, status=status)


def _address(reason: str) -> str:
    """The page again, on the same reason."""
    known = any(one.reason == reason for one in reading.waiting())
    return f"{reverse('quarantine')}?reason={reason}" if known else reverse("quarantine")
