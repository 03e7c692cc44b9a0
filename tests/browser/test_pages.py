"""Every page, in both languages: no barrier, no error, nobody else asked, no sideways scroll.

One test a page and language, on a wide screen and on a phone; the keyboard once a page. Colours do
not depend on the language, so that Spanish is read in light and English in dark.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest

from tests.browser.addresses import NOT_PAGES, PAGES, STRANGERS, Page, shape
from tests.browser.conftest import Visitor
from tests.browser.watching import Watch, follow, only_if_there, until

pytestmark = pytest.mark.browser
LANGUAGES = ("es", "en")
THEME = {"es": "light", "en": "dark"}
PHONE = {"width": 360, "height": 740}
named = {"ids": lambda page: page.name}


def look(visitor: Visitor, page: Page, language: str) -> list[str]:
    """Everything wrong with `page`, on a wide screen and then on a phone."""
    found: list[str] = []
    context = visitor.context(language, color_scheme=THEME[language])
    watch = Watch(context, page.status)
    tab = only_if_there(watch, page)
    spoken = tab.evaluate("document.documentElement.lang")
    if not spoken.startswith(language):
        found.append(f"language: {spoken}")
    if tab.locator("h1:visible").count() != 1:
        found.append(f"h1: {tab.locator('h1:visible').count()}")
    found += [f"{THEME[language]}: {barrier}" for barrier in watch.barriers()]
    tab.set_viewport_size(PHONE)
    found += [f"phone: {barrier}" for barrier in watch.barriers()]
    if watch.sideways() > 0:
        found.append(f"phone: {watch.sideways()} px wider than the screen")
    found += watch.troubles
    context.close()
    return found


def none_of(troubles: list[str]) -> None:
    """Fail with all of `troubles`, one a line."""
    if troubles:
        pytest.fail("\n".join(troubles), pytrace=False)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", PAGES, **named)
def test_page_is_open_to_everybody(member, page, language):
    none_of(look(member, page, language))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", STRANGERS, **named)
def test_page_before_signing_in_is_open_to_everybody(stranger, page, language):
    none_of(look(stranger, page, language))


@pytest.mark.parametrize("page", PAGES, **named)
def test_everything_on_a_page_is_reached_by_keyboard_and_seen(member, page):
    context = member.context("en")
    watch = Watch(context, page.status)
    only_if_there(watch, page)
    lost, unseen = watch.tabbed()
    context.close()
    assert lost == []
    assert unseen == []


def test_the_first_tab_leads_to_the_content(member):
    context = member.context("es")
    tab = Watch(context).open(PAGES[0])
    tab.keyboard.press("Tab")
    assert tab.evaluate("document.activeElement.getAttribute('href')") == "#main"
    tab.keyboard.press("Enter")
    assert tab.evaluate("document.activeElement.id") == "main"
    context.close()


def test_no_page_is_left_out(member):
    """Follow every link three steps from home: each shape of address is one we visit."""
    context = member.context("en")
    watch = Watch(context)
    found = {"/": "/"}
    followed: set[str] = set()
    for _ in range(3):
        for step in [one for one in found if one not in followed]:
            followed.add(step)
            if not NOT_PAGES.search(step):
                watch.go(found[step])
                found = {shape(urlsplit(url).path): url for url in watch.links()} | found
    listed = {shape(page.path) for page in PAGES if page.path}
    linked = [re.compile(page.link) for page in PAGES if page.link]
    context.close()
    assert [
        url
        for step, url in found.items()
        if step not in listed
        and not NOT_PAGES.search(step)
        and not any(link.search(urlsplit(url).path) for link in linked)
    ] == []


def test_language_is_the_browsers_until_chosen(stranger):
    context = stranger.context("es")
    tab = context.new_page()
    tab.goto("/login/")
    assert tab.evaluate("document.documentElement.lang").startswith("es")
    follow(tab.locator("button[name=language][value=en]"))
    tab.goto("/login/")
    assert tab.evaluate("document.documentElement.lang").startswith("en")
    context.close()


# ------------------------------------------------------------------ controls
BARRIER = "<!doctype html><html lang=en><title>x</title><main><h1>x</h1><img src='data:,'></main>"
WIDE = "<!doctype html><html lang=en><title>x</title><h1>x</h1><div style='width:900px'>x</div>"
BLIND = """<!doctype html><html lang=en><title>x</title>
<style>* { outline: none !important }</style>
<h1>x</h1><button>one</button><a href=# onfocus="this.blur()">two</a>"""


def test_control_barriers_width_and_lost_focus_are_noticed(chromium):
    context = chromium.new_context(viewport=PHONE)
    watch = Watch(context)
    watch.tab.set_content(BARRIER)
    assert any(found.startswith("image-alt") for found in watch.barriers())
    watch.tab.set_content(WIDE)
    assert watch.sideways() > 0
    watch.tab.set_content(BLIND)
    _, unseen = watch.tabbed()
    assert unseen != []
    context.close()


def test_control_inline_script_and_strangers_are_noticed(stranger):
    context = stranger.context("en")
    watch = Watch(context)
    tab = watch.open(STRANGERS[0])
    tab.evaluate("""() => {
        const script = document.createElement('script');
        script.textContent = 'window.ran = true';
        document.body.append(script);
        const image = new Image();
        image.src = 'http://stranger.invalid/x.png';
        document.body.append(image);
    }""")
    refused = ("script-src", "stranger.invalid")
    until(tab, lambda: all(any(one in told for told in watch.troubles) for one in refused))
    assert not tab.evaluate("window.ran")
    context.close()
