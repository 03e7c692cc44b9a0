"""Addresses of the pages of people. The first four bear the names allauth asks for."""

from __future__ import annotations

from django.urls import include, path

from vivencia.people import views

urlpatterns = [
    path("login/", views.sign_in, name="account_login"),
    path("logout/", views.sign_out, name="account_logout"),
    path("account/closed/", views.inactive, name="account_inactive"),
    path("account/password/", views.change_password, name="account_change_password"),
    path("start/<str:token>", views.start, name="start"),
    path("account/", views.account, name="account"),
    path("account/sessions/", views.sessions, name="sessions"),
    path("account/sessions/end/", views.end_other_sessions, name="end_other_sessions"),
    path("account/sessions/<slug:key>/end/", views.end_session, name="end_session"),
    path("settings/signing-in/", views.sign_in_rules, name="sign_in_rules"),
    path("", include("vivencia.people.second_factor.urls")),
    path("", include("vivencia.people.oidc.urls")),
    path("people/", views.people, name="people"),
    path("people/rights/", views.rights_of_roles, name="rights_of_roles"),
    path("people/<int:key>/", views.person, name="person"),
    path("people/<int:key>/deactivate/", views.deactivate, name="deactivate"),
    path("people/<int:key>/reactivate/", views.reactivate, name="reactivate"),
    path("people/<int:key>/second-factor/", views.reset_second_factor, name="reset_second_factor"),
    path("people/<int:key>/link/", views.new_link, name="new_link"),
    path("departments/", views.add_department, name="add_department"),
    path("departments/<int:key>/remove/", views.remove_department, name="remove_department"),
    path("", include("vivencia.people.saved.urls")),
    path("", include("vivencia.people.audit.urls")),
    path("keys/", views.api_keys, name="keys"),
    path("keys/<int:key>/revoke/", views.revoke_key, name="revoke_key"),
]
