"""Signing in with the organisation's own provider: a real Chromium, a real server, a real
provider; on `localhost` here and `127.0.0.1` there, so that they are two sites as outside."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.conftest import LANGUAGES
from tests.browser.watching import PATIENCE_MS
from vivencia.people.oidc.tests.identity_provider import IdentityProvider
from vivencia.shell.tests.serving import Served

pytestmark = pytest.mark.browser
BUTTON = {"en": "Sign in with Acme", "es": "Entrar con Acme"}
NO_GROUP = {
    "en": "None of your groups at Acme lets you in here.",
    "es": "Ninguno de tus grupos en Acme da entrada aquí.",
}


@pytest.fixture(scope="module")
def acme() -> Iterator[IdentityProvider]:
    with IdentityProvider() as provider:
        yield provider


@pytest.fixture(scope="module")
def served(acme: IdentityProvider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    server = Served(tmp_path_factory.mktemp("provider") / "data", **acme.environ())
    server.join()  # the administrator, before anybody comes from the provider
    yield server
    server.stop()


@pytest.fixture(params=LANGUAGES)
def context(request, chromium: Browser, served: Served) -> Iterator[BrowserContext]:
    made = chromium.new_context(
        base_url=f"http://localhost:{served.port}", locale=LANGUAGES[request.param]
    )
    made.set_default_timeout(PATIENCE_MS)
    made.language = request.param
    yield made
    made.close()


def test_a_person_comes_in_by_the_provider_and_stays_out_without_their_groups(
    context: BrowserContext, acme: IdentityProvider
) -> None:
    acme.as_it_should_be()
    tab, language, forbidden = context.new_page(), context.language, []
    tab.on("console", lambda told: "Content Security" in told.text and forbidden.append(told.text))
    tab.goto("/views/")  # leads to the sign-in page, and back here
    tab.get_by_role("link", name=BUTTON[language]).click()
    tab.get_by_role("link", name="Continue as Eva").click()
    tab.wait_for_url("**/views/")
    expect(tab.locator("h1")).to_be_visible()
    assert [cookie["name"] for cookie in context.cookies() if "oidc" in cookie["name"]] == []
    assert forbidden == []  # the policy lets a link lead away

    context.clear_cookies()
    acme.person["groups"] = ["canteen"]
    tab.goto("/login/")
    tab.get_by_role("link", name=BUTTON[language]).click()
    tab.get_by_role("link", name="Continue as Eva").click()
    tab.wait_for_url("**/login/")
    expect(tab.get_by_text(NO_GROUP[language])).to_be_visible()
