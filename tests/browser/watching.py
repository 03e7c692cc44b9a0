"""What a browser noticed on a page: errors, refusals, strangers asked, barriers, focus lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit

import axe_playwright_python
import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Request, Response
from playwright.sync_api import Page as Tab

from tests.browser.addresses import Page

PATIENCE_MS = 60_000  # for what is waited for: only a hang takes as long
FEW = 3  # places of one barrier: the first ones tell
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
REFUSING = ("default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'")
LOOSE = re.compile(r"unsafe-inline|unsafe-eval|https?:|\*")

# Every thing a person could press or fill, in the order of the page; in a group of radio buttons
# only one takes the focus.
FOCUSABLE = """() => [...document.querySelectorAll(
    'a[href], button, input, select, textarea, summary, [tabindex="0"]')]
  .filter(e => !e.disabled && e.type !== 'hidden' && e.type !== 'radio' && e.tabIndex >= 0
    && !e.closest('[inert]') && e.checkVisibility({checkVisibilityCSS: true}))
  .map((e, i) => { e.dataset.tab = i; return e.outerHTML.slice(0, 90); })"""
# A link inside a drawing has no plain `href`.
ADDRESSES = "all => all.map(a => new URL(a.getAttribute('href'), document.baseURI).href)"
LATE = "[hx-trigger=load]"  # parts that come after the page
RECORD = """() => { window.__met = []; document.addEventListener('focusin', event => {
    const e = event.target, style = getComputedStyle(e), box = e.getBoundingClientRect();
    const ring = s => (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2)
      || s.boxShadow !== 'none';
    const seen = ring(style) || (e.parentElement && ring(getComputedStyle(e.parentElement)));
    window.__met.push({tab: e.dataset.tab, seen: seen && box.width > 0,
      html: e.outerHTML.slice(0, 90)});
  }); }"""


def follow(button: Locator) -> None:
    """Click what leads to another page, and wait until it is there: a click does not wait."""
    with button.page.expect_navigation():
        button.click()


def until(tab: Tab, true: Callable[[], bool]) -> None:
    """Wait for what no locator can tell; what the browser reports comes in meanwhile."""
    ends = monotonic() + PATIENCE_MS / 1000
    while not true():
        assert monotonic() < ends, "it did not come about"
        tab.wait_for_timeout(50)


@cache
def axe_script() -> str:
    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()


class Watch:
    """One tab, and all it complained of. `expected` is the status the page itself may have."""

    def __init__(self, context: BrowserContext, expected: int = 200) -> None:
        self.tab: Tab = context.new_page()
        self.expected = expected
        self.troubles: list[str] = []
        self.tab.on("console", self._console)
        self.tab.on("pageerror", lambda error: self.troubles.append(f"script: {error}"))
        self.tab.on("request", self._request)
        self.tab.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        if self.expected != 200 and "Failed to load resource" in message.text:
            return  # the page itself, which is meant not to be there
        self.troubles.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        here, there = urlsplit(self.tab.url), urlsplit(request.url)
        if there.scheme == "data" or here.scheme in ("about", "chrome-error"):
            return
        if there.netloc != here.netloc:
            self.troubles.append(f"a stranger was asked: {request.url}")

    def _response(self, response: Response) -> None:
        if response.request.is_navigation_request():
            self._check_policy(response)
            if response.status not in (self.expected, 302):
                self.troubles.append(f"status {response.status} of {response.url}")
        elif response.status >= 400:
            self.troubles.append(f"status {response.status} of {response.url}")

    def _check_policy(self, response: Response) -> None:
        policy = response.headers.get("content-security-policy", "")
        if not all(part in policy for part in REFUSING) or LOOSE.search(policy):
            self.troubles.append(f"policy of {response.url}: {policy or 'none'}")

    def open(self, page: Page) -> Tab:
        """Go to `page`, whole, with everything that can be opened open."""
        self.go(page.path or self._linked(page))
        self.tab.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        return self.tab

    def go(self, path: str) -> None:
        """Be at `path`, with what its scripts bring and show."""
        self.tab.goto(path, wait_until="load")
        self.tab.wait_for_selector(LATE, state="detached")  # no script: the policy forbids eval
        self.tab.locator("h1:visible").first.wait_for()

    def links(self) -> list[str]:
        """Where the links of this page lead on the same server, whole addresses."""
        origin = "{0.scheme}://{0.netloc}/".format(urlsplit(self.tab.url))
        urls = self.tab.eval_on_selector_all("a[href]", ADDRESSES)
        return [url for url in urls if url.startswith(origin)]

    def _linked(self, page: Page) -> str:
        found = page.on
        for link in filter(None, (page.via, page.link)):
            self.go(found)
            urls = self.links()
            there = next((u for u in urls if re.search(link, urlsplit(u).path)), None)
            assert there, f"no link like {link} on {found}"
            found = there
        return found

    def barriers(self) -> list[str]:
        """What axe finds against WCAG 2.2 AA, one line each."""
        self.tab.evaluate(axe_script())
        found = self.tab.evaluate(
            "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES
        )
        return [
            f"{violation['id']}: {node['html'][:120]} {node.get('failureSummary', '')[:160]}"
            for violation in found["violations"]
            for node in violation["nodes"][:FEW]
        ]

    def sideways(self) -> int:
        """By how many pixels the page is wider than the screen."""
        return self.tab.evaluate(
            "document.scrollingElement.scrollWidth - document.documentElement.clientWidth"
        )

    def tabbed(self) -> tuple[list[str], list[str]]:
        """(things Tab never reaches, things whose focus can not be seen)."""
        wanted = self.tab.evaluate(FOCUSABLE)
        self.tab.evaluate(RECORD)
        for _ in range(len(wanted) + 10):
            self.tab.keyboard.press("Tab")
        met = self.tab.evaluate("window.__met")
        reached = {each["tab"] for each in met}
        lost = [html for n, html in enumerate(wanted) if str(n) not in reached]
        return lost, sorted({each["html"] for each in met if not each["seen"]})


def only_if_there(watch: Watch, page: Page) -> Tab:
    """Open `page`; fail at once if what came is not the page but an error."""
    tab = watch.open(page)
    wrong = [trouble for trouble in watch.troubles if trouble.startswith("status")]
    if wrong:
        pytest.fail("\n".join(wrong), pytrace=False)
    return tab
