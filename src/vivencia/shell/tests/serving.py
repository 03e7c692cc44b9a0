"""The real server as a process of its own, asked over HTTP as anybody would."""

import http.client
import os
import re
import signal
import subprocess
import sys
import time
import urllib.parse
from pathlib import Path

from vivencia.lib.postgres.tests.chosen import SERVER

FULL = bool(os.environ.get("VIVENCIA_TEST_FULL"))
PATIENCE_S = 300  # for what only a hang makes wait so long, on however busy a machine
STOPS_WITHIN_S = 10 if FULL else 120  # the gate runs beside whatever else the machine does
COMMAND = [sys.executable, "-m", "vivencia.cli"]
LINK = re.compile(r"http://127\.0\.0\.1:(\d+)(/start/[\w-]+)")


def environ(**more: str) -> dict[str, str]:
    base = {k: v for k, v in os.environ.items() if not k.startswith(("VIVENCIA_", "DJANGO_"))}
    return {**base, "LANGUAGE": "en", **more}


class Served:
    """A server on a free port, with the link it printed."""

    def __init__(self, data: Path, *words: str, changed: str = "", **more: str) -> None:
        """`changed` is Python the process runs before it serves: a control's mistake. On
        PostgreSQL a data directory that is not there yet has a database of its own."""
        if SERVER is not None and not data.exists():
            SERVER.new()
        self.log = data.parent / "server.log"
        self.out = self.log.open("w")
        program = f"{changed}\nfrom vivencia.cli import main\nraise SystemExit(main())"
        command = [sys.executable, "-c", program] if changed else COMMAND
        self.process = subprocess.Popen(
            [*command, "--data", str(data), "serve", "--port", "0", *words],
            stdout=self.out, stderr=subprocess.STDOUT, env=environ(**more), cwd=data.parent,
        )  # fmt: skip
        self.port, self.link = self.wait_for_link()

    def wait_for_link(self, after: int = 0) -> tuple[int, str]:
        give_up = time.monotonic() + PATIENCE_S
        while time.monotonic() < give_up:
            if found := LINK.search(self.log.read_text(), after):
                return int(found[1]), found[2]
            if self.process.poll() is not None:
                break
            time.sleep(0.05)
        raise AssertionError(self.log.read_text())

    def ask(
        self, path: str, form: dict[str, str] | None = None, cookies: str = ""
    ) -> http.client.HTTPResponse:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        body = urllib.parse.urlencode(form) if form else None
        headers = {"Cookie": cookies, "Accept-Language": "en"}
        if form:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request("POST" if form else "GET", path, body, headers)
        return connection.getresponse()

    def sign_in(self, **form: str) -> str:
        """Use the link as a person would; the cookies of the session."""
        page = self.ask(self.link)
        token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', page.read().decode())
        assert token, "the page has no form"
        answer = self.ask(self.link, {"csrfmiddlewaretoken": token[1], **form}, cookies_of(page))
        assert answer.status == 302, answer.read().decode()
        return cookies_of(answer)

    def join(self, **form: str) -> str:
        """Come in as the first administrator; the cookies of the session."""
        return self.sign_in(email="ana@example.org", password="seven pears and a lamp", **form)

    def stop(self) -> float:
        """Ask it to end; how long that took."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(PATIENCE_S)
        self.out.close()
        return time.monotonic() - began


def cookies_of(answer: http.client.HTTPResponse) -> str:
    return "; ".join(cookie.split(";")[0] for cookie in answer.headers.get_all("Set-Cookie", []))
