"""Addresses of the pages of rights."""

from django.urls import path

from vivencia.shell.rights import views

urlpatterns = [
    path("customers/<int:number>/erase/", views.erase, name="customer_erase"),
    path("customers/<int:number>/export/", views.export, name="customer_export"),
    path("settings/privacy/", views.privacy, name="privacy"),
    path("settings/privacy/terms/", views.choose_terms, name="privacy_terms"),
    path("settings/privacy/record/", views.processing, name="processing"),
    path("settings/privacy/blocked/<int:key>/open/", views.unseal, name="blocked_open"),
]
