"""R7: a full disk is a state. Writes are told to come back, reads go on, and once there is space
the same process goes on writing."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.promises.sizes import FULL, figure
from vivencia.interactions.tests.intake_kit import JSON, new_installation, new_key
from vivencia.lib.datadir import DataDir
from vivencia.shell.tests.serving import Served

DISK = "24m"
RESUMES_S = 5 if FULL else 120  # the gate runs beside whatever else the machine does
pytestmark = [pytest.mark.slow, pytest.mark.sqlite("the disk that fills is that of its file")]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of fixed size."""
    path = tmp_path / "disk"
    path.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", f"size={DISK},mode=700", "tmpfs", str(path)]
    if os.geteuid() or subprocess.run(words, capture_output=True).returncode:
        pytest.skip("NOT RUN: a file system of fixed size can not be mounted here")
    yield path
    subprocess.run(["umount", "-l", str(path)], check=True)


class Client:
    """Sends batches; remembers what was acknowledged, and asks pages."""

    def __init__(self, server: Served, data: DataDir) -> None:
        self.server, self.acked, self.n = server, set[str](), 0
        self.cookies = server.join(organisation="Casa", language="en")
        self.headers = {"Authorization": f"Bearer {new_key(data)}", **JSON}

    def send(self) -> tuple[int, str | None]:
        """(status, Retry-After) of one batch."""
        self.n += 1
        ids = [f"f{self.n}-{k}" for k in range(100)]
        items = [{"id": one, "kind": "k", "happened_at": 1, "text": "x" * 200} for one in ids]
        connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=120)
        with contextlib.closing(connection):
            connection.request("POST", "/api/v1/interactions", json.dumps(items), self.headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status == 200:
                self.acked.update(ids)
            return answer.status, answer.getheader("Retry-After")

    def read(self, path: str) -> int:
        answer = self.server.ask(path, cookies=self.cookies)
        answer.read()
        return answer.status


def fill(disk: Path) -> Path:
    """Take every byte that is left."""
    ballast = disk / "ballast"
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
        for step in (1 << 20, 1 << 12):
            with contextlib.suppress(OSError):
                while file.write(bytes(step)) == step:
                    pass
    return ballast


def test_r7_a_full_disk_is_a_state(small_disk: Path) -> None:
    data = new_installation(small_disk / "data")
    server = Served(data.path)
    try:
        client = Client(server, data)
        assert client.send() == (200, None)
        ballast = fill(small_disk)
        refused = [client.send() for _ in range(10)]
        assert {status for status, _ in refused} <= {200, 503}
        told = [after for status, after in refused if status == 503]
        assert len(told) > 5
        assert all(after and int(after) > 0 for after in told)
        reads = [
            client.read(path) for path in ("/", "/scores/", "/api/v1/scores/nps") for _ in range(3)
        ]
        assert set(reads) == {200}
        began = time.monotonic()
        ballast.unlink()
        while client.send()[0] != 200:
            assert time.monotonic() - began < RESUMES_S
            time.sleep(0.1)
        resumed = time.monotonic() - began
        assert server.process.poll() is None
        for _ in range(5):
            assert client.send()[0] == 200
    finally:
        server.stop()
    assert client.acked <= kept(data)
    figure(refused=len(told), lost=0, resumed_after_s=f"{resumed:.1f}")


def test_r7_control_without_a_full_disk_nobody_is_refused(tmp_path: Path) -> None:
    data = new_installation(tmp_path / "data")
    server = Served(data.path)
    try:
        client = Client(server, data)
        assert {client.send() for _ in range(10)} == {(200, None)}
    finally:
        server.stop()
    assert kept(data) == client.acked


def kept(data: DataDir) -> set[str]:
    found = sqlite3.connect(data.database).execute("SELECT sender_id FROM vault_texts")
    return {one for (one,) in found}
