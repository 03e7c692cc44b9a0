"""The real server as a process: one owner, a one-time link, a clean stop, and the empty start."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from vivencia.shell.tests.serving import (
    COMMAND,
    PATIENCE_S,
    STOPS_WITHIN_S,
    Served,
    cookies_of,
    environ,
)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    server = Served(tmp_path / "data")
    yield server
    if server.process.poll() is None:
        server.stop()


def test_a_newcomer_comes_in_by_the_link_once(served: Served) -> None:
    cookies = served.sign_in(email="ana@example.org", password="seven pears and a lamp")
    assert served.ask("/account/", cookies=cookies).status == 200
    assert served.ask("/touchpoints/", cookies=cookies).status == 200
    assert served.ask(served.link).status == 404
    assert served.ask("/v1/track").status in (401, 404, 405)
    assert served.ask("/static/vivencia/tokens.css").status == 200


@pytest.mark.sqlite("on PostgreSQL several may run: tests/postgres/test_servers.py")
def test_a_second_server_is_refused_with_the_reason(served: Served, tmp_path: Path) -> None:
    second = subprocess.run(
        [*COMMAND, "--data", str(tmp_path / "data"), "serve", "--port", "0"],
        capture_output=True, text=True, env=environ(), timeout=PATIENCE_S,
    )  # fmt: skip
    assert second.returncode == 3
    assert "already running on this data" in second.stderr
    assert str(served.process.pid) in second.stderr
    assert "Traceback" not in second.stderr
    assert served.ask("/health/").status == 200


def test_it_stops_within_ten_seconds_and_starts_again(served: Served, tmp_path: Path) -> None:
    assert served.stop() < STOPS_WITHIN_S
    assert served.process.returncode == 0
    assert "Traceback" not in served.log.read_text()
    again = Served(tmp_path / "data")
    assert again.ask("/health/").status == 200
    again.stop()


def test_it_does_not_open_to_others_by_accident(tmp_path: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "--data", str(tmp_path / "data"), "serve", "--host", "0.0.0.0", "--port", "0"],
        capture_output=True, text=True, env=environ(), timeout=PATIENCE_S,
    )  # fmt: skip
    assert done.returncode == 2
    assert "VIVENCIA_URL" in done.stderr


@pytest.mark.sqlite("the demo is always kept in a file")
def test_the_banner_of_the_demo_opens_an_empty_installation(tmp_path: Path) -> None:
    mark = (
        "from vivencia.lib.datadir import DataDir; from vivencia.cli.ready import ready;"
        "ready(DataDir.chosen());"
        "from vivencia.people.actions import mark_as_demo; mark_as_demo('Aurora', 'UTC')"
    )
    subprocess.run(
        [sys.executable, "-c", mark], check=True, env=environ(VIVENCIA_DATA=str(tmp_path / "demo"))
    )
    demo = Served(tmp_path / "demo")
    cookies = demo.sign_in(later="1")
    page = demo.ask("/account/", cookies=cookies)
    text = page.read().decode()
    assert "/begin/" in text
    token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', text)
    assert token
    both = f"{cookies}; {cookies_of(page)}"
    before = len(demo.log.read_text())
    answer = demo.ask("/begin/", {"csrfmiddlewaretoken": token[1]}, both)
    link = re.search(r'href="(/start/[\w-]+)"', answer.read().decode())
    assert answer.status == 200
    assert link
    port, printed = demo.wait_for_link(before)
    assert (port, printed) == (demo.port, link[1])
    demo.link = printed
    empty = demo.sign_in(email="ana@example.org", password="seven pears and a lamp")
    assert "/begin/" not in demo.ask("/account/", cookies=empty).read().decode()
    assert (tmp_path / "vivencia-data" / "vivencia.sqlite3").exists()
    assert "vivencia-data" in demo.log.read_text()
    demo.stop()
