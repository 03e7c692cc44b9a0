"""S22: every address that changes something leaves who, what, when and how it went."""

from __future__ import annotations

import re

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import ResolverMatch, URLPattern, URLResolver, get_resolver, resolve

from vivencia.lib.errors import Conflict
from vivencia.people import actions
from vivencia.people.access import PUBLIC, allow
from vivencia.people.audit.actions import audit
from vivencia.people.models import AuditEntry, User
from vivencia.shell.middleware import Trailed
from vivencia.shell.tests.test_security import PARAMETERS

pytestmark = pytest.mark.django_db
METHODS = ("POST", "PUT", "PATCH", "DELETE")
# Open to the public, so that nobody signed in stands behind what they send. Why none of them
# leaves an entry by its address:
PUBLIC_ONES = {
    "account_login": "its own: account.signed_in and account.sign_in",
    "mfa_authenticate": "its own: second_factor.asked, account.signed_in",
    "mfa_login_webauthn": "its own: account.signed_in",
    "account_logout": "its own: account.signed_out",
    "start": "its own: people.link_used",
    "set_language": "a cookie of the browser; nothing is kept",
    "survey": "an answer; the log keeps it, and of whom it is anonymous it must stay so",
    "survey_look": "as survey",
    "survey_framed": "as survey",
    "kiosk_survey": "as survey",
    "kiosk_answers": "as survey",
    "kiosk": "a device says its code; surveys.device_added is of who gave it",
    "unsubscribe": "the stop itself is kept, with its proof",
    "mail_events": "the notice itself is kept",
    "texts_in": "the notice itself is kept",
}


@pytest.fixture
def ana() -> User:
    return actions.add_user(None, "ana@example.org", "administrator", password="seven pears")


# What the groups of regular expressions in addresses take, by how they are written.
GROUPS = (
    (r"(?:\.json|\.xml)?", ".json"), ("[0-9a-f]{18}", "0" * 18), ("[-a-zA-Z0-9_]+", "x"),
    ("csv|xlsx|parquet|sav", "csv"), ("email|sms", "email"), ("[^/]+?", "x"), ("[^/]+", "x"),
    (r"\d+", "1"),
)  # fmt: skip


def addresses(resolver: URLResolver | None = None, before: str = "/") -> list[str]:
    """An example of every address, which leads to it."""
    found = []
    for entry in (resolver or get_resolver()).url_patterns:
        path = before + example(str(entry.pattern))
        found += [path] if isinstance(entry, URLPattern) else addresses(entry, path)
    return found


def example(pattern: str) -> str:
    if not pattern.startswith("^"):
        return re.sub(
            r"<(?:(\w+):)?\w+>", lambda m: PARAMETERS.get(m[1] or "str", "x"), pattern
        ).lstrip("/")
    for group, instead in GROUPS:
        pattern = pattern.replace(group, instead)
    return re.sub(r"\(\?P<\w+>([^)]*)\)", r"\1", pattern).strip("^$").replace("\\", "")


def entries() -> int:
    return AuditEntry.objects.count()


def unsafe_answers(user: User, path: str) -> list[tuple[str, int, bool]]:
    """(method, status, whether an entry was left) for each method the address takes."""
    told = []
    for method in METHODS:
        browser = Client(raise_request_exception=False)
        browser.force_login(user)  # anew: an address may be there to end sessions
        before = entries()
        status = browser.generic(method, path).status_code
        if status != 405:
            told.append((method, status, entries() > before))
    return told


def test_s22_every_address_that_changes_something_is_in_the_trail(ana: User) -> None:
    asked, silent, public = 0, [], set()
    for path in addresses():
        view = resolve(path)
        if getattr(view.func, "access", None) == PUBLIC:
            public.add(view.url_name)
            continue
        for method, status, left in unsafe_answers(ana, path):
            asked += 1
            if not left and not getattr(view.func, "changes_nothing", False):
                silent.append((method, path, status))
    assert asked > 80
    assert silent == []
    taking = {name for name in public if name in PUBLIC_ONES or _takes_posts(name)}
    assert taking <= PUBLIC_ONES.keys(), "say why it leaves no entry of its own"


def _takes_posts(name: str | None) -> bool:
    path = next(path for path in addresses() if resolve(path).url_name == name)
    return Client(raise_request_exception=False).post(path).status_code != 405


def answered(view, user: User) -> HttpResponse:
    """What `view` answers to a POST that has come through the middleware."""
    request = RequestFactory().post("/x/")
    request.user = user

    def get_response(request: HttpRequest) -> HttpResponse:
        request.resolver_match = ResolverMatch(view, (), {}, url_name="x", route="x/")
        try:
            return view(request)
        except Conflict:
            return HttpResponse(status=409)

    return Trailed(get_response)(request)


def test_what_is_refused_is_in_it_too(ana: User) -> None:
    @allow("account.edit")
    def refuses(request: HttpRequest) -> HttpResponse:
        raise Conflict(es="No.", en="No.")

    answered(refuses, ana)
    entry = AuditEntry.objects.first()
    assert (entry.who, entry.what, entry.thing, entry.result) == (ana, "page.sent", "x", "refused")


def test_what_says_so_itself_is_not_said_twice(ana: User) -> None:
    @allow("account.edit")
    def tells(request: HttpRequest) -> HttpResponse:
        audit(ana, "settings.changed")
        return HttpResponse()

    before = entries()
    answered(tells, ana)
    assert entries() == before + 1


def test_a_key_is_named(ana: User) -> None:
    from vivencia.people.keys import KeyInfo

    def asks(request: HttpRequest) -> HttpResponse:
        request.auth = KeyInfo(7, "shop", frozenset({"read"}), False)
        return HttpResponse()

    answered(asks, ana)
    entry = AuditEntry.objects.first()
    assert (entry.who, entry.what, entry.thing) == (None, "api.sent", "key:7 x/")


def test_control_without_the_middleware_addresses_are_silent(ana: User, settings) -> None:
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if "Trailed" not in name]
    assert any(_is_silent(ana, path) for path in addresses())


def _is_silent(user: User, path: str) -> bool:
    if getattr(resolve(path).func, "access", None) == PUBLIC:
        return False
    return any(not left for _, _, left in unsafe_answers(user, path))
