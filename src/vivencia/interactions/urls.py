"""Addresses of the room: files brought in, the doors and what waits at them."""

from __future__ import annotations

from importlib.util import find_spec

from django.urls import include, path

PAGES = ("imports", "quarantine")

urlpatterns = [
    path("", include(f"vivencia.interactions.{pages}.urls"))
    for pages in PAGES
    if find_spec(f"vivencia.interactions.{pages}.urls")
]
