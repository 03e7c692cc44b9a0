"""Addresses of the way to the identity provider; without one that is set, nothing is there."""

from __future__ import annotations

from django.urls import path

from vivencia.people.oidc import views

urlpatterns = [
    path("oidc/", views.leave, name="oidc_leave"),
    path("oidc/back/", views.come_back, name="oidc_back"),
    path("people/<int:key>/provider/", views.let_join, name="let_join"),
    path("people/<int:key>/provider/part/", views.part, name="part_from_provider"),
]
