"""A page whose figures are still being worked out: it says how far they are, and comes by itself.

Whatever raises Underway (columns/engines.py) is worked out beside the request and kept, so that
asking for the same page again goes on from there.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from vivencia.lib.errors import Underway

ASKER = "underway"  # the id of the part that asks again, which htmx sends along
ACCEPTED = 202


class Waiting:
    """Underway becomes a page that asks again; once all is there, the whole page is loaded."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if _asks_again(request) and response.status_code != ACCEPTED:
            response.headers["HX-Refresh"] = "true"
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, Underway) or request.path.startswith("/api/"):
            return None
        page = "shell/part_underway.html" if _asks_again(request) else "shell/underway.html"
        response = render(request, page, {"work": error}, status=ACCEPTED)
        response.headers["Cache-Control"] = "no-store"
        return response


def _asks_again(request: HttpRequest) -> bool:
    return request.headers.get("HX-Trigger") == ASKER
