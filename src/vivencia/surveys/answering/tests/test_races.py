"""R20: of two hundred that answer by one link at once, one is stored and the others are told."""

from __future__ import annotations

import hashlib
import http.client
import json
import secrets
import threading
import time
from collections import Counter
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from vivencia.interactions.database import open_database
from vivencia.lib.datadir import DataDir
from vivencia.shell.tests.serving import PATIENCE_S, Served
from vivencia.surveys.answering import links, tokens
from vivencia.surveys.answering.tests.kit import ACCOUNT

pytestmark = pytest.mark.slow
AT_ONCE, REPEATS = 200, 3
ONE_PAGE = ACCOUNT | {"pages": [{"id": "p1", "elements": [
    *ACCOUNT["pages"][0]["elements"], *ACCOUNT["pages"][1]["elements"]]}]}  # fmt: skip


class Installation:
    """A running server, and its database seen from beside it."""

    def __init__(self, server: Served, data: DataDir) -> None:
        self.server, self.data = server, data
        self.secret = data.derived("survey-links")
        text = json.dumps(ONE_PAGE)
        self.run(
            "INSERT INTO surveys_survey (key, uid, slug, name, state, anonymous, touchpoint,"
            " purpose, revision, created_at, changed_at)"
            " VALUES (1, ?, 'cuenta', '{}', 'published', FALSE, '', 'survey', 1, 0, 0)",
            bytes(1),
        )  # fmt: skip
        self.run(
            "INSERT INTO surveys_version (key, survey_id, number, definition, digest, published_at)"
            " VALUES (1, 1, 1, ?, ?, 0)",
            text, hashlib.sha256(text.encode()).digest(),
        )  # fmt: skip

    def run(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        database = open_database(self.data.database)
        try:
            return database.execute(sql, values).fetchall()
        finally:
            database.close()

    def link(self) -> str:
        database = open_database(self.data.database)
        try:
            return links.make(database, links.New(survey=1), int(time.time() * 1000))[1]
        finally:
            database.close()

    def finish(self, token: str, score: int, *, with_cookie: bool = True) -> tuple[int, bytes]:
        """What one browser, which has had the page for a while, is answered."""
        browser = secrets.token_bytes(16)
        shown = int(time.time() * 1000) - 60_000
        seal = tokens.sealed(self.secret, tokens.digest_of(token), tokens.Seal(browser, 1, shown))
        form = {"nps": score, "ease": 5, "_step": "p1", "_seal": seal, "_lang": "en"}
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept-Language": "en"}
        if with_cookie:
            headers["Cookie"] = f"{tokens.COOKIE}={tokens.cookie_of(browser)}"
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=PATIENCE_S)
        try:
            connection.request("POST", f"/s/{token}", urlencode(form), headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def stored(self) -> int:
        sql = "SELECT count(*) FROM interactions i JOIN words w ON w.code = i.kind WHERE w.text = ?"
        return int(str(self.run(sql, "survey.answered")[0][0]))


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    path = tmp_path_factory.mktemp("answers") / "data"
    server = Served(path)
    yield Installation(server, DataDir(path))
    server.stop()


def at_once(
    running: Installation, tokens_: list[str], *, half_without: bool
) -> list[tuple[int, bytes]]:
    ready, got = threading.Barrier(len(tokens_)), []

    def answer(place: int, token: str) -> None:
        ready.wait()
        cookie = not (half_without and place % 2)  # the page's own way, and the bare door's
        got.append(running.finish(token, place % 11, with_cookie=cookie))

    threads = [threading.Thread(target=answer, args=one) for one in enumerate(tokens_)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return got


@pytest.mark.parametrize("half_without", [False, True])
def test_r20_of_200_on_one_link_one_is_stored(running: Installation, half_without: bool) -> None:
    for _ in range(REPEATS):
        before, token = running.stored(), running.link()
        got = at_once(running, [token] * AT_ONCE, half_without=half_without)
        polite = [b"already received your answer" in page for _, page in got]
        assert {status for status, _ in got} <= {200, 303}
        assert Counter(polite) == {True: AT_ONCE - 1, False: 1}
        assert running.stored() == before + 1


def test_r20_control_on_links_of_their_own_all_are_stored(running: Installation) -> None:
    before = running.stored()
    got = at_once(running, [running.link() for _ in range(AT_ONCE)], half_without=False)
    assert Counter(status for status, _ in got) == {303: AT_ONCE}
    assert running.stored() == before + AT_ONCE


def test_the_bare_door_and_the_page_leave_the_same_rows(running: Installation) -> None:
    columns = "entry, channel, language, answers, page, state, doubt, held, told"
    for with_cookie in (True, False):
        token = running.link()
        running.finish(token, 7, with_cookie=with_cookie)
    rows = running.run(f"SELECT {columns} FROM surveys_draft ORDER BY key DESC LIMIT 2")
    assert rows[0] == rows[1]
