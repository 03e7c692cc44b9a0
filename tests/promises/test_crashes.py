"""R1 and R3: what was acknowledged survives the death of the process; a torn end of the
write-ahead log costs only what nobody was answered for."""

from __future__ import annotations

import contextlib
import http.client
import json
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.promises.crashing import BATCH, batch
from tests.promises.sizes import SEED, chance, figure, size
from vivencia.interactions.append import append
from vivencia.interactions.database import check_triggers, open_database
from vivencia.interactions.lexicon import Lexicon
from vivencia.interactions.tests.intake_kit import new_installation
from vivencia.interactions.tests.test_intake_server import Server
from vivencia.lib.datadir import DataDir


def stored(data: DataDir) -> list[int]:
    """The numbers of what is in the log, each as often as it is there."""
    connection = open_database(data.database)
    try:
        found = connection.execute("SELECT id FROM interactions").fetchall()
        return sorted(int.from_bytes(uid, "big") for (uid,) in found)
    finally:
        connection.close()


# ── R1 ───────────────────────────────────────────────────────────────────────


def lost(acked: set[int], kept: list[int]) -> set[int]:
    """Acknowledged batches of which something is missing."""
    there = set(kept)
    return {n for n in acked if not there.issuperset(range(n * BATCH, (n + 1) * BATCH))}


@pytest.mark.slow
def test_r1_an_acknowledged_interaction_survives_a_killed_writer(tmp_path: Path) -> None:
    data = new_installation(tmp_path / "data")
    kills = size(40, 1_000)
    print(f"VIVENCIA_TEST_SEED={SEED}")
    words = [sys.executable, "-m", "tests.promises.crashing", data.path, kills, SEED]
    done = subprocess.run([*map(str, words)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    acked, kept = set(told["acked"]), stored(data)
    assert len(acked) > kills
    assert lost(acked, kept) == set()
    assert len(kept) == len(set(kept))
    assert set(kept) <= set(range(told["sent"]))
    rate = int(len(acked) * BATCH / told["seconds"])
    figure(kills=kills, acknowledged=len(acked) * BATCH, lost=0, twice=0, a_second=rate)


def test_r1_control_an_answer_before_the_commit_is_noticed(tmp_path: Path) -> None:
    data = new_installation(tmp_path / "data")
    connection = open_database(data.database)
    connection.execute("BEGIN IMMEDIATE")
    append(connection, batch(0), Lexicon(b"s" * 32), 1)
    acked = {0}  # said too early
    connection.close()  # as death does
    assert lost(acked, stored(data)) == {0}


class Load(threading.Thread):
    """Sends batches one after another; knows which were answered with 200."""

    def __init__(self, server: Server, name: str) -> None:
        super().__init__(name=name)
        self.server, self.acked, self.unclear = server, set[str](), list[list[str]]()

    def run(self) -> None:
        with contextlib.closing(self.server.connect()) as connection:
            for n in range(1_000_000):
                ids = [f"{self.name}-{n}-{k}" for k in range(20)]
                try:
                    ok = self.post(connection, ids)
                except (OSError, http.client.HTTPException):
                    self.unclear.append(ids)
                    return
                if ok:
                    self.acked.update(ids)

    def post(self, connection: http.client.HTTPConnection, ids: list[str]) -> bool:
        items = [{"id": one, "kind": "k", "happened_at": 1} for one in ids]
        headers = self.server.headers()
        connection.request("POST", "/api/v1/interactions", json.dumps(items), headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status == 200


@pytest.mark.slow
def test_r1_an_acknowledged_interaction_survives_a_killed_server(tmp_path: Path) -> None:
    data = new_installation(tmp_path / "data")
    drawn, kills = chance(), size(2, 150)
    acked, again = set[str](), list[list[str]]()
    for life in range(kills):
        server = Server(data)
        with contextlib.closing(server.connect()) as connection:
            for ids in again:  # whoever was not answered sends again
                assert Load(server, "again").post(connection, ids)
                acked.update(ids)
        threads = [Load(server, f"l{life}t{n}") for n in range(4)]
        for thread in threads:
            thread.start()
        time.sleep(drawn.uniform(0.05, 1))
        server.process.send_signal(signal.SIGKILL)
        server.process.wait()
        server.process.stdout.close()
        for thread in threads:
            thread.join()
            acked |= thread.acked
        again = [ids for thread in threads for ids in thread.unclear]
    with contextlib.closing(open_database(data.database)) as database:
        found = database.execute("SELECT sender_id FROM vault_texts").fetchall()
    kept = [one for (one,) in found]
    assert len(kept) == len(set(kept))
    assert acked <= set(kept)
    assert len(acked) > kills * 20
    figure(kills=kills, acknowledged=len(acked), lost=0, twice=0)


# ── R3 ───────────────────────────────────────────────────────────────────────

GROUPS = 30  # transactions in the write-ahead log, one batch each


@pytest.fixture
def crashed(tmp_path: Path) -> tuple[Path, list[int]]:
    """A data directory as a crash leaves it, with all in its write-ahead log; and how long that
    log was after each commit."""
    data = new_installation(tmp_path / "data")
    connection = open_database(data.database)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.execute("PRAGMA wal_autocheckpoint=0")
    log, ends, lexicon = Path(f"{data.database}-wal"), [], Lexicon(b"s" * 32)
    for number in range(GROUPS):
        connection.execute("BEGIN IMMEDIATE")
        append(connection, batch(number), lexicon, 1)
        connection.execute("COMMIT")
        ends.append(log.stat().st_size)
    shutil.copytree(data.path, tmp_path / "crashed")
    connection.close()
    return tmp_path / "crashed", ends


def spoil(log: Path, at: int, how: str) -> None:
    """Damage the log from byte `at` on."""
    whole = log.read_bytes()
    if how == "cut":
        log.write_bytes(whole[:at])
    elif how == "zeros":
        log.write_bytes(whole[:at] + bytes(len(whole) - at))
    else:
        log.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << at % 8]) + whole[at + 1 :])


