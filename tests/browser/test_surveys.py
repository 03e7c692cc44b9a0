"""The editor of surveys in a real browser: live, by mouse and by keyboard, and read by axe."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from tests.browser.addresses import Page
from tests.browser.conftest import Visitor
from tests.browser.watching import Watch, follow

pytestmark = pytest.mark.browser
PLACES = ("survey", "csat", "page:p2", "failed", "thanks", "quotas", "look", "settings")


def begun(member: Visitor, language: str) -> tuple[Watch, Tab]:
    """A draft of the seven dimensions, begun by one press."""
    watch = Watch(member.context(language))
    tab = watch.open(Page("surveys", "/surveys/"))
    follow(tab.locator("form:has(input[value=seven-dimensions]) button"))
    expect(tab).to_have_url(re.compile(r"/surveys/[^/]+/\?at=survey$"))
    return watch, tab


def keys(tab: Tab) -> list[str]:
    return tab.locator("#outline [data-key]").evaluate_all("all => all.map(one => one.dataset.key)")


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_place_of_the_editor_is_open_to_everybody(member, language):
    watch, tab = begun(member, language)
    address = tab.url.partition("?")[0]
    found = []
    for place in PLACES:
        tab.goto(f"{address}?at={place}")
        found += [f"{place}: {barrier}" for barrier in watch.barriers()]
    tab.goto(f"{address}trial/")
    found += [f"trial: {barrier}" for barrier in watch.barriers()]
    assert found == []
    assert watch.troubles == []


def test_what_is_typed_is_seen_at_once_and_undone(member):
    watch, tab = begun(member, "es")
    tab.goto(f"{tab.url.partition('?')[0]}?at=failed")
    tab.locator("[name='title.es']").fill("¿Dónde falló esta vez?")
    tab.locator("[name='hint.es']").focus()
    tab.keyboard.type("Mientras llega la vista previa")
    expect(tab.locator("#side .survey")).to_contain_text("esta vez")
    expect(tab.locator("[name='hint.es']")).to_have_value("Mientras llega la vista previa")
    tab.locator("[name='hint.en']").focus()
    expect(tab.locator("#side .survey")).to_contain_text("Mientras llega")
    tab.locator("#undo").click()
    expect(tab.locator("[name='hint.es']")).to_have_value("")
    tab.locator("#undo").click()
    expect(tab.locator("[name='title.es']")).to_have_value("¿Dónde falló, si falló?")
    assert watch.troubles == []


def test_a_condition_is_kept_once_it_is_whole_and_stays(member):
    watch, tab = begun(member, "es")
    tab.goto(f"{tab.url.partition('?')[0]}?at=failed")
    tab.get_by_text("Escrita como regla").click()
    rule = tab.locator("[name='if.text']")
    rule.fill("{csat} empty")
    tab.locator("[name='if.0.name']").select_option("csat")
    expect(tab.locator("#side")).not_to_contain_text("le falta un valor")
    expect(rule).to_have_value("")
    expect(tab.locator("[name='if.0.value']")).to_have_attribute("list", "answers-csat")
    expect(tab.locator("#answers-csat option")).to_have_count(5)
    tab.locator("[name='if.0.operator']").select_option("<=")
    tab.locator("[name='if.0.value']").fill("2")
    tab.locator("#save").click()
    expect(rule).to_have_value("{csat} <= 2")
    expect(tab.locator("[name='if.0.value']")).to_have_value("2")
    expect(tab.locator("#outline [data-key=failed]")).to_contain_text("con condición")
    assert watch.troubles == []


def test_on_a_phone_publishing_is_one_press_away(member):
    _, tab = begun(member, "en")
    there = tab.get_by_role("link", name="To publishing and the preview")
    expect(there).to_be_hidden()  # on a desk it stands beside
    tab.set_viewport_size({"width": 360, "height": 780})
    publish = tab.get_by_role("button", name="Publish")
    expect(publish).not_to_be_in_viewport()
    there.click()
    expect(publish).to_be_in_viewport()


def test_questions_are_moved_by_mouse_and_by_keyboard(member):
    watch, tab = begun(member, "en")
    tab.goto(f"{tab.url.partition('?')[0]}?at=kindness")
    assert keys(tab)[:2] == ["csat", "kindness"]
    tab.locator("#do-up").focus()
    tab.keyboard.press("Enter")
    expect(tab.locator("#outline [data-key]").first).to_have_attribute("data-key", "kindness")
    expect(tab.locator("#do-up")).to_be_focused()
    tab.locator("[data-key=failed]").drag_to(tab.locator("[data-key=kindness]"))
    expect(tab.locator("#outline [data-key]").first).to_have_attribute("data-key", "failed")
    tab.locator("#add-type").select_option("ranking")
    tab.locator("#add").click()
    expect(tab.locator("[name='title.es']")).to_be_focused()
    assert "ranking" in keys(tab)
    assert watch.troubles == []


def test_colours_that_can_not_be_read_stop_the_button_as_they_are_chosen(member):
    watch, tab = begun(member, "en")
    tab.goto(f"{tab.url.partition('?')[0]}?at=look")
    expect(tab.get_by_role("button", name="Publish")).to_be_enabled()
    tab.locator("[name=text]").fill("#cccccc")
    tab.locator("[name=text]").dispatch_event("change")
    expect(tab.get_by_role("button", name="Publish")).to_be_disabled()
    expect(tab.locator("#side")).to_contain_text("contrast 1.5")
    tab.locator("#undo").click()
    follow(tab.get_by_role("button", name="Publish"))
    expect(tab.locator("main")).to_contain_text("Published: version 1")
    assert watch.troubles == []
