"""The way to the identity provider and back, and who may be joined to it."""

from __future__ import annotations

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from vivencia.lib.errors import VivenciaError
from vivencia.people import reading as people
from vivencia.people import throttle
from vivencia.people.access import allow, public, signed_in
from vivencia.people.adapter import BY_PROVIDER
from vivencia.people.audit.actions import audit
from vivencia.people.oidc import actions, protocol, refusals, trips
from vivencia.people.oidc.config import Provider

_discovered = protocol.Discovered()


@public
@never_cache
@require_safe
def leave(request: HttpRequest) -> HttpResponse:
    """Off to the provider's page. Nothing is written: the browser keeps what it left with."""
    provider = _provider()
    trip = protocol.new_trip(_next(request))
    try:
        found = _discovered.endpoints(provider)
    except VivenciaError as error:
        return _outside(request, error)
    response = redirect(protocol.way_out(provider, found, trip, _back(request)))
    trips.pack(response, trip)
    return response


@public
@never_cache
@require_safe
def come_back(request: HttpRequest) -> HttpResponse:
    """Back with a code: in, on to the second factor, or outside with a sentence that says why."""
    provider = _provider()
    try:
        trip = trips.unpack(request)
    except VivenciaError as error:  # anybody can send a browser here: nothing is written of it
        return _outside(request, error)
    try:
        code = protocol.came_back(provider, trip, request.GET.dict())
        user = actions.admit(provider, _asked(request, provider, trip, code))
    except VivenciaError as error:
        why = f"provider: {error.reason or type(error).__name__}"
        audit(None, "account.sign_in", result="refused", detail=why, door="page")
        return _outside(request, error)
    by = {"by": BY_PROVIDER}
    response: HttpResponse = perform_login(
        request, Login(user=user, redirect_url=trip.next, signal_kwargs=by)
    )
    trips.forget(response)
    return response


def _asked(
    request: HttpRequest, provider: Provider, trip: protocol.Trip, code: str
) -> protocol.Person:
    """Who the code is of; codes that are of nobody count as failed sign-ins of the network."""
    taken = throttle.take(request, f"provider:{trip.state}")
    if taken is None:
        raise refusals.too_often()
    found = _discovered.endpoints(provider)
    person = protocol.person_of(provider, found, trip, code, _back(request))
    throttle.give_back(taken)
    return person


@allow("people.manage")
@require_POST
def let_join(request: HttpRequest, key: int) -> HttpResponse:
    actions.allow(signed_in(request), _provider(), people.person(key))
    messages.success(request, _("They join at their next sign-in there."))
    return redirect("person", key)


@allow("people.manage")
@require_POST
def part(request: HttpRequest, key: int) -> HttpResponse:
    actions.part(signed_in(request), people.person(key))
    messages.success(request, _("Parted. They come in by a link or a password again."))
    return redirect("person", key)


def _provider() -> Provider:
    provider: Provider | None = settings.OIDC
    if provider is None:
        raise Http404
    return provider


def _back(request: HttpRequest) -> str:
    """The address to come back to: as the provider knows it, so by the public name."""
    path = reverse("oidc_back")
    public_url: str = settings.PUBLIC_URL
    return f"{public_url}{path}" if public_url else request.build_absolute_uri(path)


def _next(request: HttpRequest) -> str:
    wanted = request.GET.get("next", "")
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    return wanted if ours and wanted.startswith("/") else settings.LOGIN_REDIRECT_URL


def _outside(request: HttpRequest, error: VivenciaError) -> HttpResponse:
    messages.error(request, error.said(get_language() or "es"))
    response = redirect("account_login")
    trips.forget(response)
    return response
