"""What a stranger writes is shown as text on every page that shows it, and nothing of it runs.

The control is the same words on a page without escaping: they must fire there, or this proves
nothing.
"""

from __future__ import annotations

import json
import time
import urllib.request
import uuid

import pytest
from playwright.sync_api import BrowserContext
from playwright.sync_api import Page as Tab

from tests.browser.addresses import PAGES, Page
from tests.browser.conftest import Visitor
from tests.browser.payloads import ALL, unescaped
from tests.browser.server import Server, vivencia
from tests.browser.test_channels import ours
from tests.browser.watching import Watch, follow, until

pytestmark = pytest.mark.browser
LISTEN = "window.__fired = new Set(); window.fire = n => { window.__fired.add(n); return false; };"
WORDS = ("kind", "touchpoint", "channel", "device", "place", "brand", "department", "item")
MUST_FIRE = 0.8


def items() -> list[dict]:
    """Every payload in every field a stranger can fill."""
    made = []
    for n, text in ALL.items():
        who = {"account": text, "device": f"{text}-d"}
        common = {"happened_at": f"2026-05-{1 + n % 28:02}T10:00:00Z", "identity": who}
        filled = dict.fromkeys(WORDS, text)
        made += [
            common | filled | {"journey": text, "agent": text, "text": text, "id": f"x-{n}"},
            common | {"kind": text, "properties": {text: text, "name": text, "url": text}},
            common | {"kind": "survey.answered", "scale": "nps", "score": 3, "touchpoint": text},
            common | {"kind": "x", "score": text, "scale": "nps", "id": f"bad-{n}-{text}"[:250]},
            common | {"kind": "x", "outcome": text},
        ]
    return made


