"""What every template may name without asking for it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from vivencia.people.access import actions_for
from vivencia.people.organisation import Organisation
from vivencia.shell import handover


def surroundings(request: HttpRequest) -> dict[str, Any]:
    """`organisation` (name, time_zone, language, demo) and `can`: what this person may do.

    In a template: {% if "scores.read" in can %}. `begin_url` leaves the demo, where that works.
    """
    user = getattr(request, "user", None)
    can = actions_for(user) if user is not None else frozenset()
    begins = "settings.edit" in can and handover.possible()
    return {
        "organisation": getattr(request, "organisation", Organisation()),
        "can": can,
        "begin_url": reverse("begin") if begins else "",
    }
