"""P1: to say no takes no more presses than to say yes, for every purpose and channel."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect
from playwright.sync_api import Page as Tab

from tests.browser.addresses import PAGES
from tests.browser.watching import follow

pytestmark = pytest.mark.browser
BOOK = next(page for page in PAGES if page.name == "book")
YES, NO = "given", "withdrawn"


def presses(button: Locator) -> int:
    """How many presses it takes to be where it leads, with what has to be opened first."""
    n = 1
    while not button.is_visible():
        button.locator("xpath=ancestor::details[not(@open)]").last.locator("summary").first.click()
        n += 1
    follow(button)
    return n


def choices(tab: Tab) -> list[tuple[str, str]]:
    """(purpose, channel) of each word the book lets be written down."""
    forms = tab.locator("form[action$='/say/']")
    return forms.evaluate_all("all => all.map(f => [f.purpose.value, f.channel.value])")


def said(tab: Tab, choice: tuple[str, str], state: str) -> int:
    """The presses it takes to have `state` written down, from the book as it opens."""
    purpose, channel = choice
    form = tab.locator(f"form[action$='/say/']:has(input[value='{purpose}'])").filter(
        has=tab.locator(f"input[value='{channel}']")
    )
    return presses(form.locator(f"button[value={state}]"))


def the_book(tab: Tab) -> None:
    tab.goto("/customers/")
    addresses = tab.locator("main a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    tab.goto(next(one for one in addresses if re.search(BOOK.link, one or "")))


def test_p1_a_no_takes_no_more_presses_than_a_yes(member):
    context = member.context("en")
    tab = context.new_page()
    the_book(tab)
    every = choices(tab)
    assert len(every) >= 4
    for choice in every:
        assert said(tab, choice, NO) <= said(tab, choice, YES), choice
        assert said(tab, choice, NO) == 1
    context.close()


def test_p1_from_inside_a_message_a_no_takes_no_more_presses_than_answering(member):
    """Open the link and press once: the same for a score and for a no."""
    context = member.context("en")
    tab = context.new_page()
    tab.goto("/outbox/")
    addresses = tab.locator("main a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    letters = [one for one in addresses if re.search(r"^/outbox/\d+/$", one or "")]
    for letter in letters:
        tab.goto(letter)
        text = tab.locator("pre.letter-text").inner_text()
        if "unsubscribe" in text:
            break
    answer, no = (re.search(rf"http\S+/{way}/\S+", text)[0] for way in ("s", "unsubscribe"))
    tab.goto(answer.partition("?")[0] + "?score=9")
    assert presses(tab.locator("form button.go, form button").last) == 1
    tab.goto(no)
    assert presses(tab.locator("main form button").first) == 1
    expect(tab.locator("main form")).to_have_count(0)
    context.close()


def test_control_a_no_that_has_to_be_looked_for_is_noticed(member):
    context = member.context("en")
    tab = context.new_page()
    the_book(tab)
    choice = choices(tab)[0]
    said(tab, choice, YES)
    tab.locator("button[value=withdrawn]").first.evaluate("""button => {
        const more = document.createElement("details");
        more.append(document.createElement("summary"));
        more.firstChild.textContent = "…";
        button.before(more);
        more.append(button);
    }""")
    assert said(tab, choice, NO) == 2
    context.close()
