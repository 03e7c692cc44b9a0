"""The HTTP API for reading: each room's router, one error form, one true OpenAPI document."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from ninja import NinjaAPI

from vivencia.interactions.intake import openapi as intake
from vivencia.journeys.api import router as journeys
from vivencia.lib.errors import VivenciaError
from vivencia.people.access import KeyOrSession
from vivencia.scores.api import router as scores

api = NinjaAPI(title="Vivencia", version="1", docs_url=None, openapi_url=None, urls_namespace="api")
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


def routes() -> tuple[list[URLPattern], str, str]:
    """The addresses of every operation, each declared by the KeyOrSession it asks; an operation
    that asks nobody gets no address."""
    patterns, app, namespace = api.urls
    guarded: dict[str, str] = {}
    for _, router in api._routers:  # Ninja has no public list of operations
        for view in router.path_operations.values():
            asked = [guard for op in view.operations for guard in op.auth_callbacks]
            doors = [guard for guard in asked if isinstance(guard, KeyOrSession)]
            if doors and len(doors) == len(asked):
                guarded[str(view.operations[0].url_name)] = doors[0].access
    listed = [
        pattern
        for pattern in patterns
        if isinstance(pattern, URLPattern) and pattern.name in guarded
    ]
    for pattern in listed:
        pattern.callback.__dict__["access"] = guarded[str(pattern.name)]
    return listed, app, namespace


def openapi() -> dict[str, Any]:
    """One OpenAPI 3.1 document: the doors of the intake and the reading routes."""
    document: dict[str, Any] = intake.document()
    document["info"] = {"title": "Vivencia", "version": "1"}
    reading: dict[str, Any] = api.get_openapi_schema(path_prefix="/api/v1/")
    for path in reading["paths"].values():
        for operation in path.values():
            operation["responses"].update(_REFUSALS)
            operation["security"] = document["paths"][_A_DOOR]["post"]["security"]
    document["paths"].update(reading["paths"])
    document["components"]["schemas"].update(reading["components"]["schemas"])
    return document


_A_DOOR = "/api/v1/interactions"
_REFUSALS = {
    "401": {"description": "No key, or not a good one."},
    "404": {"description": "Not there, or not yours: the same."},
    "422": {"description": "A parameter can not be used; the message says which."},
    "503": {"description": "Come back after Retry-After seconds."},
}
