"""The policy table, cell by cell, and that no address escapes it."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

from vivencia.people.access import PUBLIC, KeyOrSession, allow, may
from vivencia.people.models import Role, User
from vivencia.people.policy import POLICY, SCOPES, scopes_may

# Said a second time by hand, so that a slip in the table is seen.
ALLOWED = {
    "administrator": set(POLICY) - {"interactions.send", "delighted.use", "blocked.open"},
    "manager": {
        "home.read", "glossary.read", "account.edit", "scores.read", "journeys.read",
        "views.save", "export.run", "interactions.open", "customers.read", "customers.decide",
        "intake.read", "imports.read", "imports.run", "imports.undo", "quarantine.read",
        "quarantine.mend", "touchpoints.read", "touchpoints.edit", "settings.read",
        "outbox.read", "outbox.open", "outbox.decide", "contact.read", "contact.edit",
        "contact.say", "asking.read", "asking.edit", "surveys.read", "surveys.edit",
        "surveys.publish", "surveys.share", "surveys.call", "connectors.read", "connectors.edit",
        "margins.edit", "watches.edit", "surveys.follow",
        "customers.export", "customers.erase", "rights.read",
    },
    "analyst": {
        "home.read", "glossary.read", "account.edit", "scores.read", "journeys.read",
        "views.save", "export.run", "interactions.open", "customers.read", "intake.read",
        "imports.read", "imports.run", "quarantine.read", "quarantine.mend", "touchpoints.read",
        "outbox.read", "contact.read", "asking.read", "surveys.read", "surveys.edit",
        "connectors.read", "margins.edit", "watches.edit", "surveys.follow",
    },
    "agent": {"home.read", "glossary.read", "account.edit", "touchpoints.read", "surveys.call"},
    "protection": {
        "home.read", "glossary.read", "account.edit", "touchpoints.read", "interactions.open",
        "customers.read", "customers.export", "customers.erase", "rights.read", "blocked.open",
        "audit.read",
    },
}  # fmt: skip
SCOPED = {
    "intake": {"interactions.send"},
    "read": {"glossary.read", "scores.read", "journeys.read", "touchpoints.read", "surveys.read"},
    "customers": {"interactions.open", "customers.read"},
    "delighted": {"delighted.use"},
    "watch": {"health.read"},
}
OPEN_TO_ALL = {
    "account_login", "mfa_authenticate", "mfa_login_webauthn", "account_logout",
    "account_inactive", "start", "oidc_leave", "oidc_back", "set_language", "health", "healthz",
    "readyz", "metrics",
    "unsubscribe", "mail_events", "survey", "survey_look", "survey_framed", "widget_script",
    "kiosk", "kiosk_worker", "kiosk_survey", "kiosk_answers", "texts_in",
}  # fmt: skip


@pytest.mark.parametrize("action", POLICY)
@pytest.mark.parametrize("role", Role.values)
def test_each_cell_of_the_table(role: str, action: str) -> None:
    user = User(role=role)
    expected = action in ALLOWED[role]
    assert may(user, action) is expected
    request = RequestFactory().get("/")
    request.user = user
    guarded = allow(action)(lambda request: HttpResponse("in"))
    if expected:
        assert guarded(request).content == b"in"
    else:
        with pytest.raises(Http404):
            guarded(request)


@pytest.mark.parametrize("action", POLICY)
def test_closed_accounts_and_strangers_may_nothing(action: str) -> None:
    assert not may(AnonymousUser(), action)
    assert not may(User(role="administrator", is_active=False), action)


@pytest.mark.parametrize("action", POLICY)
@pytest.mark.parametrize("scope", SCOPES)
def test_each_scope_of_a_key(scope: str, action: str) -> None:
    assert scopes_may(frozenset({scope}), action) is (action in SCOPED[scope])


def routes(resolver: URLResolver | None = None) -> list[URLPattern]:
    """Every address of the installation."""
    found: list[URLPattern] = []
    for entry in (resolver or get_resolver()).url_patterns:
        found += routes(entry) if isinstance(entry, URLResolver) else [entry]
    return found


def declared(route: URLPattern) -> object:
    """What a route says of who may open it: an action, PUBLIC, or None."""
    view = route.callback
    access = getattr(view, "access", None)
    if access is None and hasattr(view, "csrf_exempt"):  # an operation of the API
        operations = getattr(getattr(view, "__self__", None), "operations", [])
        auths = [auth for operation in operations for auth in operation.auth_callbacks]
        if auths and all(isinstance(auth, KeyOrSession) for auth in auths):
            return auths[0].access
    return access


def test_every_address_declares_who_may_open_it() -> None:
    undeclared = [str(route.pattern) for route in routes() if declared(route) is None]
    assert not undeclared


def test_what_is_open_to_all_is_listed_here() -> None:
    public = {route.name for route in routes() if declared(route) == PUBLIC}
    assert public <= OPEN_TO_ALL | {"openapi"}


def test_control_an_undeclared_address_is_noticed() -> None:
    from django.urls import path

    assert declared(path("new/", lambda request: HttpResponse())) is None
