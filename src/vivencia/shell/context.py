"""What every template may name without asking for it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from vivencia.people.access import actions_for
from vivencia.people.organisation import Organisation


def surroundings(request: HttpRequest) -> dict[str, Any]:
    """`organisation` (name, time_zone, language, demo) and `can`: what this person may do.

    In a template: {% if "scores.read" in can %}.
    """
    user = getattr(request, "user", None)
    return {
        "organisation": getattr(request, "organisation", Organisation()),
        "can": actions_for(user) if user is not None else frozenset(),
    }
