"""The pages of the second factor: adding, removing, losing it, and being asked for it."""

from __future__ import annotations

import json
import time
from typing import Any

from allauth.account.internal.decorators import login_stage_required
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.webauthn.internal import auth as webauthn
from allauth.mfa.webauthn.views import LoginWebAuthnView
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vivencia.people import throttle
from vivencia.people.access import allow, public, signed_in
from vivencia.people.audit.actions import audit
from vivencia.people.second_factor import actions, drawing, forms, reading, totp
from vivencia.people.second_factor.adapter import ISSUER
from vivencia.people.second_factor.confirming import CONFIRMED_AT, confirmed

PENDING = "totp_secret"  # in a session's data, until its app has said a code


class _Challenge(AuthenticateView):
    template_name = "people/second_factor/challenge.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        user = self.stage.login.user
        context["passkeys"] = [one for one in reading.factors(user) if one.is_passkey]
        context["options"] = json.dumps(plain(context["js_data"]["request_options"]))
        return context


challenge = public(_Challenge.as_view())
challenge = login_stage_required(stage=AuthenticateStage.key, redirect_urlname="account_login")(
    challenge
)
challenge.access = "public"
passkey_sign_in = public(LoginWebAuthnView.as_view())


def plain(options: Any) -> Any:
    """What a browser is asked, as JSON can say it."""
    return json.loads(json.dumps(options, default=dict))


@allow("account.edit")
@require_safe
def second_factor(request: HttpRequest) -> HttpResponse:
    """What somebody has, what their role asks for, and the ways to add one."""
    user = signed_in(request)
    return render(request, "people/second_factor/mine.html", {
        "factors": reading.factors(user),
        "has_app": reading.has_app(user),
        "codes_left": reading.codes_left(user),
        "needed": user.role in request.organisation.second_factor,  # type: ignore[attr-defined]
    })  # fmt: skip


@allow("account.edit")
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@confirmed
def add_app(request: HttpRequest) -> HttpResponse:
    """A secret as QR code and as text; added once the app has said a code of it."""
    user = signed_in(request)
    form = forms.TotpForm(request.POST or None)
    secret = request.session.get(PENDING) or totp.new_secret()
    if request.method == "POST" and form.is_valid():
        if actions.add_totp(user, secret, form.cleaned_data["code"]):
            request.session.pop(PENDING, None)
            return _added(request)
        form.add_error("code", _("That is not the code of this moment. Is the clock right?"))
    request.session[PENDING] = secret
    address = totp.address(secret, ISSUER, user.email)
    return render(request, "people/second_factor/app.html", {
        "form": form, "drawn": drawing.qr_in_page(address),
        "secret": " ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
    })  # fmt: skip


@allow("account.edit")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@confirmed
def add_passkey(request: HttpRequest) -> HttpResponse:
    user = signed_in(request)
    form = forms.PasskeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        credential = form.cleaned_data["credential"]
        try:
            webauthn.parse_registration_response(credential)
            webauthn.complete_registration(credential)
        except (ValidationError, ValueError, TypeError, KeyError):
            form.add_error(None, _("The passkey could not be checked. Try again."))
        else:
            actions.add_passkey(user, form.cleaned_data["name"], credential)
            return _added(request)
    asked = webauthn.begin_registration(user, passwordless=True)
    context = {"form": form, "options": json.dumps(plain(asked))}
    return render(request, "people/second_factor/passkey.html", context)


def _added(request: HttpRequest) -> HttpResponse:
    """The first one comes with recovery codes, shown now and never again."""
    user = signed_in(request)
    if reading.codes_left(user):
        messages.success(request, _("Added. From now on you will be asked for it."))
        return redirect("second_factor")
    return _codes_page(request)


@allow("account.edit")
@never_cache
@require_POST
@confirmed
def new_codes(request: HttpRequest) -> HttpResponse:
    if not reading.has_one(signed_in(request)):
        return redirect("second_factor")
    return _codes_page(request)


def _codes_page(request: HttpRequest) -> HttpResponse:
    made = actions.make_codes(signed_in(request))
    return render(request, "people/second_factor/codes.html", {"codes": made})


@allow("account.edit")
@require_POST
@confirmed
def remove(request: HttpRequest, key: int) -> HttpResponse:
    actions.remove(signed_in(request), key)
    messages.success(request, _("Removed. It no longer lets anybody in."))
    return redirect("second_factor")


@allow("account.edit")
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Is it still you? Who has no password signs in again."""
    user = signed_in(request)
    form = forms.ConfirmForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        taken = throttle.take(request, user.email)
        if taken is None:
            form.add_error("password", _("Too many failed attempts. Wait an hour."))
        elif not user.check_password(form.cleaned_data["password"]):
            audit(user, "account.confirmed", result="refused")
            form.add_error("password", _("That is not your password."))
        else:
            throttle.give_back(taken)
            request.session[CONFIRMED_AT] = int(time.time())
            audit(user, "account.confirmed")
            return redirect(_led_on(request))
    return render(request, "people/second_factor/confirm.html", {"form": form})


def _led_on(request: HttpRequest) -> str:
    """Where somebody was going, if that is a page of ours."""
    wanted = request.GET.get("next", "")
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    return wanted if ours and wanted.startswith("/") else "second_factor"
