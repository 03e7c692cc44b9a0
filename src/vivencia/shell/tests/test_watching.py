"""Watching: alive, ready, counted; and none of it says anything about a person."""

from __future__ import annotations

import json
import logging
import re
import shutil
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test import Client

from vivencia.people import actions
from vivencia.shell import jobs
from vivencia.shell.backup.models import BackupRun
from vivencia.shell.logs import JsonLines
from vivencia.shell.watching import job_words, metrics, state, views
from vivencia.shell.watching.counters import JOBS, Requests

pytestmark = pytest.mark.django_db
SAMPLE = re.compile(
    r'^vivencia_[a-z_]+(\{[a-z]+="(?:[^"\\\n]|\\.)*"(,[a-z]+="[^"]*")*\})? -?[0-9.e+-]+$'
)


@pytest.fixture(autouse=True)
def no_memory(monkeypatch):
    """Ask anew each time."""
    monkeypatch.setattr(views, "REMEMBERED_S", 0.0)


@pytest.fixture
def standing(monkeypatch):
    """Columns that stand at the end of the log, or where a test says."""
    where = SimpleNamespace(lag=state.Lag(0, 0, 0.0))
    monkeypatch.setattr(state, "lag", lambda: where.lag)
    return where


def ready() -> str:
    """The first line of /readyz."""
    return Client().get("/readyz").content.decode().splitlines()[0]


def test_alive_asks_nothing_of_the_data() -> None:
    assert Client().get("/healthz").content == b"ok\n"


def test_ready_when_all_is_there(standing) -> None:
    assert ready() == "ready"


def test_columns_too_far_behind_or_silent_are_not_ready(standing) -> None:
    standing.lag = state.Lag(9, 1, 61.0)
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.content) == (
        503,
        b"not ready: columns\nlast backup: never\nlast verify: never\n",
    )
    assert answer["Retry-After"]
    standing.lag = state.Lag(9, 1, 59.0)
    assert ready() == "ready"
    standing.lag = None
    assert ready() == "not ready: columns"


def test_a_full_disk_is_not_ready(standing, monkeypatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=state.LEAST_FREE))
    assert ready() == "ready"
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=1))
    assert ready() == "not ready: disk"


@pytest.mark.sqlite("its words for a trigger; PostgreSQL's: tests/postgres/test_log.py")
def test_a_log_without_its_triggers_is_not_ready(standing) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER interactions_no_update")
    assert ready() == "not ready: triggers"


def test_a_verification_that_failed_is_told_and_turns_nobody_away(standing) -> None:
    BackupRun.objects.create(sort="verify", at=1, good=False)
    BackupRun.objects.create(sort="backup", at=2, good=True)
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.content) == (
        200,
        b"ready\nlast backup: good\nlast verify: failed\n",
    )
    assert "vivencia_last_verify_good 0\n" in scrape().content.decode()
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(actions.add_user(None, "ana@example.org", "administrator"))
    page = browser.get("/settings/health/").content.decode()
    assert "stored values are not as they were written" in page
    BackupRun.objects.create(sort="verify", at=3, good=True)
    assert "not as they were written" not in browser.get("/settings/health/").content.decode()
    assert b"last verify: good" in Client().get("/readyz").content


def test_a_second_is_remembered_so_that_probes_are_no_load(standing, monkeypatch) -> None:
    monkeypatch.setattr(views, "_ready", views._Remembered())
    monkeypatch.setattr(views, "REMEMBERED_S", 60.0)
    assert ready() == "ready"
    standing.lag = None
    assert ready() == "ready"


def test_the_lag_is_that_of_the_columns(columns) -> None:
    assert state.lag() == state.Lag(0, 0, 0.0)  # of an empty log nothing is missing


def test_columns_that_nobody_owns_are_not_ready(monkeypatch) -> None:
    def nobody():
        raise OSError

    monkeypatch.setattr(state, "asking", nobody)
    assert state.lag() is None
    assert ready() == "not ready: columns"


def test_every_job_has_its_words_on_the_page() -> None:
    names = {job.name for job in (*jobs.JOBS, *jobs.LONG_JOBS)}
    assert names == job_words.JOBS.keys()
    assert job_words.said("outbox.returning.collect", "es-ES") == "Recoger el correo devuelto"
    assert job_words.said("nothing.known", "en") == "nothing.known"


