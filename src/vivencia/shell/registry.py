"""The list of touchpoints: the registry beside what the columns have seen."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from vivencia.columns.filters import Filters
from vivencia.columns.here import asking
from vivencia.lib.clock import moment
from vivencia.people.access import allow
from vivencia.people.reading import organisation
from vivencia.touchpoints.forms import AdoptForm
from vivencia.touchpoints.reading import Usage, listing, of_import


@allow("touchpoints.read")
@require_safe
def touchpoints(request: HttpRequest) -> HttpResponse:
    """Who answers for each; orphans and stale ones first. ?import=KEY: those that came with it."""
    zone = organisation().time_zone
    lines = listing(usage(zone), timezone.localdate())
    key = request.GET.get("import", "")
    came = of_import(int(key)) if key.isdecimal() and len(key) < 19 else set()
    if came:
        lines = [line for line in lines if line.word in came]
    context = {
        "lines": lines,
        "came": bool(came),
        "adopt": AdoptForm(),
        "orphans": sum(line.is_orphan for line in lines),
        "stale": sum(line.is_stale for line in lines),
    }
    return render(request, "touchpoints/list.html", context)


def usage(zone: str) -> dict[str, Usage]:
    """How each touchpoint is used, by its word; days in `zone`."""
    with asking() as columns:
        rows = columns.ask("shell/touchpoints", Filters())["touchpoints"].to_pylist()
    return {
        row["word"]: Usage(
            row["interactions"],
            moment(row["last"]).astimezone(ZoneInfo(zone)).date(),
        )
        for row in rows
        if row["word"]
    }
