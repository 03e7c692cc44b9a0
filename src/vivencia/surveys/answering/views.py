"""The public page of a survey: GET shows and records nothing, POST answers one step."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import get_language_from_request
from django.views.decorators.csrf import csrf_exempt

from vivencia.lib.clock import now_ms
from vivencia.lib.errors import BadInput, Busy, Conflict, NotFound, VivenciaError
from vivencia.people.access import public
from vivencia.people.throttle import network_of
from vivencia.surveys.answering import actions, networks, reading, steps, tokens, web
from vivencia.surveys.answering.files.keeping import Kept, keeping
from vivencia.surveys.answering.reading import Shown
from vivencia.surveys.answering.web import Asked

SECRET = settings.DATA.derived("survey-links")
DAY_S = 24 * 3600


@csrf_exempt  # the seal in the form is its proof: a mail's own form has no cookie of ours
@public
def survey(request: HttpRequest, token: str) -> HttpResponse:
    """One step of a survey, or what came of it."""
    if request.method not in ("GET", "HEAD", "POST"):
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD, POST"})
    asked = Asked(
        token=token,
        cookie=request.COOKIES.get(tokens.COOKIE, ""),
        form=dict(request.POST.lists()) if request.method == "POST" else dict(request.GET.lists()),
        network=network_of(request),
        at=now_ms(),
    )
    response = _refusing(request, asked, _posted if request.method == "POST" else _shown)
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _refusing(
    request: HttpRequest, asked: Asked, job: Callable[[HttpRequest, Asked], HttpResponse]
) -> HttpResponse:
    """What `job` answers; what it refuses is a page in the reader's language."""
    try:
        return job(request, asked)
    except NotFound:
        return _message(request, "nowhere", 404)
    except Conflict as refusal:
        status = 409 if refusal.reason == "replayed" else 200
        return _message(request, refusal.reason, status, refusal)
    except Busy as refusal:
        return _message(request, "later", 429, refusal, retry_after=10)
    except BadInput as refusal:
        return _message(request, "unclear", refusal.status, refusal)


def _shown(request: HttpRequest, asked: Asked) -> HttpResponse:
    shown = reading.step(SECRET, asked, _accepted(request))
    return _page(request, asked, shown)


def _posted(request: HttpRequest, asked: Asked) -> HttpResponse:
    if steps.SWITCH in asked.form:
        return _page(request, asked, reading.switched(SECRET, asked, _accepted(request)))
    with _keeping(request, asked) as kept:
        answered = actions.on_form(SECRET, asked._replace(files=kept.files), kept)
    if answered.outcome.problems:
        shown = reading.with_problems(SECRET, asked, answered, _accepted(request))
        return _page(request, asked, shown, status=422)
    if not asked.cookie:  # a browser that keeps none goes on by what its forms carry
        shown = reading.after(SECRET, asked, answered, _accepted(request))
        return _page(request, asked, shown)
    return _see_other(request, answered)


def _keeping(request: HttpRequest, asked: Asked) -> AbstractContextManager[Kept]:
    """The files of the form; bounded by network, since each costs its bytes on the disk."""
    uploads = {name: file for name, file in request.FILES.items() if isinstance(file, UploadedFile)}
    if uploads:
        reading.check_link(asked)
        if not networks.uploads.takes(asked.network):
            raise web.too_many()
    return keeping(uploads)


def _see_other(request: HttpRequest, answered: web.Answered) -> HttpResponse:
    where = web.next_address(request.path, answered)
    response = HttpResponse(status=303, headers={"Location": where})
    _remember(response, request.path, answered.means.browser)
    return response


def _page(request: HttpRequest, asked: Asked, shown: Shown, status: int = 200) -> HttpResponse:
    name = "surveys/answering/done.html" if shown.is_done else "surveys/answering/page.html"
    translation.activate(_chrome(shown.language))
    response = render(request, name, {"shown": shown, "steps": steps}, status=status)
    _remember(response, request.path, shown.browser)
    return response


def _message(
    request: HttpRequest,
    name: str,
    status: int,
    refusal: VivenciaError | None = None,
    retry_after: int = 0,
) -> HttpResponse:
    """A page of one sentence. The one for links that lead nowhere is the same for all."""
    language = _chrome(_accepted(request)[0])
    said = refusal.said(language) if refusal else ""
    translation.activate(language)
    context: dict[str, Any] = {"name": name, "sentence": said, "language": language}
    response = render(request, "surveys/answering/message.html", context, status=status)
    if retry_after:
        response.headers["Retry-After"] = str(retry_after)
    return response


def _remember(response: HttpResponse, path: str, browser: bytes) -> None:
    response.set_cookie(
        tokens.COOKIE, tokens.cookie_of(browser), path=path, max_age=30 * DAY_S,
        httponly=True, secure=settings.HTTPS, samesite="Lax",
    )  # fmt: skip


def _accepted(request: HttpRequest) -> list[str]:
    """The languages a browser asks for, the first first; the organisation's at the end."""
    chosen = get_language_from_request(request)
    organisation = getattr(request, "organisation", None)
    return [chosen[:2], organisation.language if organisation else "es"]


def _chrome(language: str) -> str:
    """The language of buttons and sentences of ours, for a survey in `language`."""
    return language if language in dict(settings.LANGUAGES) else "en"
