"""From an invitation to its answer in the log, in the real server and over real HTTP."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Callable
from urllib.parse import urlencode

import pytest

from vivencia.interactions.database import open_database
from vivencia.lib.datadir import DataDir
from vivencia.outbox.tests import post_office as office
from vivencia.shell.tests.serving import Served, cookies_of

pytestmark = pytest.mark.slow
READS_S = 2.5  # faster than that, only machines answer
INVITE = """
import django; django.setup()
from vivencia.surveys.asking import actions
from vivencia.surveys.asking.tests.kit import lived, no_quiet, published
no_quiet()
actions.invite(None, published(), lived("ana@example.org")[0])
"""
READ = """
import django; django.setup()
from vivencia.outbox.models import Message
from vivencia.outbox.sending import read_content
print(read_content(Message.objects.get()).text)
"""
ANSWERED = """SELECT i.score, k.value FROM interactions i
JOIN words w ON w.code = i.kind JOIN identities k ON k.key = i.identity
WHERE w.text = 'survey.answered'"""


def program(data: DataDir, text: str) -> str:
    command = [sys.executable, "-c", text]
    done = subprocess.run(
        command, env=office.environ(data), check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


def test_an_invitation_is_sent_opened_and_answered_in_the_running_server(installation: DataDir):
    program(installation, INVITE)
    server = Served(installation.path)
    try:
        until(lambda: office.states(installation)["kept"] == 1)
        letter = program(installation, READ)
        path = re.search(r"(/s/[\w-]+\?score=6)\b", letter)
        assert path, letter
        page = server.ask(path[1])
        html = page.read().decode()
        inputs = re.findall(r"<input[^>]*>", html)
        assert [one for one in inputs if " checked" in one and 'value="6"' in one], inputs
        assert answers(installation) == [], "looking records nothing"
        time.sleep(READS_S)
        hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', html))
        done = server.ask(path[1].partition("?")[0], {**hidden, "nps": "6"}, cookies_of(page))
        assert done.status in (200, 303), (done.status, urlencode(hidden))
        assert answers(installation) == [(6000, "ana@example.org")]  # thousandths
    finally:
        server.stop()


def until(there: Callable[[], bool], patience_s: float = 300) -> None:
    end = time.monotonic() + patience_s
    while not there():
        assert time.monotonic() < end, "nothing was prepared"
        time.sleep(0.1)


def answers(data: DataDir) -> list[tuple[object, ...]]:
    database = open_database(data.database, read_only=True)
    try:
        return database.execute(ANSWERED).fetchall()
    finally:
        database.close()
