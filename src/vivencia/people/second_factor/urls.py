"""Addresses of the second factor. The first two bear the names allauth asks for."""

from __future__ import annotations

from django.urls import path

from vivencia.people.second_factor import views

urlpatterns = [
    path("login/second/", views.challenge, name="mfa_authenticate"),
    path("login/passkey/", views.passkey_sign_in, name="mfa_login_webauthn"),
    path("account/confirm/", views.confirm, name="confirm"),
    path("account/second-factor/", views.second_factor, name="second_factor"),
    path("account/second-factor/app/", views.add_app, name="add_app"),
    path("account/second-factor/passkey/", views.add_passkey, name="add_passkey"),
    path("account/second-factor/codes/", views.new_codes, name="new_codes"),
    path("account/second-factor/<int:key>/remove/", views.remove, name="remove_factor"),
]
