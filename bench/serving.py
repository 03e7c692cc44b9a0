"""The real server as a process of its own, and somebody signed in who reads its pages."""

from __future__ import annotations

import http.client
import os
import re
import secrets
import signal
import subprocess
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.peers import ours

READY = re.compile(r"http://127\.0\.0\.1:(\d+)")
PATIENCE_S = 600  # a burst that came before the start is copied first


class Server:
    """`vivencia serve` on a free port."""

    def __init__(self, process: subprocess.Popen[str], data: Path, port: int) -> None:
        self.process = process
        self.data = data
        self.port = port

    def processes(self) -> list[int]:
        """The server and those it started."""
        children = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        return [self.process.pid, *(int(pid) for each in children
                                    for pid in each.read_text().split())]  # fmt: skip

    def key(self, scope: str = "intake") -> str:
        """A new API key."""
        words = ["key", "create", "--name", secrets.token_hex(4), "--scope", scope]
        made = vivencia(self.data, *words)
        return next(word for word in made.split() if word.startswith("viv_"))


class Reader:
    """Somebody signed in, on a connection kept open as a browser does."""

    def __init__(self, server: Server) -> None:
        email, password = f"{secrets.token_hex(4)}@example.org", secrets.token_urlsafe(16)
        words = ["user", "add", email, "--role", "manager", "--password-stdin"]
        vivencia(server.data, *words, told=password)
        self._line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        self._cookies: dict[str, str] = {}
        form = self.open("/login/")[1].decode()
        token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', form)
        assert token is not None
        self._ask("POST", "/login/", csrfmiddlewaretoken=token[1], login=email, password=password)
        self.open("/account/")  # raises unless the session is one

    def open(self, address: str) -> tuple[float, bytes]:
        """Milliseconds until the whole page was here, and the page; anything but 200 raises."""
        began = time.perf_counter()
        status, page = self._ask("GET", address)
        took = 1000 * (time.perf_counter() - began)
        if status != http.HTTPStatus.OK:
            raise RuntimeError(f"{address}: {status}")
        return took, page

    def _ask(self, method: str, address: str, **form: str) -> tuple[int, bytes]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items()),
                   "Content-Type": "application/x-www-form-urlencoded"}  # fmt: skip
        body = urllib.parse.urlencode(form) if form else None
        self._line.request(method, urllib.parse.quote(address, safe="/?&=:"), body, headers)
        answer = self._line.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, value = cookie.split(";")[0].split("=", 1)
            self._cookies[name] = value
        return answer.status, answer.read()


def vivencia(data: Path, *words: str, told: str = "") -> str:
    """What a command says."""
    command = [*ours(), "--data", str(data), *words]
    done = subprocess.run(command, input=told, stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout


@contextmanager
def served(data: Path) -> Iterator[Server]:
    """The server of an installation, stopped afterwards."""
    said = data.parent / f"{data.name}.served"
    with said.open("w") as out:
        process = subprocess.Popen(
            [*ours(), "--data", str(data), "serve", "--port", "0"],
            stdout=out, stderr=subprocess.STDOUT, text=True,
            env={**os.environ, "LANGUAGE": "en", "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
    try:
        give_up = time.monotonic() + PATIENCE_S
        while not (found := READY.search(said.read_text())):
            if process.poll() is not None or time.monotonic() > give_up:
                raise RuntimeError(said.read_text()[-2000:])
            time.sleep(0.1)
        yield Server(process, data, int(found[1]))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
