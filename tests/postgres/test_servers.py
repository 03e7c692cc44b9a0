"""Two servers on one database: both take interactions, one owns the columns, and may die."""

from __future__ import annotations

import http.client
import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from tests.postgres.test_log import fingerprint
from vivencia.columns.filters import Filters
from vivencia.columns.reading import reach
from vivencia.interactions.database import open_database
from vivencia.interactions.tests.intake_kit import new_key
from vivencia.lib.datadir import DataDir
from vivencia.shell.tests.serving import Served

PATIENCE_S = 120  # a bound for what hangs; nothing is judged by it
KEPT = 2 * 15  # connections: the doors, jobs, sending, sweeping and columns of two servers


@pytest.fixture
def servers(data: DataDir, url: str) -> Iterator[list[Served]]:
    made = []
    try:
        for _ in range(2):
            made.append(Served(data.path))
        yield made
    finally:
        for server in made:
            server.stop()


def post(port: int, key: str, ids: list[str]) -> int:
    """How many of `ids` were acknowledged: sent again while the server says come back."""
    give_up = time.monotonic() + PATIENCE_S
    while (told := _post(port, key, ids)) < len(ids) and time.monotonic() < give_up:
        time.sleep(0.2)
    return told


def _post(port: int, key: str, ids: list[str]) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    body = json.dumps([{"id": one, "kind": "k", "happened_at": 1} for one in ids])
    connection.request("POST", "/api/v1/interactions", body, headers)
    answer = connection.getresponse()
    told = json.loads(answer.read())
    connection.close()
    return sum(one["status"] in ("stored", "duplicate") for one in told.get("results", ()))


def stands_at(data: DataDir) -> int:
    client = reach(data)
    if client is None:
        return -1
    try:
        return client.catch_up()
    except Exception:  # the owner ended as it was asked
        return -1
    finally:
        client.close()


def wait_until(data: DataDir, seq: int) -> None:
    give_up = time.monotonic() + PATIENCE_S
    while stands_at(data) < seq:
        assert time.monotonic() < give_up, "nobody took over the columns"
        time.sleep(0.1)


def test_the_owner_is_killed_under_load_and_another_takes_over(
    data: DataDir, servers: list[Served]
) -> None:
    key = new_key(data)
    acknowledged = [0, 0]
    half_way = threading.Barrier(3, timeout=PATIENCE_S)

    def load(number: int) -> None:
        for turn in range(20):
            if turn == 10:
                half_way.wait()
            ids = [f"{number}-{turn}-{n}" for n in range(50)]
            acknowledged[number] += post(servers[number].port, key, ids)

    threads = [threading.Thread(target=load, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    wait_until(data, 1)
    half_way.wait()
    os.kill(int(data.owner_lock.read_text()), signal.SIGKILL)
    for thread in threads:
        thread.join()
    assert acknowledged == [1000, 1000]
    wait_until(data, 2000)
    client = reach(data)
    assert client is not None
    told = client.ask("columns/digest", Filters())["digest"]
    client.close()
    assert told["rows"][0].as_py() == 2000
    for server in servers:
        server.stop()
    data.columns.unlink()
    assert fingerprint(data) == told["digest"][0].as_py()


def test_pages_leave_no_connections_behind(data: DataDir, servers: list[Served]) -> None:
    """A request has a thread of its own: what it kept open nobody would use again."""
    for _ in range(60):
        servers[0].ask("/login/").read()
    give_up = time.monotonic() + PATIENCE_S
    while connections(data) > KEPT:
        assert time.monotonic() < give_up
        time.sleep(0.1)


def connections(data: DataDir) -> int:
    with closing(open_database(data.database)) as database:
        count = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        return int(database.execute(count).fetchone()[0])


def test_a_server_that_ends_leaves_the_columns_to_the_other(
    data: DataDir, servers: list[Served]
) -> None:
    key = new_key(data)
    servers[0].stop()
    assert post(servers[1].port, key, ["a"]) == 1
    wait_until(data, 1)
