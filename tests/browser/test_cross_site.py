"""S6: pages of other sites, in a real Chromium where an administrator is signed in, change nothing.

One stranger is another site (`localhost` beside `127.0.0.1`, so its requests carry no cookie); one
is the same site at another port, as a page of a neighbour would be: there cookies travel, and only
the token and the origin stand in the way. A third has no origin at all: a sandboxed frame.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browser.server import looked_into
from tests.browser.watching import PATIENCE_MS
from tests.promises.sizes import FULL
from vivencia.lib.postgres.tests.chosen import kept
from vivencia.shell.tests.serving import Served

pytestmark = pytest.mark.browser
# What an administrator could do with one press, and a body that would do it.
DOINGS = {
    "/people/": {"email": "evil@example.org", "role": "administrator"},
    "/departments/": {"name": "Evil"},
    "/keys/": {"name": "evil", "scopes": "customers"},
    "/settings/change/": {"name": "Evil", "time_zone": "UTC", "language": "en"},
    "/settings/signing-in/": {"idle_minutes": "9999", "longest_hours": "700"},
    "/touchpoints/add/": {"word": "evil", "stage": "0"},
    "/account/": {"name": "Evil", "language": "en"},
    "/account/sessions/end/": {"all": "1"},
    "/people/1/deactivate/": {"all": "1"},
    "/v1/track": {"type": "track", "event": "evil"},
    "/api/v1/scores/nps": {"evil": "1"},
    "/logout/": {"all": "1"},
}
CHANGED = (
    "people_user", "people_department", "people_apikey", "people_organisation",
    "touchpoints_touchpoint", "interactions",
)  # fmt: skip
NEIGHBOUR, NOWHERE = "http://127.0.0.1:{}/", "http://127.0.0.1:{}/nowhere"
ELSEWHERE = "http://localhost:{}/"
# Whose requests carry no cookie is the least of them: tried at full size.
STRANGERS = [NEIGHBOUR, NOWHERE, *([ELSEWHERE] if FULL else [])]
# Each way a page can send something: forms as three types of body, and scripts with cookies.
WAYS = ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain", "json", "blind"]
ATTACK = """async ([address, fields, way]) => {
  if (way === 'json' || way === 'blind') {
    const body = way === 'json' ? JSON.stringify(fields) : new URLSearchParams(fields);
    const headers = way === 'json' ? {'Content-Type': 'application/json'} : {};
    const mode = way === 'json' ? 'cors' : 'no-cors';
    const asked = {method: 'POST', credentials: 'include', mode, headers, body};
    return fetch(address, asked).then(() => 'answered', () => 'refused');
  }
  const frame = document.createElement('iframe');
  frame.name = 'there' + Math.random();
  const form = document.createElement('form');
  Object.assign(form, {method: 'post', action: address, enctype: way, target: frame.name});
  for (const [name, value] of Object.entries(fields)) {
    const field = document.createElement('input');
    Object.assign(field, {type: 'hidden', name, value});
    form.append(field);
  }
  document.body.append(frame, form);
  const done = new Promise(resolve => { frame.onload = resolve; });
  form.submit();
  await done;
  return 'sent';
}"""
PAGE = b"<!doctype html><title>Prizes</title><h1>You have won</h1>"
# The same page in a frame that may run scripts and send forms, and has no origin.
FRAME = b"""<!doctype html><title>Prizes</title>
<iframe sandbox="allow-scripts allow-forms" src="/"></iframe>"""


class _Stranger(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = FRAME if self.path == "/nowhere" else PAGE
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *said: object) -> None:
        """Nobody reads it."""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Of the stranger's server."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Stranger) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield server.server_port
        server.shutdown()


@contextlib.contextmanager
def installation(path: Path, changed: str = "") -> Iterator[Served]:
    data = path / "data"
    server = Served(data, changed=changed, **kept(data))
    server.cookies = server.join()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with installation(tmp_path_factory.mktemp("cross")) as server:
        yield server


@pytest.fixture(scope="module")
def careless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The control: a server that looks at no token."""
    changed = (
        "from django.middleware import csrf\n"
        "csrf.CsrfViewMiddleware.process_view = lambda *given: None"
    )
    with installation(tmp_path_factory.mktemp("careless"), changed) as server:
        yield server


def signed_in(chromium: Browser, served: Served) -> BrowserContext:
    context = chromium.new_context()
    context.set_default_timeout(PATIENCE_MS)
    cookies = [pair.split("=", 1) for pair in served.cookies.split("; ")]
    home = f"http://127.0.0.1:{served.port}/"
    context.add_cookies([
        {"name": name, "value": value, "url": home, "sameSite": "Lax"} for name, value in cookies
    ])  # fmt: skip
    return context


def state(served: Served) -> dict[str, list[str]]:
    """Every row that one of the doings would change. (Others change by themselves: rows are sealed,
    jobs run, the trail notes who was refused.)"""
    with looked_into(served.log.parent / "data") as db:
        return {
            table: sorted(map(repr, db.execute(f'SELECT * FROM "{table}"'))) for table in CHANGED
        }


def sessions(served: Served) -> int:
    with looked_into(served.log.parent / "data") as db:
        return db.execute("SELECT count(*) FROM people_session WHERE user_id > 0").fetchone()[0]


def attack(context: BrowserContext, served: Served, where: str, ways: list[str]) -> list[str]:
    """Send everything every way from a page at `where`; how each went."""
    tab = context.new_page()
    tab.goto(where)
    page = tab.frames[1] if where.endswith("/nowhere") else tab.main_frame
    page.wait_for_selector("h1")
    told = [
        page.evaluate(ATTACK, [f"http://127.0.0.1:{served.port}{path}", fields, way])
        for path, fields in DOINGS.items()
        for way in ways
    ]
    tab.close()
    return told


@pytest.mark.parametrize("stranger", STRANGERS)
def test_s6_no_page_of_another_origin_changes_anything(
    chromium: Browser, served: Served, port: int, stranger: str
) -> None:
    before, open_before = state(served), sessions(served)
    context = signed_in(chromium, served)
    told = attack(context, served, stranger.format(port), WAYS)
    assert told.count("sent") == 3 * len(DOINGS)
    # JSON asks first (preflight) and is told no; what is sent blindly arrives and is not answered.
    assert told.count("refused") == 2 * len(DOINGS)
    assert state(served) == before
    assert sessions(served) == open_before
    tab = context.new_page()  # and is signed in all the while
    assert tab.goto(f"http://127.0.0.1:{served.port}/people/").status == 200
    context.close()


def test_s6_a_preflight_promises_nothing(served: Served) -> None:
    import http.client

    for path in DOINGS:
        asked = http.client.HTTPConnection("127.0.0.1", served.port, timeout=60)
        asked.request("OPTIONS", path, headers={
            "Origin": "https://evil.example", "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type", "Cookie": served.cookies,
        })  # fmt: skip
        answer = asked.getresponse()
        allowed = [name for name, _ in answer.getheaders() if name.lower().startswith("access-c")]
        assert allowed == [], (path, json.dumps(allowed))
        asked.close()


def test_s6_control_without_the_token_a_neighbour_s_page_changes_much(
    chromium: Browser, careless: Served, port: int
) -> None:
    before = state(careless)
    context = signed_in(chromium, careless)
    attack(context, careless, f"http://127.0.0.1:{port}/", WAYS[:1])
    context.close()
    after = state(careless)
    changed = {table for table in before if before[table] != after[table]}
    assert {"people_user", "people_department", "people_apikey"} <= changed