def send(server: Server, key: str, batch: list[dict], agent: str) -> dict:
    request = urllib.request.Request(
        f"{server.address}/api/v1/interactions",
        data=json.dumps({"batch": batch}).encode(),
        headers={
            "Authorization": f"Bearer {key}",
            "Content-Type": "application/json",
            "User-Agent": agent,
        },
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def register_a_touchpoint(administrator: Visitor) -> None:
    """By its form, with a name as bad as any: staff may paste what strangers wrote."""
    context = administrator.context("en")
    tab = context.new_page()
    tab.goto("/touchpoints/add/")
    for field in tab.locator("main input[type=text]").all():
        field.fill("<img src=x onerror=fire(5) data-canary>")
    follow(tab.locator("main form button").first)
    context.close()


@pytest.fixture(scope="module")
def spoiled(
    empty: Server, administrator: Visitor, tmp_path_factory: pytest.TempPathFactory
) -> Server:
    """A server into which strangers wrote whatever they liked, by every door there is."""
    told = vivencia(
        empty.data, "key", "create", "--name", "<img src=x onerror=fire(1)>", "--scope", "intake"
    )
    key = next(word for word in told.split() if word.startswith("viv_"))
    send(empty, key, items(), "<img src=x onerror=fire(2) data-canary>")
    folder = tmp_path_factory.mktemp("files")
    file = folder / "<img src=x onerror=fire(3) data-canary>.csv"
    rows = [f'"{text.replace(chr(34), chr(34) * 2)}",2026-05-04,7' for text in ALL.values()]
    file.write_text("\n".join(['"<svg onload=fire(4) data-canary>",date,nps', *rows]) + "\n")
    mapping = folder / "map.toml"
    mapping.write_text(
        """[columns]
        identity = "<svg onload=fire(4) data-canary>"
        touchpoint = "<svg onload=fire(4) data-canary>"
        happened_at = "date"
        [[scores]]
        column = "nps"
        scale = "nps"
        """
    )
    vivencia(empty.data, "import", str(file), "--map", str(mapping))
    register_a_touchpoint(administrator)
    return empty


def injected(tab: Tab) -> list[str]:
    """Elements that strangers' words became, and links that would run."""
    return tab.evaluate("""() => [
        ...[...document.querySelectorAll('[data-canary]')].map(e => e.outerHTML.slice(0, 120)),
        ...[...document.querySelectorAll('[href], [src], [action], [formaction]')]
          .map(e => e.href?.baseVal ?? e.href ?? e.src ?? e.action)
          .filter(url => /^\\s*(javascript|data:text)/i.test(String(url)))]""")


def press_every_link(tab: Tab) -> None:
    """Follow no link, but let those run that run instead of leading somewhere."""
    tab.evaluate("""() => document.querySelectorAll('a[href]').forEach(a => {
        if (/^\\s*javascript:/i.test(a.getAttribute('href').replace(/[\\t\\n\\r]/g, ''))) a.click();
        a.dispatchEvent(new MouseEvent('mouseover', {bubbles: true})); })""")
    tab.evaluate(
        "document.querySelectorAll('[onmouseover]').forEach(e => e.dispatchEvent("
        "new MouseEvent('mouseover', {bubbles: true})))"
    )
    tab.wait_for_timeout(100)


def fired(tab: Tab) -> set[int]:
    return set(tab.evaluate("[...(window.__fired || [])]"))


def listening(context: BrowserContext) -> BrowserContext:
    context.add_init_script(LISTEN)
    return context


@pytest.mark.parametrize(
    "page", [page for page in PAGES if page.status == 200 and not page.demo], ids=lambda p: p.name
)
def test_nothing_a_stranger_wrote_runs(spoiled, administrator, page):
    context = listening(administrator.context("es"))
    watch = Watch(context)
    tab = watch.open(page)
    press_every_link(tab)
    assert fired(tab) == set()
    assert injected(tab) == []
    assert watch.troubles == []
    context.close()


TABLET = """
survey = published()
_device, key = kiosk.register(actor, survey, "Mostrador", "Centro")
print(json.dumps([survey.slug, key]))
"""


@pytest.fixture(scope="module")
def answered(spoiled: Server) -> str:
    """The address of a survey's results whose every answer is as bad as can be: one for each
    payload, and one that fits no question, which is set aside in its own words."""
    slug, key = ours(spoiled, TABLET)
    now = int(time.time() * 1000)
    made = [
        {"id": uuid.uuid4().hex, "shown": at - 9_000, "at": at, "language": "es", "version": 0,
         "steps": [["_score", {"nps": ["6"]}], ["p1", {"why": [text]}],
                   ["p2", {"ease": ["2"], "feel": ["other"], "feel.other": [text], "x": [text]}]]}
        for n, text in enumerate(ALL.values())
        for at in [now - 60_000 * (n + 1)]
    ]  # fmt: skip
    for answer in made[::2]:
        del answer["steps"][2][1]["x"]
    for start in range(0, len(made), 100):
        body = {"sent": now, "answers": made[start : start + 100]}
        request = urllib.request.Request(
            f"{spoiled.address}/kiosk/answers/", data=json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
        )  # fmt: skip
        with urllib.request.urlopen(request) as told:
            assert set(json.load(told)["results"].values()) == {"stored", "partial"}
    return f"/surveys/{slug}/results/"


@pytest.mark.parametrize("page", ["results", "words", "doubtful", "coverage", "invitations"])
def test_nothing_an_answer_says_runs(answered, administrator, page):
    paths = {"results": answered, "words": f"{answered}words/", "doubtful": "/answers/doubtful/",
             "coverage": "/coverage/", "invitations": "/invitations/"}  # fmt: skip
    context = listening(administrator.context("es"))
    watch = Watch(context)
    tab = watch.open(Page(page, paths[page]))
    if page in ("words", "doubtful"):  # else this would be green because nothing was shown
        assert tab.content().count("data-canary") > 10
    press_every_link(tab)
    assert fired(tab) == set()
    assert injected(tab) == []
    assert watch.troubles == []
    context.close()


def test_some_page_shows_what_strangers_wrote(spoiled, administrator):
    """Else the test above would be green because nothing was looked at."""
    context = administrator.context("en")
    watch, shown = Watch(context), ""
    for page in PAGES:
        if page.status == 200 and not page.demo:
            shown += watch.open(page).content()
    context.close()
    assert shown.count("data-canary&gt;") > 20


def test_every_item_had_an_answer(empty, spoiled):
    """Strangers' words are stored or set aside one by one: none makes the door fail."""
    key = vivencia(empty.data, "key", "create", "--name", str(uuid.uuid4()), "--scope", "intake")
    key = next(word for word in key.split() if word.startswith("viv_"))
    answer = send(empty, key, items(), "curl")
    assert len(answer["results"]) == len(items())
    assert {each["status"] for each in answer["results"]} <= {"stored", "duplicate", "quarantined"}


def test_control_without_escaping_they_run(chromium):
    context = listening(chromium.new_context())
    tab = context.new_page()
    tab.route("http://control.test/**", lambda route: route.fulfill(
        body=unescaped(ALL), content_type="text/html") if route.request.url.endswith("/page")
        else route.fulfill(status=404))  # fmt: skip
    tab.goto("http://control.test/page")
    press_every_link(tab)
    runnable = {n for n in ALL if n < 400}
    until(tab, lambda: len(fired(tab) & runnable) >= MUST_FIRE * len(runnable))
    assert injected(tab) != []
    context.close()
