"""R21: SIGTERM under load loses nothing that was acknowledged and answers all that was taken.

Single interactions come without pause while large batches are under way; then the real server is
told to end. The control ends at once, and cuts requests off.
"""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
import uuid
from pathlib import Path

import pytest

from vivencia.interactions.database import open_database
from vivencia.interactions.tests.intake_kit import new_key
from vivencia.lib.datadir import DataDir
from vivencia.shell.tests.serving import FULL, PATIENCE_S, STOPS_WITHIN_S, Served

BATCHES, BATCH = 6, 2_000
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
IN_A_HURRY = """
import os
import time
import uvicorn
from vivencia.interactions.intake.writer import Writer
uvicorn.Server.handle_exit = lambda *_: os._exit(0)
commit = Writer._commit
def late(self, *words):
    time.sleep(1)  # a quick machine, too, is told to end with requests under way
    commit(self, *words)
Writer._commit = late
"""


# The gate runs beside whatever else the machine does, and what is too slow there is cut off too.
IN_NO_HURRY = """
import uvicorn
from vivencia.interactions.intake.writer import Writer
Config, stop = uvicorn.Config, Writer.stop
uvicorn.Config = lambda *words, **named: Config(
    *words, **{**named, "timeout_graceful_shutdown": 60}
)
Writer.stop = lambda self, patience_s=0: stop(self, 30)
"""


class Load:
    """Senders against one server, and what they were told."""

    def __init__(self, server: Served, key: str) -> None:
        self.port, self.key = server.port, key
        self.acknowledged: set[bytes] = set()
        self.cut_off = 0  # requests under way that got neither their fates nor a polite refusal
        self.stop = threading.Event()
        self.begun = threading.Barrier(BATCHES + 1, timeout=PATIENCE_S)
        jobs = [self.batch] * BATCHES + [self.singles] * 4
        self.threads = [threading.Thread(target=job) for job in jobs]
        for thread in self.threads:
            thread.start()

    def batch(self) -> None:
        """One large request, under way when the server is told to end."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        ids = [uuid.uuid4() for _ in range(BATCH)]
        body = self.body(ids)
        asks_first = {"Expect": "100-continue", "Content-Length": str(len(body))}
        connection.request("POST", "/api/v1/interactions", headers={**self.headers, **asks_first})
        assert connection.sock.recv(len(CONTINUE), socket.MSG_WAITALL) == CONTINUE  # it is taken
        self.begun.wait()
        try:
            connection.send(body.encode())
            self.note(connection.getresponse(), ids)
        except (OSError, http.client.HTTPException):
            self.cut_off += 1

    def singles(self) -> None:
        """One interaction after another, until the server no longer answers."""
        while not self.stop.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
            ids = [uuid.uuid4()]
            try:
                connection.request("POST", "/api/v1/interactions", self.body(ids), self.headers)
                self.note(connection.getresponse(), ids)
            except (OSError, http.client.HTTPException):
                return
            finally:
                connection.close()

    def note(self, answer: http.client.HTTPResponse, ids: list[uuid.UUID]) -> None:
        told = answer.read()
        if answer.status == 200:
            assert {one["status"] for one in json.loads(told)["results"]} == {"stored"}
            self.acknowledged |= {one.bytes for one in ids}
        elif answer.status not in (429, 503) or not answer.headers["retry-after"]:
            self.cut_off += 1

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}

    @staticmethod
    def body(ids: list[uuid.UUID]) -> str:
        kind = {"kind": "page.viewed", "channel": "web", "identity": {"device": "d1"}}
        return json.dumps({"batch": [{"id": str(one), **kind} for one in ids]})


def stopped_under_load(path: Path, changed: str = "") -> tuple[Load, float, set[bytes]]:
    """(the senders, seconds the server took to end, ids that are stored)."""
    server = Served(path / "data", changed=changed)
    data = DataDir(path / "data")
    load = Load(server, new_key(data))
    load.begun.wait()
    time.sleep(0.2)
    took = server.stop()
    load.stop.set()
    for thread in load.threads:
        thread.join(PATIENCE_S)
    database = open_database(data.database, read_only=True)
    stored = {row[0] for row in database.execute("SELECT id FROM interactions")}
    database.close()
    return load, took, stored


@pytest.mark.slow
def test_a_stop_under_load_loses_nothing_and_answers_all_it_took(tmp_path: Path) -> None:
    load, took, stored = stopped_under_load(tmp_path, "" if FULL else IN_NO_HURRY)
    assert len(load.acknowledged) > BATCH
    assert load.acknowledged <= stored
    assert load.cut_off == 0
    assert took < STOPS_WITHIN_S


@pytest.mark.slow
def test_control_a_stop_that_waits_for_nobody_cuts_requests_off(tmp_path: Path) -> None:
    load, _, stored = stopped_under_load(tmp_path, IN_A_HURRY)
    assert load.cut_off > 0
    assert load.acknowledged <= stored  # even so: an answer leaves after the commit
