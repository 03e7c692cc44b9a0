"""Every address. A room's own are in its urls.py; the doors of the intake in asgi.py."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import include, path

from vivencia.shell import gallery, registry, views
from vivencia.shell.api import routes

ROOMS = (
    "people", "touchpoints", "interactions", "customers", "outbox", "scores", "journeys",
    "surveys", "reports", "connectors",
)  # fmt: skip

urlpatterns = [
    path("language/", views.set_language, name="set_language"),
    path("settings/", views.settings, name="settings"),
    path("settings/change/", views.change_settings, name="change_settings"),
    path("settings/facts/declare/", views.declare, name="declare_fact"),
    path("settings/facts/withdraw/", views.withdraw, name="withdraw_fact"),
    path("touchpoints/", registry.touchpoints, name="touchpoints"),
    path("begin/", views.begin, name="begin"),
    path("parts/", gallery.parts, name="parts"),
    path("health/", views.health, name="health"),
    path("", include("vivencia.shell.watching.urls")),
    path("api/openapi.json", views.openapi, name="openapi"),
    path("api/v1/", routes()),
    path("", include("vivencia.shell.rights.urls")),
]
urlpatterns += [
    path("", include(f"vivencia.{room}.urls"))
    for room in ROOMS
    if find_spec(f"vivencia.{room}.urls")
]

handler400 = views.bad_request
handler403 = views.permission_denied
handler404 = views.not_found
handler500 = views.server_error
