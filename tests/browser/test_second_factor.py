"""Passkeys in a real Chromium with an authenticator of its own, on `localhost`: an address is no
relying party. And the app's code, for who has none."""

from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import BrowserContext, CDPSession, Page, expect

from tests.browser.server import Server, vivencia
from tests.browser.watching import PATIENCE_MS, follow

pytestmark = pytest.mark.browser
EMAIL, PASSWORD = "eva@example.org", "lo que vive una clienta"


@pytest.fixture
def away(chromium, empty: Server):
    """A browser on `localhost` that nobody has signed in with; what a page reports is noted."""
    address = empty.address.replace("127.0.0.1", "localhost")
    context = chromium.new_context(base_url=address, locale="en-GB")
    context.set_default_timeout(PATIENCE_MS)
    yield context
    context.close()


@pytest.fixture(scope="module", autouse=True)
def eva(administrator, empty: Server) -> None:
    """Somebody with a password, beside the administrator of the link."""
    vivencia(
        empty.data, "user", "add", EMAIL, "--role", "manager", "--password-stdin", given=PASSWORD
    )


def authenticator(page: Page) -> CDPSession:
    """A key that answers at once, as a thumb would."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2", "transport": "internal", "hasResidentKey": True,
                "hasUserVerification": True, "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )  # fmt: skip
    return devtools


def give_password(page: Page) -> None:
    page.goto("/login/")
    page.get_by_label("E-mail").or_(page.locator("input[name=login]")).first.fill(EMAIL)
    page.locator("input[name=password]").fill(PASSWORD)
    follow(page.locator("main form button").first)


def reports_of(context: BrowserContext) -> list[str]:
    """What the policy of a page has forbidden."""
    found: list[str] = []
    context.on("console", lambda said: found.append(said.text) if said.type == "error" else None)
    return found


def test_a_passkey_is_made_asked_for_and_enough_by_itself(away: BrowserContext) -> None:
    reports, page = reports_of(away), away.new_page()
    authenticator(page)
    give_password(page)
    page.goto("/account/second-factor/")
    follow(page.get_by_role("link", name="Add a passkey"))
    page.get_by_label("What to call it").fill("the grey key")
    page.get_by_role("button", name="Make the passkey").click()
    page.wait_for_selector("ol.codes")
    codes = page.locator("ol.codes code").all_inner_texts()
    assert len(codes) == 10
    follow(page.get_by_role("link", name="I have kept them"))
    expect(page.get_by_text("the grey key").first).to_be_visible()

    away.clear_cookies()
    give_password(page)  # is not enough now
    page.wait_for_url("**/login/second/")
    page.goto("/account/")
    page.wait_for_url("**/login/second/**")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(re.compile(r"localhost:\d+/$"))

    away.clear_cookies()
    page.goto("/login/")
    page.get_by_role("button", name="Use a passkey").click()  # instead of the password
    page.wait_for_url(re.compile(r"localhost:\d+/$"))

    away.clear_cookies()
    give_password(page)
    page.locator("#id_code").fill(codes[0].upper())
    follow(page.get_by_role("button", name="Come in"))
    page.wait_for_url(re.compile(r"localhost:\d+/$"))
    assert reports == []


def test_control_a_stranger_s_key_opens_nothing(away: BrowserContext) -> None:
    """A browser without that key stays outside, and is told so."""
    page = away.new_page()
    authenticator(page)
    page.goto("/login/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_selector("[data-failed]:visible")
    give_password(page)
    page.wait_for_url("**/login/second/")
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_selector("[data-failed]:visible")
    page.goto("/account/")
    assert "/login/" in page.url


def test_lost_and_reset_an_app_takes_its_place_by_keyboard_alone(
    away: BrowserContext, empty: Server
) -> None:
    from vivencia.people.second_factor.totp import STEP_S, code_at

    vivencia(empty.data, "user", "reset", EMAIL)
    page = away.new_page()
    give_password(page)
    page.wait_for_url(re.compile(r"localhost:\d+/$"))
    page.goto("/account/second-factor/app/")
    page.wait_for_function("document.querySelector('img.qr').naturalWidth > 0")  # the policy let it
    secret = page.locator("#secret").input_value().replace(" ", "")
    page.locator("#id_code").focus()
    page.keyboard.type(code_at(secret, int(time.time()) // STEP_S))
    page.keyboard.press("Enter")
    page.wait_for_selector("ol.codes")
    codes = page.locator("ol.codes code").all_inner_texts()

    away.clear_cookies()
    give_password(page)
    page.wait_for_url("**/login/second/")
    expect(page.locator("#id_code")).to_be_focused()
    page.keyboard.type(codes[0])
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"localhost:\d+/$"))
