"""The pages of rights: a person erased or taken away, how long data stays, and what is blocked."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vivencia.customers.access import access_customer
from vivencia.customers.reading import read_book
from vivencia.customers.rights import terms
from vivencia.customers.rights.models import Erasure
from vivencia.customers.rights.words import LAWS, REASONS
from vivencia.customers.telling import display_name
from vivencia.interactions.reading import identity_keys
from vivencia.people.access import allow, may, signed_in
from vivencia.people.downloads import attachment
from vivencia.shell import erasure
from vivencia.shell.rights import blocking, person_file, telling
from vivencia.shell.rights.forms import EraseForm, TermsForm, UnsealForm, said_days
from vivencia.shell.rights.record import CUSTOMERS, record

ERASURES_SHOWN = 50
BLOCKED = "blocked.open"


@allow("customers.erase")
@never_cache
@require_http_methods(["GET", "POST"])
def erase(request: HttpRequest, number: int) -> HttpResponse:
    """What goes and what stays; then, with a reason, they are erased."""
    admission = access_customer(signed_in(request), number)
    keys = identity_keys(admission.number)
    form = EraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        erasure.erase(keys, reason, actor=signed_in(request), block=form.block())
        messages.success(request, _("Erased: nothing here tells who they were any more."))
        return redirect("customers")
    read = read_book(admission.number, personal=admission.personal)
    context = {
        "number": admission.number,
        "name": display_name(read.name, read.identities),
        "told": telling.told(keys),
        "is_erased": telling.is_erased(keys),
        "form": form,
    }
    status = 422 if form.errors else 200
    return render(request, "shell/rights/erase.html", context, status=status)


@allow("customers.export")
@require_POST
def export(request: HttpRequest, number: int) -> HttpResponse:
    """Everything held about them, as a file."""
    user = signed_in(request)
    customer = access_customer(user, number).number
    packed = person_file.take_away(identity_keys(customer), customer, _tongue(), actor=user)
    return _as_file(packed, f"person-{customer}.zip")


# ------------------------------------------------------------------ how long things stay
@allow("rights.read")
@never_cache
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Terms, who was erased, and what is blocked for who may see it."""
    return _privacy_page(request)


@allow("rights.edit")
@require_POST
def choose_terms(request: HttpRequest) -> HttpResponse:
    form = TermsForm(request.POST)
    if not form.is_valid():
        return _privacy_page(request, form=form)
    terms.choose(signed_in(request), form.cleaned_data)
    messages.success(request, _("Changes saved. What is past its term goes within a day."))
    return redirect("privacy")


@allow("rights.read")
@require_safe
def processing(request: HttpRequest) -> HttpResponse:
    """The record of processing, as the rooms declare their fields."""
    entries = record(_tongue())
    context = {
        "parts": [
            (True, [entry for entry in entries if entry.whose == CUSTOMERS]),
            (False, [entry for entry in entries if entry.whose != CUSTOMERS]),
        ],
        "terms": _terms_said(),
    }
    return render(request, "shell/rights/processing.html", context)


# ------------------------------------------------------------------ what is blocked
@allow(BLOCKED)
@never_cache
@require_POST
def unseal(request: HttpRequest, key: int) -> HttpResponse:
    """What was reserved, for the one role that may see it; the reason is written down."""
    form = UnsealForm(request.POST)
    if not form.is_valid():
        return _privacy_page(request, unsealing=(key, form))
    packed = blocking.unseal(signed_in(request), key, form.cleaned_data["why"])
    return _as_file(packed, f"blocked-{key}.zip")


def _privacy_page(
    request: HttpRequest,
    form: TermsForm | None = None,
    unsealing: tuple[int, UnsealForm] | None = None,
) -> HttpResponse:
    erasures = Erasure.objects.select_related("by").order_by("-key")[:ERASURES_SHOWN]
    wrong, tried = unsealing or (0, UnsealForm())
    context = {
        "form": form or TermsForm(initial=terms.chosen()),
        "terms": _terms_said(),
        "erasures": [(one, REASONS[one.reason][_tongue()]) for one in erasures],
        "blocked": [
            (one, getattr(LAWS[one.law], _tongue()), tried if one.key == wrong else UnsealForm())
            for one in (blocking.listed() if may(request.user, BLOCKED) else [])
        ],
    }
    status = 422 if form or unsealing else 200
    return render(request, "shell/rights/privacy.html", context, status=status)


def _terms_said() -> list[tuple[str, str]]:
    """Each class of data and its term, in words."""
    chosen = terms.chosen()
    return [
        (getattr(term, _tongue()), said_days(chosen[name])) for name, term in terms.TERMS.items()
    ]


def _as_file(packed: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": attachment(name)}
    return HttpResponse(packed, content_type="application/zip", headers=headers)


def _tongue() -> str:
    return "en" if (get_language() or "es").startswith("en") else "es"
