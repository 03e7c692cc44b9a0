"""The pages of the outbox: HTTP to readings and actions, and back."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from vivencia.customers.access import PERSONAL
from vivencia.outbox import actions, reading, words
from vivencia.people.access import allow, may, signed_in
from vivencia.people.actions import audit


@allow("outbox.read")
@never_cache
@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """Every message, what became of it, and those that somebody has to decide on."""
    state = request.GET.get("state", "")
    before = request.GET.get("before", "")
    counts = reading.counts()
    page = reading.page(
        state, int(before) if before.isdigit() else None, personal=may(request.user, PERSONAL)
    )
    context = {
        "page": page,
        "state": state,
        "states": [(name, words.STATES[name], n) for name, n in counts.items()],
        "unknown": counts.get("unknown", 0),
        "kept": counts.get("kept", 0),
        "waiting": counts.get("waiting", 0),
        "total": sum(counts.values()),
    }
    return render(request, "outbox/outbox.html", context)


@allow("outbox.open")
@never_cache
@require_safe
def message(request: HttpRequest, key: int) -> HttpResponse:
    """What one message says. It was written to a person: who opens it is written down."""
    line = reading.line(key, personal=may(request.user, PERSONAL))
    audit(signed_in(request), "outbox.opened", f"message:{key}")
    context = {"line": line, "content": reading.content(line.message)}
    return render(request, "outbox/message.html", context)


@allow("outbox.decide")
@require_POST
def send_again(request: HttpRequest, key: int) -> HttpResponse:
    actions.send_again(signed_in(request), key)
    messages.success(request, _("It will be sent again."))
    return redirect("outbox")


@allow("outbox.decide")
@require_POST
def leave(request: HttpRequest, key: int) -> HttpResponse:
    actions.leave(signed_in(request), key)
    messages.success(request, _("It is left as it is."))
    return redirect("outbox")


@allow("outbox.decide")
@require_POST
def cancel(request: HttpRequest, key: int) -> HttpResponse:
    if actions.cancel(key, "cancelled", signed_in(request)):
        messages.success(request, _("Stopped. It will not be sent."))
    else:
        messages.warning(request, _("It has left already."))
    return redirect("outbox")
