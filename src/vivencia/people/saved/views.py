"""Saving a view, and the page where one's own are renamed, shared and deleted."""

from __future__ import annotations

from typing import NamedTuple

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from vivencia.lib.errors import BadInput, VivenciaError
from vivencia.people.access import allow, signed_in
from vivencia.people.models import SavedView
from vivencia.people.saved import actions, reading
from vivencia.people.saved.forms import SaveForm, ViewForm

TITLES: dict[str, Promise] = {
    "home": gettext_lazy("Home"),
    "scores": gettext_lazy("Scores"),
    "journeys": gettext_lazy("Journeys"),
    "customers": gettext_lazy("Customers"),
}


class Line(NamedTuple):
    view: SavedView
    page: Promise
    form: ViewForm


@allow("views.save")
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep the address of the page one is on, and stay there."""
    form = SaveForm(request.POST)
    if not form.is_valid():
        raise BadInput(es="A la vista le falta un nombre.", en="The view needs a name.")
    chosen = form.cleaned_data
    view = actions.save_view(
        signed_in(request), chosen["address"], chosen["name"], shared=chosen["shared"]
    )
    messages.success(request, _("Saved as “%(name)s”.") % {"name": view.name})
    return redirect(view.address)


@allow("views.save")
@require_safe
def own(request: HttpRequest) -> HttpResponse:
    return _own_page(request)


@allow("views.save")
@require_POST
def change(request: HttpRequest, key: int) -> HttpResponse:
    view = reading.own_view(signed_in(request), key)
    form = ViewForm(request.POST, prefix=str(key))
    if form.is_valid():
        try:
            actions.change_view(view, **form.cleaned_data)
        except VivenciaError as error:
            form.add_error("name", error.said(get_language() or "es"))
        else:
            messages.success(request, _("Changes saved."))
            return redirect("saved_views")
    return _own_page(request, changing=key, form=form)


@allow("views.save")
@require_POST
def delete(request: HttpRequest, key: int) -> HttpResponse:
    view = reading.own_view(signed_in(request), key)
    actions.delete_view(view)
    messages.success(request, _("“%(name)s” was deleted.") % {"name": view.name})
    return redirect("saved_views")


def _own_page(
    request: HttpRequest, changing: int | None = None, form: ViewForm | None = None
) -> HttpResponse:
    lines = [
        Line(view, TITLES[view.page], form if form and view.pk == changing else _form_of(view))
        for view in reading.own_views(signed_in(request))
    ]
    return render(request, "people/saved_views.html", {"lines": lines})


def _form_of(view: SavedView) -> ViewForm:
    initial = {"name": view.name, "shared": view.shared}
    return ViewForm(prefix=str(view.pk), initial=initial)
