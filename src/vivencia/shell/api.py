"""The HTTP API for reading: each room's router, one error form, one true OpenAPI document."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI

from vivencia.journeys.api import router as journeys
from vivencia.lib.errors import VivenciaError
from vivencia.scores.api import router as scores

api = NinjaAPI(
    title="Vivencia", version="1", docs_url=None, openapi_url=None, urls_namespace="api"
)
api.add_router("", scores)
api.add_router("", journeys)


@api.exception_handler(VivenciaError)
def said(request: HttpRequest, error: VivenciaError) -> HttpResponse:
    """Our own errors: a reason for programs and a sentence for people, in their language."""
    language = getattr(request, "LANGUAGE_CODE", "en")
    body = {"error": error.reason or type(error).__name__, "message": error.said(language)}
    response: HttpResponse = api.create_response(request, body, status=error.status)
    if error.status == 503:
        response["Retry-After"] = "2"
    return response


def openapi() -> dict[str, Any]:
    """The document of the reading routes, with the answers every one of them may give."""
    document: dict[str, Any] = api.get_openapi_schema()
    for path in document["paths"].values():
        for operation in path.values():
            operation["responses"].update(
                {
                    "401": {"description": "No key, or not a good one."},
                    "404": {"description": "Not there, or not yours: the same."},
                    "422": {"description": "A parameter can not be used; the message says which."},
                    "503": {"description": "Come back after Retry-After seconds."},
                }
            )
    return document
