"""The widget on somebody else's page, and the kiosk with its network pulled: in real Chromium."""

from __future__ import annotations

import hashlib
import hmac
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import FrameLocator, expect

from tests.browser.server import Server, environment
from tests.browser.watching import Watch, until
from vivencia.surveys.answering.tests.kit import ACCOUNT

pytestmark = pytest.mark.browser
READY = """
import json, sys
from vivencia.cli.ready import ready
from vivencia.lib.datadir import DataDir
ready(DataDir.chosen())
from vivencia.lib.clock import now_ms
from vivencia.people.models import User
from vivencia.surveys.builder.actions import create, publish
from vivencia.surveys.channels import kiosk, reading, sharing
from vivencia.surveys.models import Device, Share
told = json.load(sys.stdin)
actor = User.objects.first()
def published():
    survey = create(None, told["definition"])
    publish(None, survey)
    survey.refresh_from_db()
    return survey
"""
WIDGET = """
survey = published()
share = sharing.widget_of(None, survey)
Share.objects.filter(pk=share.pk).update(origins=told["origins"])
print(json.dumps([sharing.token_of(share), reading.key_of(survey)]))
"""
KIOSK = """
survey = published()
device, key = kiosk.register(actor, survey, "Mostrador", "Centro")
Device.objects.filter(pk=device.pk).update(idle_s=told["idle_s"])
print(json.dumps([device.pk, key]))
"""
REVOKE = """
kiosk.revoke(actor, Device.objects.get(pk=told["device"]), now_ms())
print("[]")
"""


# Whether the kiosk can begin without network: its worker answers, and its page and files are kept,
# found as the worker finds them.
KEPT = """async () => Boolean(navigator.serviceWorker.controller) && (await Promise.all(
    [location.pathname, ...[...document.querySelectorAll('link[rel=stylesheet], script[src]')]
        .map(one => one.href || one.src)].map(one => caches.match(one, {ignoreVary: true}))
    )).every(Boolean)"""

# A network that fails once, in the middle of what the page keeps for itself.
FAILS_ONCE = """const all = Cache.prototype.addAll;
Cache.prototype.addAll = function () {
    Cache.prototype.addAll = all;
    return Promise.reject(new TypeError('Failed to fetch')); }"""


