"""The stylesheet of a survey's three colours: a page may hold nothing inline."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from vivencia.people.access import public
from vivencia.surveys.definition.contrast import stylesheet
from vivencia.surveys.definition.schema import Look

FOR_EVER = "public, max-age=31536000, immutable"


def address(look: Look) -> str:
    """Where the stylesheet of these colours is."""
    return reverse(
        "survey_look", args=[f"{look.accent}{look.background}{look.text}".replace("#", "")]
    )


@public
@require_safe
def look(request: HttpRequest, colours: str) -> HttpResponse:
    """Eighteen digits say all of it, so it is the same for everybody and never changes."""
    accent, background, text = (f"#{colours[at : at + 6]}" for at in (0, 6, 12))
    css = stylesheet(Look(accent=accent, background=background, text=text))
    return HttpResponse(css, content_type="text/css; charset=utf-8",
                        headers={"Cache-Control": FOR_EVER})  # fmt: skip