# ------------------------------------------------------------------ metrics
def scrape(**headers: str):
    return Client().get("/metrics", headers=headers)


def test_every_line_is_prometheus_own_and_every_name_explained(standing) -> None:
    answer = scrape()
    assert answer["Content-Type"] == metrics.CONTENT_TYPE
    lines = answer.content.decode().splitlines()
    samples = [line for line in lines if not line.startswith("#")]
    assert [line for line in samples if not SAMPLE.match(line)] == []
    names = {re.match(r"\w+", line)[0] for line in samples}
    told = set(re.findall(r"# TYPE (\w+)", "\n".join(lines)))
    assert {re.sub(r"_(bucket|sum|count)$", "", name) for name in names} <= told
    assert len(told) > 20


def test_numbers_and_fixed_words_only(standing) -> None:
    actions.add_user(None, "canary@example.org", "agent", name="Canary Bird")
    actions.make_api_key(None, "canary-shop", ["read"])
    said = scrape().content.decode().lower()
    assert "canary" not in said
    assert "example" not in said


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded", "x-real-ip", "via"])
def test_who_comes_through_a_proxy_is_not_from_here(standing, header: str) -> None:
    assert scrape(**{header: "127.0.0.1"}).status_code == 404


def test_from_elsewhere_only_a_key_that_may_watch(standing, settings) -> None:
    assert Client(REMOTE_ADDR="203.0.113.9").get("/metrics").status_code == 404
    settings.PUBLIC_URL = "https://vivencia.example.org"  # a proxy stands on this very machine
    assert scrape().status_code == 404
    other = actions.make_api_key(None, "shop", ["read"]).text
    assert scrape(authorization=f"Bearer {other}").status_code == 403
    watcher = actions.make_api_key(None, "prometheus", ["watch"]).text
    assert scrape(authorization=f"Bearer {watcher}").status_code == 200
    assert scrape(authorization=f"Bearer {watcher[:-1]}x").status_code == 404


def test_answers_fall_into_their_buckets() -> None:
    requests = Requests()
    for status, seconds in ((200, 0.003), (204, 0.2), (503, 9.0)):
        requests.answered(status, seconds)
    told = requests.so_far()
    assert told.by_class == {"2xx": 2, "5xx": 1}
    assert (told.below[0], told.below[-1], told.answers) == (1, 2, 3)


def test_a_job_that_fails_is_counted() -> None:
    def fails(now: int) -> None:
        raise OSError

    job = jobs.Job(1.0, fails)
    name = job.name
    before = JOBS.all()[name].failures if name in JOBS.all() else 0
    jobs.do_jobs([job], 10**13, {})
    assert JOBS.all()[name].failures == before + 1
    assert not JOBS.all()[name].is_well


# ------------------------------------------------------------------ the page
def test_the_page_says_what_is_wrong_to_administrators_alone(standing) -> None:
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(actions.add_user(None, "luz@example.org", "manager"))
    assert browser.get("/settings/health/").status_code == 404
    browser.force_login(actions.add_user(None, "ana@example.org", "administrator"))
    assert "there is no backup yet" in browser.get("/settings/health/").content.decode()
    standing.lag = None
    assert "The columns do not answer" in browser.get("/settings/health/").content.decode()


# ------------------------------------------------------------------ lines as JSON
def line(*args: object, error: bool = False) -> dict[str, str]:
    info = None
    if error:
        try:
            raise ValueError("ana@example.org")
        except ValueError:
            import sys

            info = sys.exc_info()
    record = logging.LogRecord("vivencia.x", logging.ERROR, "x.py", 1, args[0], args[1:], info)
    return json.loads(JsonLines().format(record))


def test_a_line_is_one_object_and_gives_nothing_away() -> None:
    told = line("mail to %s\nfailed", "ana@example.org", error=True)
    assert told["message"] == r"mail to [e-mail]\nfailed"
    assert (told["level"], told["logger"]) == ("ERROR", "vivencia.x")
    assert told["time"].endswith("+00:00")
    assert "ValueError" in told["exception"]
    assert "example" not in str(told)


def test_control_a_bare_formatter_would_give_it_away() -> None:
    record = logging.LogRecord("x", logging.ERROR, "x.py", 1, "ana@example.org", None, None)
    assert "ana@example.org" in logging.Formatter().format(record)
