"""What every page stands in: the organisation's clock, a declared door, the audit trail, plain
errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from vivencia.lib.errors import VivenciaError
from vivencia.people.access import PUBLIC
from vivencia.people.audit.actions import audit, left_now
from vivencia.people.audit.reading import any_of
from vivencia.people.keys import KeyInfo
from vivencia.people.reading import organisation
from vivencia.shell.admission import recognise
from vivencia.shell.views import error_page

RETRY_AFTER_S = "5"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
Answer = Callable[[HttpRequest], HttpResponse]


class Surroundings:
    """Times in the organisation's zone, words in the language of whoever reads.

    The choice of a signed-in person wins over the browser's; a choice made on the page (the
    language cookie) wins over both.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.organisation = organisation()  # type: ignore[attr-defined]
        chosen = getattr(request.user, "language", "")
        if chosen and settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            translation.activate(chosen)
            request.LANGUAGE_CODE = chosen
        with timezone.override(request.organisation.zone):  # type: ignore[attr-defined]
            response = self.get_response(request)
        _recognise(request)
        response.headers["Content-Language"] = translation.get_language() or "es"
        patch_vary_headers(response, ["Cookie"])
        return response


def _recognise(request: HttpRequest) -> None:
    """Whoever signed in, or has a key, waits from now on for themselves alone (admission.py)."""
    if isinstance(getattr(request, "auth", None), KeyInfo):
        recognise(request.headers["Authorization"])
    elif request.user.is_authenticated and request.session.session_key:
        recognise(request.session.session_key)


class DeclaredAccess:
    """A view that has not declared who may open it (people/access.py) opens for nobody."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> None:
        if not hasattr(view, "access"):
            raise Http404(f"{view.__module__}.{view.__name__} declares no access")


class Trailed:
    """Whatever somebody signed in, or a key, sends to change something is in the audit trail: by
    what was done, or, where that left no entry (it was refused, or says nothing), by its address.

    What is open to the public says so itself: an anonymous answer must not be somebody's.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method in SAFE:
            return self.get_response(request)
        before = request.user
        token = left_now.set([])
        try:
            response = self.get_response(request)
            if not any_of(left_now.get() or []):
                _leave(request, before, response.status_code)
        finally:
            left_now.reset(token)
        return response


def _leave(request: HttpRequest, user: Any, status: int) -> None:
    match = request.resolver_match
    if match is None or getattr(match.func, "access", None) == PUBLIC:
        return
    result = "done" if status < 400 else "refused" if status < 500 else "failed"
    key = getattr(request, "auth", None)
    if isinstance(key, KeyInfo):
        audit(None, "api.sent", f"key:{key.id} {match.route}", result=result, door="api")
    elif user.is_authenticated and not getattr(match.func, "changes_nothing", False):
        audit(user, "page.sent", match.url_name or match.route, result=result)


class PlainErrors:
    """An error raised on purpose becomes its sentence, in the reader's language."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, VivenciaError):
            return None
        sentence = error.said(translation.get_language() or "es")
        if request.path.startswith("/api/"):
            told = {"error": error.reason or type(error).__name__, "message": sentence}
            response: HttpResponse = JsonResponse(told, status=error.status)
        else:
            response = error_page(request, error.status, sentence)
        if error.status == 503:
            response["Retry-After"] = RETRY_AFTER_S
        return response
