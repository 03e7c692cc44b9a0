"""Addresses for whoever watches."""

from __future__ import annotations

from django.urls import path

from vivencia.shell.watching import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("metrics", views.prometheus, name="metrics"),
    path("settings/health/", views.health_page, name="installation_health"),
]
