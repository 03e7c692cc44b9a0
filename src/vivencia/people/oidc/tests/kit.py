"""A browser that goes to the provider and comes back, and what became of it."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import parse_qsl, urlsplit

from django.test import Client

from vivencia.people.models import AuditEntry
from vivencia.people.oidc.tests.identity_provider import IdentityProvider


def leaves(browser: Client, query: str = "") -> str:
    """The provider's page, where the browser is sent."""
    answer = browser.get(f"/oidc/{query}")
    assert answer.status_code == HTTPStatus.FOUND, answer.content
    return answer.headers["Location"]


def consents(acme: IdentityProvider, out: str) -> str:
    """The address the provider sends the browser back to, as a path here."""
    back = urlsplit(acme.consented(dict(parse_qsl(urlsplit(out).query))))
    assert (back.netloc, back.path) == ("testserver", "/oidc/back/")
    return f"{back.path}?{back.query}"


def comes_in(acme: IdentityProvider, browser: Client | None = None) -> Client:
    browser = browser or Client(headers={"accept-language": "en"})
    browser.get(consents(acme, leaves(browser)))
    return browser


def is_in(browser: Client) -> bool:
    return browser.get("/account/").status_code == HTTPStatus.OK


def said(browser: Client) -> str:
    """The sentence on the sign-in page."""
    return " ".join(map(str, browser.get("/login/").context["messages"]))


def refusal() -> str:
    """The last sign-in the trail tells as refused, and why."""
    entry = AuditEntry.objects.filter(what="account.sign_in", result="refused").first()
    return entry.detail if entry else ""