def recovered(image: Path, at: int, how: str, scratch: Path) -> int:
    """How many batches a start finds after the damage: always the first ones, each whole."""
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    for name in ("vivencia.sqlite3", "vivencia.sqlite3-wal"):
        shutil.copy(image / name, scratch / name)
    spoil(scratch / "vivencia.sqlite3-wal", at, how)
    data = DataDir(scratch)
    connection = open_database(data.database)
    check_triggers(connection)
    assert connection.execute("PRAGMA quick_check").fetchone() == ("ok",)
    connection.close()
    kept = stored(data)
    assert kept == list(range(len(kept)))
    assert len(kept) % BATCH == 0
    return len(kept) // BATCH


@pytest.mark.sqlite("its write-ahead log is torn")
def test_r3_a_torn_end_costs_only_what_was_not_acknowledged(
    crashed: tuple[Path, list[int]], tmp_path: Path
) -> None:
    image, ends = crashed
    drawn, cases = chance(), size(100, 2_000)
    for _ in range(cases):
        at = drawn.randrange(32, ends[-1])
        how = drawn.choice(["cut", "zeros", "flip"])
        on_disk = sum(end <= at for end in ends)  # were synced, and so acknowledged, before `at`
        assert recovered(image, at, how, tmp_path / "case") >= on_disk, (at, how)
    figure(cases=cases, prefixes=cases, starts_that_failed=0)


@pytest.mark.sqlite("its write-ahead log is torn")
def test_r3_control_the_log_was_what_held_them_and_damage_is_noticed(
    crashed: tuple[Path, list[int]], tmp_path: Path
) -> None:
    image, ends = crashed
    assert recovered(image, ends[-1], "cut", tmp_path / "case") == GROUPS
    assert recovered(image, ends[4] - 1, "flip", tmp_path / "case") == 4
    assert recovered(image, 32, "cut", tmp_path / "case") == 0
