"""P11: as installed, nobody else is told anything: not by the server and all its processes, seen
by their system calls from start to stop, and not by a browser on any page."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from ipaddress import ip_address
from pathlib import Path
from typing import Self

import pytest
from playwright.sync_api import Browser

from tests.browser.addresses import PAGES, STRANGERS, Page
from tests.browser.conftest import Visitor, sign_in
from tests.browser.watching import Watch
from tests.promises.sizes import FULL, figure
from vivencia.lib.postgres.tests.chosen import kept
from vivencia.shell.tests.serving import COMMAND, LINK, environ

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(shutil.which("strace") is None, reason="NOT RUN: no strace"),
]
CALLS = "connect,sendto,sendmsg,sendmmsg"
# Where a call of these goes: to an address of the internet, of either sort.
TO = re.compile(r'inet_addr\("([\d.]+)"\)|inet_pton\(AF_INET6, "([\da-fA-F:.]+)"')
PATIENCE_S = 300  # only a hang takes as long


def outside(trace: Path) -> list[str]:
    """Each address that is not this machine itself and was spoken to."""
    found = TO.findall(trace.read_text(errors="replace"))
    return sorted({one for pair in found for one in filter(None, pair)
                   if not ip_address(one).is_loopback})  # fmt: skip


def traced(trace: Path, *command: str) -> list[str]:
    return ["strace", "-f", "-qq", "-e", f"trace={CALLS}", "-o", str(trace), *command]


class Traced:
    """A server whose every connection is written down, and those of all it starts."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.trace, self.log = folder / "trace", folder / "log"
        self.printed: list[str] = []
        command = [*COMMAND, "--data", str(folder / "data"), "serve", "--port", "0", *words]
        self.process = subprocess.Popen(
            traced(self.trace, *command), stdout=self.log.open("w"), stderr=subprocess.STDOUT,
            env=environ(**kept(folder / "data")), start_new_session=True,
        )  # fmt: skip
        port, path = self._link()
        self.address = f"http://127.0.0.1:{port}"
        self.link = self.address + path

    def _link(self) -> tuple[str, str]:
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until and self.process.poll() is None:
            if found := LINK.search(self.log.read_text()):
                return found[1], found[2]
            time.sleep(0.1)
        raise AssertionError(self.log.read_text())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        os.killpg(self.process.pid, signal.SIGTERM)
        self.process.wait(PATIENCE_S)


def there(page: Page) -> bool:
    """Whether an installation without any data has the page; the demo has them all."""
    return FULL or not (page.demo or page.on)


def test_p11_a_default_installation_asks_nobody_anything(chromium: Browser, tmp_path: Path) -> None:
    asked, visited = [], 0
    with Traced(tmp_path, *(["--demo"] if FULL else [])) as server:
        member = Visitor(chromium, server, sign_in(chromium, server))
        stranger = Visitor(chromium, server, None)
        for visitor, pages in ((member, PAGES), (stranger, STRANGERS)):
            context = visitor.context("en")
            watch = Watch(context)
            for page in filter(there, pages):
                watch.open(page)
                visited += 1
            asked += [trouble for trouble in watch.troubles if "a stranger was asked" in trouble]
            context.close()
    assert visited > 45
    assert asked == []
    assert "connect(" in server.trace.read_text()  # it does talk to itself
    assert outside(server.trace) == []
    figure(pages=visited, outgoing=0)


@pytest.mark.parametrize(
    "call",
    ["socket.socket().connect_ex(('192.0.2.7', 443))",
     "socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.7', 53))",
     "subprocess.run([sys.executable, '-c', 'import socket; s = socket.socket(); '"
     "'s.setblocking(False); s.connect_ex((\"192.0.2.7\", 443))'])"],
    ids=["connection", "datagram", "child"],
)  # fmt: skip
def test_p11_control_one_word_outside_is_noticed(tmp_path: Path, call: str) -> None:
    program = f"import socket, subprocess, sys; socket.setdefaulttimeout(0.2); {call}"
    subprocess.run(
        traced(tmp_path / "trace", sys.executable, "-c", program), check=False,
        capture_output=True, timeout=PATIENCE_S,
    )  # fmt: skip
    assert outside(tmp_path / "trace") == ["192.0.2.7"]


def test_p11_control_this_machine_itself_is_not_outside(tmp_path: Path) -> None:
    program = "import socket; socket.socket().connect_ex(('127.0.0.1', 9))"
    subprocess.run(traced(tmp_path / "trace", sys.executable, "-c", program), check=False)
    assert "127.0.0.1" in (tmp_path / "trace").read_text()
    assert outside(tmp_path / "trace") == []
