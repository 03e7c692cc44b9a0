"""Editing the registry. Its list, which also says what the columns know, is in the shell."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from vivencia.lib.errors import VivenciaError
from vivencia.people.access import allow, signed_in
from vivencia.touchpoints import actions, reading
from vivencia.touchpoints.forms import AdoptForm, TouchpointForm
from vivencia.touchpoints.models import Touchpoint


@allow("touchpoints.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """A new entry; ?word=… fills in an orphan's name."""
    return _edit(request, Touchpoint(word=request.GET.get("word", "")[:255]))


@allow("touchpoints.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, key: int) -> HttpResponse:
    return _edit(request, reading.touchpoint(key))


@allow("touchpoints.edit")
@require_POST
def adopt(request: HttpRequest) -> HttpResponse:
    """Register the ticked orphans at once."""
    form = AdoptForm(request.POST, words=reading.orphans())
    if not form.is_valid():
        messages.warning(request, _("None was ticked, so none was registered."))
        return redirect("touchpoints")
    chosen = form.cleaned_data
    made = actions.adopt(signed_in(request), chosen["word"], chosen["stage"], chosen["department"])
    said = ngettext(
        "%(n)s touchpoint is in the registry now.",
        "%(n)s touchpoints are in the registry now.",
        len(made),
    )
    messages.success(request, said % {"n": len(made)})
    return redirect("touchpoints")


@allow("touchpoints.edit")
@require_POST
def remove(request: HttpRequest, key: int) -> HttpResponse:
    actions.remove_touchpoint(signed_in(request), reading.touchpoint(key))
    messages.success(request, _("It is no longer in the registry. Its interactions stay."))
    return redirect("touchpoints")


def _edit(request: HttpRequest, touchpoint: Touchpoint) -> HttpResponse:
    form = TouchpointForm(request.POST or None, instance=touchpoint)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        contributing = values.pop("contributing")
        try:
            actions.save_touchpoint(signed_in(request), touchpoint, values, contributing)
        except VivenciaError as error:
            form.add_error("word", error.said(get_language() or "es"))
        else:
            messages.success(request, _("Changes saved."))
            return redirect("touchpoints")
    context = {"form": form, "touchpoint": touchpoint}
    return render(request, "touchpoints/edit.html", context)
