"""The map of journeys in a real browser: by keyboard, by pointer, and without scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page as Tab
from playwright.sync_api import expect

from tests.browser.watching import Watch

pytestmark = pytest.mark.browser
PAGE = "/journeys/"
CHOSEN = re.compile(r"[?&]step=")
LET_GO = "#step [data-release]"
GOES_ON = re.compile(r"\bon-(left|right|top|bottom)\b")


@pytest.fixture
def tab(member):
    """The page, its map laid out; nothing may be complained of."""
    context = member.context("en")
    watch = Watch(context)
    watch.tab.goto(PAGE)
    watch.tab.locator(".map-frame.live").wait_for()
    yield watch.tab
    assert watch.troubles == []
    context.close()


def focused(tab: Tab, what: str) -> str:
    return tab.evaluate("what => document.activeElement.getAttribute(what) || ''", what)


def view(tab: Tab) -> list[float]:
    return [float(n) for n in tab.locator("svg.journey-map").get_attribute("viewBox").split()]


def test_the_map_is_one_stop_for_tab_and_arrows_walk_it(tab):
    stops = tab.locator("svg.journey-map [tabindex='0']")
    assert stops.count() == 1
    stops.focus()
    step = focused(tab, "data-step")
    tab.keyboard.press("ArrowRight")
    assert focused(tab, "data-from") == step
    assert " times, " in focused(tab, "aria-label")
    target = focused(tab, "data-to")
    tab.keyboard.press("ArrowRight")
    assert focused(tab, "data-step") == target
    assert tab.locator("svg.journey-map [tabindex='0']").count() == 1


def test_enter_chooses_escape_lets_go_and_the_address_follows(tab):
    tab.locator("svg.journey-map [tabindex='0']").focus()
    tab.keyboard.press("Enter")
    tab.locator(LET_GO).wait_for()
    expect(tab).to_have_url(CHOSEN)
    expect(tab.locator(".m-node.sel")).to_have_count(1)
    strong = tab.locator(".m-edge.sel")
    assert 0 < strong.count() < tab.locator(".m-edge").count()
    tab.keyboard.press("Escape")
    tab.locator(LET_GO).wait_for(state="detached")
    expect(tab).not_to_have_url(CHOSEN)
    expect(strong).to_have_count(0)
    tab.go_back()
    tab.locator(LET_GO).wait_for()


def test_keys_and_buttons_zoom_and_the_pointer_moves(tab):
    tab.locator("svg.journey-map [tabindex='0']").focus()
    at_first = view(tab)
    tab.keyboard.press("+")
    assert view(tab)[2] < at_first[2]
    tab.locator("[data-zoom=out]").click()
    assert view(tab)[2] == pytest.approx(at_first[2], abs=0.5)
    box = tab.locator(".map-frame").bounding_box()
    x, y = box["x"] + box["width"] - 8, box["y"] + 8
    before = view(tab)
    tab.mouse.move(x, y)
    tab.mouse.down()
    tab.mouse.move(x - 60, y + 40, steps=3)
    tab.mouse.up()
    assert view(tab)[0] > before[0]
    assert view(tab)[1] < before[1]
    tab.keyboard.press("0")


def test_the_frame_fades_where_the_map_goes_on(tab):
    frame = tab.locator(".map-frame")
    tab.locator("[data-zoom=fit]").click()
    expect(frame).not_to_have_class(GOES_ON)
    tab.locator("svg.journey-map [tabindex='0']").focus()
    for _ in range(6):
        tab.keyboard.press("+")
    expect(frame).to_have_class(GOES_ON)


def test_boxes_do_not_lie_on_each_other(tab):
    boxes = tab.eval_on_selector_all(
        ".m-node rect:first-of-type",
        """all => all.map(rect => rect.getBoundingClientRect())
           .map(box => [box.left, box.top, box.right, box.bottom])""",
    )
    for n, (left, top, right, bottom) in enumerate(boxes):
        for other in boxes[n + 1 :]:
            apart = right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top
            assert apart, (boxes[n], other)


def test_no_band_is_thinner_than_two_pixels(tab):
    widths = tab.eval_on_selector_all(
        ".m-band", "all => all.map(p => Number(p.getAttribute('stroke-width')))"
    )
    assert min(widths) >= 2


def test_without_scripts_the_map_is_drawn_and_a_step_is_a_link(member):
    context = member.context("es", java_script_enabled=False)
    tab = context.new_page()
    tab.goto(PAGE)
    node = tab.locator(".m-node").first
    expect(node).to_be_visible()
    tab.goto(PAGE + node.get_attribute("href"))
    expect(tab.locator(LET_GO)).to_be_visible()
    context.close()


def test_on_a_phone_the_map_is_a_list(member):
    context = member.context("es", viewport={"width": 360, "height": 740})
    tab = context.new_page()
    tab.goto(PAGE)
    expect(tab.locator(".map-frame")).to_be_hidden()
    first = tab.locator(".lived li").first
    expect(first).to_be_visible()
    assert first.bounding_box()["height"] < 120
    context.close()
