"""What every page stands in: the organisation's clock, a declared door, plain errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers

from vivencia.lib.errors import VivenciaError
from vivencia.people.reading import organisation
from vivencia.shell.views import error_page

RETRY_AFTER_S = "5"
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
        response.headers["Content-Language"] = translation.get_language() or "es"
        patch_vary_headers(response, ["Cookie"])
        return response


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
