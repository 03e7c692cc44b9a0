"""The pages of the contact budget, and what a customer's book lets staff write down."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vivencia.customers.access import access_customer
from vivencia.customers.contact import actions, reading
from vivencia.customers.contact.forms import LimitForm, PlaceForm, SettingsForm, initial
from vivencia.customers.contact.words import CHANNELS
from vivencia.interactions.models import Identity
from vivencia.lib.clock import DAY_MS
from vivencia.lib.errors import NotFound, VivenciaError
from vivencia.people.access import allow, may, signed_in
from vivencia.people.forms import time_zones


@allow("contact.read")
@require_safe
def contact(request: HttpRequest) -> HttpResponse:
    """How often anybody may be contacted, and when not."""
    return _page(request)


@allow("contact.edit")
@require_POST
def change_settings(request: HttpRequest) -> HttpResponse:
    form = SettingsForm(request.POST)
    if form.is_valid():
        actions.change_settings(signed_in(request), **form.values())
        messages.success(request, _("Changes saved."))
        return redirect("contact")
    return _page(request, form=form)


@allow("contact.edit")
@require_POST
def set_limit(request: HttpRequest) -> HttpResponse:
    form = LimitForm(request.POST, prefix="limit")
    if form.is_valid():
        actions.set_limit(signed_in(request), **form.cleaned_data)
        messages.success(request, _("The limit holds from now on."))
        return redirect("contact")
    return _page(request, limit_form=form)


@allow("contact.edit")
@require_POST
def remove_limit(request: HttpRequest, key: int) -> HttpResponse:
    actions.remove_limit(signed_in(request), key)
    messages.success(request, _("The limit holds no more."))
    return redirect("contact")


@allow("contact.edit")
@require_POST
def set_place(request: HttpRequest) -> HttpResponse:
    form = PlaceForm(request.POST, prefix="place")
    if form.is_valid():
        try:
            actions.set_place_zone(signed_in(request), **form.cleaned_data)
        except VivenciaError as error:
            form.add_error("zone", error.said(get_language() or "es"))
        else:
            messages.success(request, _("Changes saved."))
            return redirect("contact")
    return _page(request, place_form=form)


# ------------------------------------------------------------------ in a customer's book
@allow("contact.say")
@require_POST
def say(request: HttpRequest, number: int) -> HttpResponse:
    """Write down a yes or a no of the customer: either takes one press."""
    identity, customer = _theirs(request, number)
    actions.say(
        identity, request.POST.get("state", ""), request.POST.get("purpose", ""),
        request.POST.get("channel", ""), source="book", by=signed_in(request),
        text=_("Noted by staff in the customer's book, as the customer said it."),
    )  # fmt: skip
    messages.success(request, _("Written down. It holds from now on."))
    return redirect("customer", customer)


@allow("contact.say")
@require_POST
def prefer(request: HttpRequest, number: int) -> HttpResponse:
    identity, customer = _theirs(request, number)
    actions.prefer(identity, request.POST.get("channel", ""), "staff", by=signed_in(request))
    messages.success(request, _("Written down. It holds from now on."))
    return redirect("customer", customer)


@allow("contact.say")
@require_POST
def lift(request: HttpRequest, number: int) -> HttpResponse:
    _identity, customer = _theirs(request, number)
    key = request.POST.get("identity", "")
    if key.isdigit() and Identity.objects.filter(key=key, customer=customer).exists():
        actions.lift_stop(signed_in(request), int(key))
        messages.success(request, _("The address may be written to again."))
    return redirect("customer", customer)


def _theirs(request: HttpRequest, number: int) -> tuple[int, int]:
    """(identity words are written down to, the customer), for who may see them."""
    customer = access_customer(signed_in(request), number).number
    key = Identity.objects.filter(customer=customer).order_by("key").values_list("key", flat=True)
    if not key:
        raise NotFound(es="No hay ningún cliente aquí.", en="There is no customer here.")
    return key[0], customer


def _page(
    request: HttpRequest,
    form: SettingsForm | None = None,
    limit_form: LimitForm | None = None,
    place_form: PlaceForm | None = None,
) -> HttpResponse:
    form = form or SettingsForm(initial=initial(reading.settings()))
    if not may(request.user, "contact.edit"):
        _disable(form)
    limits = [
        (one, reading.purpose_said(one.purpose),
         reading.said(CHANNELS[one.channel]) if one.channel else _("any"), one.window // DAY_MS)
        for one in reading.limits()
    ]  # fmt: skip
    context: dict[str, Any] = {
        "form": form,
        "limits": limits,
        "total": next((one for one in limits if not one[0].purpose and not one[0].channel), None),
        "limit_form": limit_form or LimitForm(prefix="limit"),
        "place_form": place_form or PlaceForm(prefix="place"),
        "places": reading.place_zones(),
        "zones": time_zones(),
        "excesses": reading.excesses(),
    }
    return render(request, "customers/contact.html", context)


def _disable(form: forms.Form) -> None:
    for field in form.fields.values():
        field.disabled = True
