"""Addresses of the pages of the doors."""

from django.urls import path

from vivencia.interactions.quarantine import views

urlpatterns = [
    path("intake/", views.intake, name="intake"),
    path("quarantine/", views.quarantine, name="quarantine"),
    path("quarantine/replay/", views.replay, name="quarantine_replay"),
    path("quarantine/<int:key>/mend/", views.mend, name="quarantine_mend"),
    path("quarantine/<int:key>/drop/", views.drop, name="quarantine_drop"),
]
