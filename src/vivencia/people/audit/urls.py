"""Addresses of the audit trail."""

from __future__ import annotations

from django.urls import path

from vivencia.people.audit import views

urlpatterns = [
    path("audit/", views.trail, name="audit"),
    path("audit/check/", views.check, name="check_audit"),
]
