"""The settings page of mail and messages."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from vivencia.lib.errors import VivenciaError
from vivencia.outbox import setting, settings
from vivencia.outbox.forms import MailForm
from vivencia.people.access import allow, may, signed_in

GROUPS = (
    ("mail", ("carrier", "host", "port", "security", "username", "password")),
    ("from", ("from_name", "from_address", "reply_to")),
    ("back", ("bounce_address", "imap_host", "imap_port", "imap_username", "imap_password",
              "imap_folder")),
    ("signed", ("dkim_domain", "dkim_selector")),
    ("short", ("gateway", "gateway_url", "gateway_token")),
)  # fmt: skip


@allow("settings.read")
@never_cache
@require_safe
def mail(request: HttpRequest) -> HttpResponse:
    return _page(request)


@allow("mail.edit")
@require_POST
def change_mail(request: HttpRequest) -> HttpResponse:
    form = MailForm(request.POST)
    if form.is_valid():
        try:
            setting.change(signed_in(request), **form.cleaned_data)
        except VivenciaError as error:
            form.add_error("carrier", error.said(get_language() or "es"))
        else:
            messages.success(request, _("Changes saved."))
            return redirect("mail_settings")
    return _page(request, form)


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


def _page(request: HttpRequest, form: MailForm | None = None, secret: str = "") -> HttpResponse:
    row = settings.stored()
    form = form or MailForm(initial=setting.initial(row))
    if not may(request.user, "mail.edit"):
        for field in form.fields.values():
            field.disabled = True
    given = [name for name in settings.SECRETS if settings.from_environment(name)]
    context: dict[str, Any] = {
        "form": form,
        "groups": {name: [form[field] for field in fields] for name, fields in GROUPS},
        "row": row,
        "given": [settings.SECRETS[name] for name in given],
        "secret": secret,
        "has_secret": bool(row.webhook_secret),
    }
    return render(request, "outbox/mail_settings.html", context)
