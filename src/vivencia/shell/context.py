"""What every template may name without asking for it."""

from __future__ import annotations

import functools
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from vivencia.lib.errors import BadInput
from vivencia.people.access import actions_for, signed_in
from vivencia.people.organisation import Organisation
from vivencia.people.saved import addresses, reading
from vivencia.shell import handover


def surroundings(request: HttpRequest) -> dict[str, Any]:
    """`organisation` (name, time_zone, language, demo) and `can`: what this person may do.

    In a template: {% if "scores.read" in can %}. `begin_url` leaves the demo, where that works.
    `saved` (asked of the database only where a template names it) is what may be opened here.
    """
    user = getattr(request, "user", None)
    can = actions_for(user) if user is not None else frozenset()
    begins = "settings.edit" in can and handover.possible()
    return {
        "organisation": getattr(request, "organisation", Organisation()),
        "can": can,
        "begin_url": reverse("begin") if begins else "",
        "saved": functools.partial(_saved, request, "views.save" in can),
    }


def _saved(request: HttpRequest, may_save: bool) -> dict[str, Any] | None:
    """The saved views of the page shown, and the one that is on the screen; None elsewhere."""
    match = request.resolver_match
    if not may_save or match is None or match.url_name not in addresses.PAGES:
        return None
    try:
        here = addresses.read(request.get_full_path())
    except BadInput:  # longer than can be kept
        return None
    views = list(reading.views_of(signed_in(request), match.url_name))
    shown = next((v for v in views if (v.page, v.query) == here), None)
    return {"views": views, "shown": shown, "address": str(here)}