def ours(server: Server, code: str, **told: object) -> list:
    """What `code` prints, run beside the server on its data."""
    made = subprocess.run(
        [sys.executable, "-c", READY + code], text=True, capture_output=True, check=False,
        input=json.dumps({"definition": ACCOUNT, **told}),
        env=environment(server.data) | {"VIVENCIA_DATA": str(server.data)},
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    return json.loads(made.stdout.splitlines()[-1])


@pytest.fixture
def shop() -> Iterator[dict]:
    """A site of somebody else's, on another host, with the strictest policy that still works."""
    site: dict = {"body": "", "policy": ""}

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = site["body"].encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Security-Policy", site["policy"])
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    site["address"] = f"http://localhost:{server.server_port}"
    yield site
    server.shutdown()
    server.server_close()


def furnish(site: dict, server: Server, token: str, attributes: str) -> None:
    site["policy"] = f"default-src 'none'; script-src {server.address}; frame-src {server.address}"
    site["body"] = (
        "<!doctype html><html lang=es><title>Tienda</title><main><h1>Tienda</h1>"
        "<button id=ask data-vivencia-open>Opina</button><p>…</p></main>"
        f'<script src="{server.address}/w/{token}.js" {attributes} defer></script>'
    )


def test_the_widget_on_a_strict_page_of_another_site(stranger, empty, shop):
    token, _ = ours(empty, WIDGET, origins=[shop["address"]])
    furnish(shop, empty, token, 'data-after="0.2" data-days="90"')
    context = stranger.context("es")
    watch = Watch(context)
    tab = watch.tab
    tab.goto(shop["address"])
    frame = tab.frame_locator("dialog iframe")
    frame.locator("#survey").wait_for()
    expect(tab.locator("dialog iframe")).to_be_focused()  # as soon as it has loaded
    assert watch.barriers() == []
    drawn = frame.locator(".survey").first.evaluate("it => getComputedStyle(it).backgroundColor")
    expect(tab.locator("dialog")).to_have_css("background-color", drawn)  # no bar of another colour
    frame.locator("h1").click()
    tab.keyboard.press("Escape")
    tab.wait_for_selector("dialog", state="hidden")

    tab.locator("#ask").click()  # again, by a button of the page
    time.sleep(1.1)
    frame.locator('input[name="nps"][value="6"]').check(force=True)
    send(frame)
    frame.locator("textarea").wait_for()
    send(frame)
    frame.locator('input[name="ease"][value="2"]').check(force=True)
    send(frame)
    frame.locator("h1", has_text="Lo miraremos.").wait_for()
    tab.locator("dialog > div button").click()
    expect(tab.locator("#ask")).to_be_focused()  # the focus comes back
    assert context.cookies() == []

    tab.reload()  # the widget's own 0.2 s begin before ours
    tab.evaluate("() => new Promise(done => setTimeout(done, 500))")
    assert tab.locator("dialog").count() == 0  # not again for ninety days
    assert empty.rows("SELECT entry, state FROM surveys_draft ORDER BY key DESC LIMIT 1") == [
        ("open", "finished")
    ]
    context.close()


def send(frame: FrameLocator) -> None:
    frame.locator(".send button").first.click()


def test_a_site_that_was_not_named_shows_nothing(stranger, empty, shop):
    token, _ = ours(empty, WIDGET, origins=["https://other.example"])
    furnish(shop, empty, token, 'data-after="0"')
    context = stranger.context("es")
    tab = context.new_page()
    with tab.expect_console_message(lambda said: "frame-ancestors" in said.text):
        tab.goto(shop["address"])
    tab.wait_for_selector("dialog[open]")
    inside = [frame for frame in tab.frames if frame != tab.main_frame]
    assert all(not frame.locator("#survey").count() for frame in inside)
    context.close()


def test_a_customer_the_site_signs_is_identified(stranger, empty, shop):
    token, key = ours(empty, WIDGET, origins=[shop["address"]])
    signature = hmac.new(key.encode(), b"C-99", hashlib.sha256).hexdigest()
    signed = f'data-after="0" data-customer="C-99" data-signature="{signature}"'
    furnish(shop, empty, token, signed)
    context = stranger.context("es")
    tab = context.new_page()
    tab.goto(shop["address"])
    frame = tab.frame_locator("dialog iframe")
    frame.locator("#survey").wait_for()
    time.sleep(1.1)
    frame.locator('input[name="nps"][value="9"]').check(force=True)
    send(frame)
    frame.locator("textarea").wait_for()
    assert empty.rows("SELECT entry, person FROM surveys_draft ORDER BY key DESC LIMIT 1") == [
        ("identified", "C-99")
    ]
    context.close()


def answer_on(tab, nps: str, thanks: str) -> None:
    """Answer to the end; the device shows its thanks for some seconds only."""
    tab.locator('[data-step="_score"]:not([hidden])').wait_for()
    time.sleep(1.1)
    pick_here(tab, "nps", nps)
    go(tab)
    go(tab)
    pick_here(tab, "ease", "2")
    go(tab)
    tab.locator("[data-thanks]:not([hidden])", has_text=thanks).wait_for()


def pick_here(tab, name: str, value: str) -> None:
    tab.locator(f'form:not([hidden]) input[name="{name}"][value="{value}"]').check(force=True)


def go(tab) -> None:
    tab.locator("form:not([hidden]) .go").click()


def test_the_kiosk_goes_on_without_network_and_loses_and_doubles_nothing(stranger, empty):
    device, key = ours(empty, KIOSK, idle_s=600)
    of_device = f"""SELECT d.state, d.held FROM surveys_draft d JOIN surveys_device v
        ON v.link_id = d.link_id WHERE v.key = {device} ORDER BY d.key"""
    context = stranger.context("es")
    tab = context.new_page()
    tab.goto(f"/kiosk/#{key}")
    answer_on(tab, "9", "Nos alegra.")
    assert key not in tab.url
    until(tab, lambda: empty.rows(of_device) == [("finished", 0)])

    until(tab, lambda: tab.evaluate(KEPT))
    context.set_offline(True)
    tab.reload()  # from what the device keeps
    answer_on(tab, "3", "Lo miraremos.")
    expect(tab.locator("#waiting")).to_have_text("Respuestas por enviar: 1")
    assert readable(tab) == []  # nothing of it can be read on the disk
    tab.reload()
    answer_on(tab, "2", "Lo miraremos.")
    expect(tab.locator("#waiting")).to_have_text("Respuestas por enviar: 2")

    ours(empty, REVOKE, device=device)
    sent: list[str] = []
    tab.on(
        "request", lambda asked: sent.append(asked.post_data or "") if "answers" in asked.url else 0
    )
    context.set_offline(False)
    tab.evaluate("window.dispatchEvent(new Event('online'))")
    tab.locator("#retired:not([hidden])").wait_for()
    until(tab, lambda: len(empty.rows(of_device)) == 3)
    assert empty.rows(of_device) == [("finished", 0), ("finished", 1), ("finished", 1)]
    again = tab.evaluate(
        """([body, key]) => fetch('/kiosk/answers/', {method: 'POST', body,
        headers: {Authorization: 'Bearer ' + key}}).then((a) => a.json())""",
        [sent[0], key],
    )
    assert set(again["results"].values()) == {"duplicate"}
    assert len(empty.rows(of_device)) == 3
    context.close()


def test_what_the_kiosk_could_not_keep_at_first_it_keeps_later(stranger, empty):
    _, key = ours(empty, KIOSK, idle_s=600)
    context = stranger.context("es")
    tab = context.new_page()
    tab.add_init_script(FAILS_ONCE)
    tab.goto(f"/kiosk/#{key}")
    tab.locator('[data-step="_score"]:not([hidden])').wait_for()
    assert not tab.evaluate(KEPT)
    tab.evaluate("window.dispatchEvent(new Event('online'))")
    until(tab, lambda: tab.evaluate(KEPT))
    context.close()


def readable(tab) -> list[str]:
    """What of the answers that wait could be read without the device's key."""
    return tab.evaluate(
        """async () => {
        const db = await new Promise((done) => {
            const asked = indexedDB.open('vivencia-kiosk', 1);
            asked.onsuccess = () => done(asked.result);
        });
        const all = (name) => new Promise((done) => {
            const asked = db.transaction(name).objectStore(name).getAll();
            asked.onsuccess = () => done(asked.result);
        });
        const found = [];
        for (const one of await all('waiting')) {
            if (Object.keys(one).sort().join() !== 'data,iv') found.push('more than sealed bytes');
            if (new TextDecoder('latin1').decode(one.data).includes('nps')) found.push('nps');
        }
        for (const one of await all('kept'))
            if (one instanceof CryptoKey && one.extractable) found.push('key');
        return found; }"""
    )


def test_a_kiosk_that_is_left_begins_afresh_and_keeps_the_score(stranger, empty):
    device, key = ours(empty, KIOSK, idle_s=60)
    context = stranger.context("en", viewport={"width": 820, "height": 1180})
    watch = Watch(context)
    tab = watch.tab
    tab.clock.install()
    tab.goto(f"/kiosk/#{key}")
    tab.locator('[data-step="_score"]:not([hidden])').wait_for()
    assert watch.barriers() == []
    time.sleep(1.1)
    pick_here(tab, "nps", "4")
    go(tab)
    tab.locator('[data-step="p1"]:not([hidden])').wait_for()
    tab.clock.fast_forward("01:01")  # nobody touches it
    tab.locator('[data-step="_score"]:not([hidden])').wait_for()
    assert tab.locator("form:not([hidden]) :checked").count() == 0
    sql = f"""SELECT d.state, d.answers FROM surveys_draft d JOIN surveys_device v
        ON v.link_id = d.link_id WHERE v.key = {device}"""
    until(tab, lambda: empty.rows(sql) == [("open", '{"nps":4}')])
    context.close()


def test_rules_mean_the_same_on_a_device(stranger, empty):
    """The device's own judging of rules, against the machine's, over every operator."""
    from vivencia.surveys.channels.offline import as_data
    from vivencia.surveys.definition.rules import holds, parse

    texts = [
        f"{{{name}}} {operator}"
        for name in ("n", "c", "l", "m.row", "l.joy", "t", "none")
        for operator in ("< 3", "<= 3", "> 3", ">= 3", "= 3", "!= 3", "= 'joy'", "!= 'joy'",
                         "empty", "contains 'joy'", "in ('joy', 'sad', 3)",
                         "= true", "!= true", "= 1")
    ]  # fmt: skip
    texts += ["{n} < 3 or {c} = 'joy' and not {t} empty", "not ({n} < 3 or {n} > 3)"]
    answered = [
        {}, {"n": 3}, {"n": 2, "c": "joy", "t": "Enjoy"},
        {"l": ["sad", "joy"], "m": {"row": "joy"}},
        {"n": 1, "c": True, "l": ["joy"], "m": {"row": "sad"}, "t": "JOY"},
        {"c": "", "l": [], "m": {}},
    ]  # fmt: skip
    cases = [[as_data(parse(text)), answers] for text in texts for answers in answered]
    context = stranger.context("es")
    tab = context.new_page()
    tab.goto("/kiosk/")
    there = tab.evaluate(
        "(cases) => cases.map(([rule, answers]) => window.surveyRules.holds(rule, answers))", cases
    )
    here = [holds(parse(text), answers) for text in texts for answers in answered]
    assert [n for n in range(len(cases)) if here[n] != there[n]] == []
    assert {True, False} == set(here)
    context.close()
