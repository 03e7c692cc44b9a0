"""A demo served by a real process, and a real Chromium signed in to it.

Playwright is started for this folder only: its event loop must not be alive while the tests of
other rooms use Django's database in the same process.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from tests.browser.server import Server
from tests.browser.watching import PATIENCE_MS, follow
from tests.promises.sizes import FULL

LANGUAGES = {"es": "es-ES", "en": "en-GB"}
WIDE = {"width": 1440, "height": 900}
WINDOWED = ("chromium", "chromium-browser", "google-chrome")
# Debian's build of the same engine without the windows nobody sees here opens a page in a third of
# the time. A promise tried in full is tried in what people have.
BROWSERS = WINDOWED if FULL else ("chromium-headless-shell", *WINDOWED)
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is seen in the demo is seen on SQLite, whatever DATABASE_URL says."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here) and "demo" in item.fixturenames:
            item.add_marker(pytest.mark.sqlite("the demo is always kept in a file"))


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("NOT RUN: Chromium is not installed (apt install chromium)")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            # Containers have neither user namespaces nor a large /dev/shm. Each site has a process
            # of its own, as on a desk: without windows that has to be said.
            args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--site-per-process"],
        )
        yield browser
        browser.close()


def sign_in(chromium: Browser, server: Server) -> dict:
    """What a browser keeps after coming in by the printed link, as a newcomer does."""
    context = chromium.new_context()
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    answer = page.goto(server.link)
    assert answer.ok, f"{answer.status} of the printed link\n" + "".join(server.printed[-20:])
    later = page.locator("button[name=later]")
    if later.count():  # the demo asks for nothing
        follow(later)
    else:
        page.locator("input[type=email]").fill("ana@example.org")
        page.locator("input[type=password]").first.fill("lo que vive un cliente")
        follow(page.locator("main form button").last)
    assert page.url == server.address + "/"
    state = context.storage_state()
    context.close()
    return state


class Visitor:
    """Somebody signed in (or not) to one server."""

    def __init__(self, chromium: Browser, server: Server, state: dict | None) -> None:
        self.chromium, self.server, self.state = chromium, server, state

    def context(self, language: str = "en", **settings: object) -> BrowserContext:
        given = {"viewport": WIDE, "reduced_motion": "reduce", **settings}
        context = self.chromium.new_context(
            base_url=self.server.address,
            locale=LANGUAGES[language],
            storage_state=self.state,
            **given,
        )
        context.set_default_timeout(PATIENCE_MS)
        return context


@pytest.fixture(scope="package")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("demo"), "--demo") as server:
        yield server


@pytest.fixture(scope="package")
def member(chromium: Browser, demo: Server) -> Visitor:
    return Visitor(chromium, demo, sign_in(chromium, demo))


@pytest.fixture(scope="package")
def stranger(chromium: Browser, empty: Server) -> Visitor:
    return Visitor(chromium, empty, None)


@pytest.fixture(scope="package")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of an installation that a test may fill with what it likes."""
    with Server(tmp_path_factory.mktemp("empty")) as server:
        yield server


@pytest.fixture(scope="package")
def administrator(chromium: Browser, empty: Server) -> Visitor:
    return Visitor(chromium, empty, sign_in(chromium, empty))
