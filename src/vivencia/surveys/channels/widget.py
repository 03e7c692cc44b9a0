"""The widget: its script, and the survey's own page in a frame, for the sites that may show it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from vivencia.lib.clock import now_ms
from vivencia.lib.content_policy import content_policy
from vivencia.people.access import public
from vivencia.surveys.answering import views as answering
from vivencia.surveys.answering.tokens import digest_of
from vivencia.surveys.models import Share

SCRIPT = Path(__file__).parent.parent / "static" / "surveys" / "widget.js"
_AGE_S = 600  # how long a site may go on with the script it has
_NOTHING = "/* This survey is over: there is nothing to open. */\n"


@public
@require_safe
def script(request: HttpRequest, token: str) -> HttpResponse:
    """The script, the same for all; where nothing can be answered it does nothing."""
    share = _share(token)
    alive = share is not None and share.link.expires_at > now_ms() and share.link.survey.is_open
    return HttpResponse(
        _script() if alive else _NOTHING, content_type="text/javascript; charset=utf-8",
        headers={
            "Cache-Control": f"public, max-age={_AGE_S}",
            "Cross-Origin-Resource-Policy": "cross-origin",
        },
    )  # fmt: skip


@csrf_exempt  # as the survey's own page: the seal in the form is its proof
@public
def framed(request: HttpRequest, token: str) -> HttpResponseBase:
    """The survey's page without a cookie, in the frame of a site that was named for it."""
    share = _share(token)
    request.framed = True  # type: ignore[attr-defined]
    response = answering.survey(request, token if share else "")
    response.cookies.clear()  # what is shown in a frame keeps nothing
    origins = share.origins if share else []
    response.headers["Content-Security-Policy"] = content_policy(origins)
    return response


def _share(token: str) -> Share | None:
    found = Share.objects.filter(link__digest=digest_of(token), sort=Share.Sort.widget)
    return found.select_related("link__survey").first()


@cache
def _script() -> str:
    return SCRIPT.read_text()
