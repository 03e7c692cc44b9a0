"""S16: the limits of a running server hold, whatever a stranger says of where they come from."""

from __future__ import annotations

import http.client
import re
import secrets
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import pytest

from vivencia.interactions.database import open_database
from vivencia.lib.datadir import DataDir
from vivencia.shell.tests.serving import PATIENCE_S, Served, cookies_of
from vivencia.surveys.answering import links, tokens
from vivencia.surveys.answering.tests.test_races import Installation

pytestmark = pytest.mark.slow
MOST, TRIES = 20, 60
PER_NETWORK = 50  # people/throttle.py
# Every limit in memory, small enough to be met in a test; all else is as it is served.
SMALL = """
from vivencia.lib.limiter import Limiter
made = Limiter.__init__
def small(self, most, seconds, **more): made(self, min(most, 20), 3600, **more)
Limiter.__init__ = small
"""
# Doors without a key, with what they say to somebody who has none.
DOORS = {"/unsubscribe/nobody-made-this": 200, "/texts/in/": 401, "/kiosk/answers/": 404}
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Accept-Language": "en"}


def headers(n: int) -> dict[str, str]:
    """Another address each time, in every header that some proxy somewhere writes."""
    address = f"198.{18 + n // 250}.{n % 250}.7"
    return {
        "X-Forwarded-For": f"{address}, {address}", "Forwarded": f"for={address}",
        "X-Real-IP": address, "X-Client-IP": address, "True-Client-IP": address,
        "CF-Connecting-IP": address, "X-Cluster-Client-IP": address,
    }  # fmt: skip


@contextmanager
def served(path: Path, **environ: str) -> Iterator[Installation]:
    server = Served(path / "data", changed=SMALL, **environ)
    server.join()
    try:
        yield Installation(server, DataDir(path / "data"))
    finally:
        server.stop()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with served(tmp_path_factory.mktemp("limits")) as installation:
        yield installation


@pytest.fixture(scope="module")
def trusting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """The control: a server that believes one proxy, and none stands before it."""
    with served(tmp_path_factory.mktemp("trusting"), VIVENCIA_PROXIES="1") as installation:
        yield installation


def ask(
    installation: Installation, path: str, form: dict[str, str], more: dict[str, str]
) -> tuple[int, str]:
    connection = http.client.HTTPConnection(
        "127.0.0.1", installation.server.port, timeout=PATIENCE_S
    )
    try:
        connection.request("POST", path, urlencode(form), {**FORM, **more})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def votes(installation: Installation, *, with_cookie: bool) -> Counter[int]:
    """The statuses of TRIES votes on one open link, each a browser and an address of its own."""
    database = open_database(installation.data.database)
    now = int(time.time() * 1000)
    token = links.make(database, links.New(survey=1, entry=links.OPEN), now)[1]
    database.close()
    found: Counter[int] = Counter()
    for n in range(TRIES):
        browser = secrets.token_bytes(16)
        seal = tokens.Seal(browser, 1, now - 60_000)
        sealed = tokens.sealed(installation.secret, tokens.digest_of(token), seal)
        form = {"nps": "9", "ease": "5", "_step": "p1", "_lang": "en", "_seal": sealed}
        cookie = {"Cookie": f"{tokens.COOKIE}={tokens.cookie_of(browser)}"} if with_cookie else {}
        found[ask(installation, f"/s/{token}", form, {**headers(n), **cookie})[0]] += 1
    return found


def sign_ins(installation: Installation) -> int:
    """How many of TRIES wrong passwords, each of another account, are looked at."""
    page = installation.server.ask("/login/")
    csrf = re.search(r'csrfmiddlewaretoken" value="(\w+)"', page.read().decode())
    assert csrf
    looked_at = 0
    for n in range(TRIES):
        form = {"csrfmiddlewaretoken": csrf[1], "login": f"p{n}@example.org", "password": "x" * 12}
        said = ask(installation, "/login/", form, {"Cookie": cookies_of(page), **headers(n)})[1]
        looked_at += "Too many failed attempts" not in said
    return looked_at


def test_s16_no_header_gives_a_survey_more_votes(running: Installation) -> None:
    # The first twenty by the bare door; when it is full the page says so, by the same count.
    assert votes(running, with_cookie=True) == {303: MOST, 429: TRIES - MOST}
    assert votes(running, with_cookie=False) == {429: TRIES}


def test_s16_control_a_server_that_believes_the_header_takes_every_vote(
    trusting: Installation,
) -> None:
    assert votes(trusting, with_cookie=True) == {303: TRIES}


def test_s16_no_header_gives_more_tries_to_sign_in(running: Installation) -> None:
    assert sign_ins(running) == PER_NETWORK < TRIES


def test_s16_control_a_server_that_believes_the_header_looks_at_every_password(
    trusting: Installation,
) -> None:
    assert sign_ins(trusting) == TRIES


def asked(installation: Installation, path: str) -> Counter[int]:
    return Counter(ask(installation, path, {"a": "b"}, headers(n))[0] for n in range(TRIES))


@pytest.mark.parametrize("path", DOORS)
def test_s16_no_header_gives_a_door_without_a_key_more_requests(
    running: Installation, path: str
) -> None:
    assert asked(running, path) == {DOORS[path]: MOST, 429: TRIES - MOST}


def test_s16_a_gateway_and_a_mail_service_share_their_limit(running: Installation) -> None:
    asked(running, "/texts/in/")
    assert asked(running, "/outbox/events/") == {429: TRIES}


@pytest.mark.parametrize("path", DOORS)
def test_s16_control_a_server_that_believes_the_header_hears_every_request(
    trusting: Installation, path: str
) -> None:
    assert asked(trusting, path) == {DOORS[path]: TRIES}
