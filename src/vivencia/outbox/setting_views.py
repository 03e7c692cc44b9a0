"""The settings page of mail and messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from vivencia.lib.errors import VivenciaError
from vivencia.outbox import setting, settings
from vivencia.outbox.forms import PARTS
from vivencia.people.access import allow, may, signed_in


@allow("settings.read")
@never_cache
@require_safe
def mail(request: HttpRequest) -> HttpResponse:
    return _page(request)


@allow("mail.edit")
@require_POST
def change_mail(request: HttpRequest) -> HttpResponse:
    """One part of the page: mail, what comes back, or short messages."""
    part = request.POST.get("part", "")
    if part not in PARTS:
        raise Http404
    form = PARTS[part](request.POST, prefix=part)
    if form.is_valid():
        try:
            setting.change(signed_in(request), **form.cleaned_data)
        except VivenciaError as error:
            form.add_error("carrier", error.said(get_language() or "es"))
        else:
            messages.success(request, _("Changes saved."))
            return redirect("mail_settings")
    return _page(request, {part: form})


@allow("mail.edit")
@require_POST
def make_dkim_key(request: HttpRequest) -> HttpResponse:
    setting.make_dkim_key(signed_in(request))
    messages.success(request, _("The key is made. Publish its record before you send."))
    return redirect("mail_settings")


@allow("mail.edit")
@never_cache
@require_POST
def make_webhook_secret(request: HttpRequest) -> HttpResponse:
    return _page(request, secret=setting.make_webhook_secret(signed_in(request)))


def _page(
    request: HttpRequest, bound: Mapping[str, forms.Form] | None = None, secret: str = ""
) -> HttpResponse:
    row = settings.stored()
    shown = {
        part: (bound or {}).get(part) or form(initial=setting.initial(row), prefix=part)
        for part, form in PARTS.items()
    }
    if not may(request.user, "mail.edit"):
        for form in shown.values():
            for field in form.fields.values():
                field.disabled = True
    given = [name for name in settings.SECRETS if settings.from_environment(name)]
    context: dict[str, Any] = {
        "forms": shown,
        "row": row,
        "given": [settings.SECRETS[name] for name in given],
        "secret": secret,
        "has_secret": bool(row.webhook_secret),
    }
    return render(request, "outbox/mail_settings.html", context)
