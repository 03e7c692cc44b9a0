"""Where a person can go: the entries of the top line, by the policy table."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import NamedTuple

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Place(NamedTuple):
    """A page of the top line: its word, the name of its address and the action it takes; and
    what else lies within it, at addresses of its own."""

    word: Promise
    url_name: str
    action: str
    within: tuple[str, ...] = ()


PLACES = (
    Place(_("Home"), "home", "home.read"),
    Place(_("Scores"), "scores", "scores.read", ("/changes/",)),
    Place(_("Journeys"), "journeys", "journeys.read"),
    Place(_("Customers"), "customers", "customers.read"),
    Place(_("Surveys"), "surveys", "surveys.read", ("/asking/", "/calls/", "/coverage/")),
    Place(_("Touchpoints"), "touchpoints", "touchpoints.read"),
    Place(_("Imports"), "imports", "imports.read"),
    Place(_("Connections"), "intake", "intake.read"),
    Place(_("Privacy"), "privacy", "blocked.open"),
)


class Entry(NamedTuple):
    word: Promise
    url: str
    current: bool


def entries(actions: AbstractSet[str], path: str) -> list[Entry]:
    """The places open to somebody who may do `actions`; the one that holds `path` is current.

    A room that is not installed has no address and is left out.
    """
    found = []
    for place in PLACES:
        if place.action not in actions:
            continue
        try:
            url = reverse(place.url_name)
        except NoReverseMatch:
            continue
        current = path == url or (url != "/" and path.startswith((url, *place.within)))
        found.append(Entry(place.word, url, current))
    return found
