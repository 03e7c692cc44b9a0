"""R17: what every released version left behind is brought up to date, whole or not at all, and
says the same. The states are made by scripts/released.py."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from scripts.released import RELEASED, TOLD, rows_of, scores_of
from tests.promises.sizes import chance, figure, size
from vivencia.lib.alone import only_server
from vivencia.lib.datadir import DataDir
from vivencia.shell.tests.serving import environ

pytestmark = pytest.mark.sqlite("what released versions left are its files")
STATES = sorted(path.name.removesuffix(".tar.xz") for path in RELEASED.glob("*.tar.xz"))
OLDEST = "foundation"
# Written by Django and by upgrading itself.
OURS = {"django_migrations", "django_content_type", "auth_permission", "seals", "unsealed"}
# Kills itself as the connection is about to carry out its Nth statement; tells how many there were.
DYING = """
import os, signal, sys
from django.db.backends.signals import connection_created
last, seen = int(sys.argv.pop(1)), 0

def count(statement):
    global seen
    seen += 1
    if seen == last:
        os.kill(os.getpid(), signal.SIGKILL)

def watch(connection, **_):
    connection.connection.set_trace_callback(count)

connection_created.connect(watch)
from vivencia.cli import main
code = main()
print(seen, file=sys.stderr)
raise SystemExit(code)
"""


class State(NamedTuple):
    data: DataDir
    scores: dict[str, str]  # as that version said them
    rows: dict[str, int]


def unpacked(name: str, path: Path) -> State:
    path.mkdir(mode=0o700)
    with tarfile.open(RELEASED / f"{name}.tar.xz") as packed:
        packed.extractall(path, filter="data")
    told = json.loads((path / TOLD).read_text())
    return State(DataDir(path), told["scores"], told["rows"])


@pytest.fixture
def oldest(tmp_path: Path) -> State:
    return unpacked(OLDEST, tmp_path / "data")


def command(data: DataDir, *words: str) -> subprocess.CompletedProcess[str]:
    words = ("-m", "vivencia.cli", "--data", str(data.path), *words)
    return subprocess.run([sys.executable, *words], capture_output=True, text=True, env=environ())


def upgraded(data: DataDir) -> dict[str, Any]:
    done = command(data, "upgrade", "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def dies_at(data: DataDir, statement: int) -> subprocess.CompletedProcess[str]:
    words = ["-c", DYING, str(statement), "--data", str(data.path), "upgrade", "--no-copy"]
    return subprocess.run([sys.executable, *words], capture_output=True, text=True, env=environ())


def schema(data: DataDir) -> list[tuple[str, ...]]:
    connection = sqlite3.connect(data.database)
    found = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master").fetchall()
    connection.close()
    return sorted((*row[:3], row[3] or "") for row in found)


def kept(data: DataDir) -> dict[str, int]:
    return {name: n for name, n in rows_of(data.database).items() if name not in OURS}


@pytest.mark.parametrize("name", STATES)
def test_r17_what_a_released_version_left_says_the_same_today(name: str, tmp_path: Path) -> None:
    state = unpacked(name, tmp_path / "data")
    told = upgraded(state.data)
    now = rows_of(state.data.database)
    assert {table: now[table] for table in state.rows if table not in OURS} == {
        table: n for table, n in state.rows.items() if table not in OURS
    }
    if told["upgraded"]:
        assert rows_of(Path(told["copy"])) == state.rows
    assert scores_of(state.data.path) == state.scores
    verified = command(state.data, "verify", "--json")
    assert json.loads(verified.stdout)["damages"] == []
    figure(state=name, questions=len(state.scores), digests="equal", rows=sum(state.rows.values()))


def test_r17_the_oldest_gets_the_tables_a_new_one_has(oldest: State, tmp_path: Path) -> None:
    assert upgraded(oldest.data)["upgraded"] is True
    assert upgraded(oldest.data) == {"upgraded": False, "copy": None}
    fresh = DataDir(tmp_path / "fresh")
    assert command(fresh, "user", "list").returncode == 0
    assert schema(oldest.data) == schema(fresh)


def test_r17_control_another_answer_is_another_digest(oldest: State) -> None:
    upgraded(oldest.data)
    connection = sqlite3.connect(oldest.data.database)
    connection.execute("DROP TRIGGER interactions_no_update")
    connection.execute("UPDATE interactions SET score = 0 WHERE score = 10000 AND scale IS NOT 0")
    connection.commit()
    connection.close()
    assert scores_of(oldest.data.path) != oldest.scores


@pytest.mark.slow
def test_r17_killed_at_any_statement_it_is_as_before_or_as_after(
    oldest: State, tmp_path: Path
) -> None:
    whole = tmp_path / "whole"
    shutil.copytree(oldest.data.path, whole)
    done = dies_at(DataDir(whole), 0)
    assert done.returncode == 0, done.stderr
    statements = int(done.stderr.split()[-1])
    assert statements > 100
    after, expected = schema(DataDir(whole)), kept(DataDir(whole))
    before, drawn = schema(oldest.data), chance()
    kills = [statements // 3, *drawn.sample(range(1, statements + 1), size(1, 199))]
    rolled_back = 0
    for number, statement in enumerate(kills):
        data = DataDir(tmp_path / f"killed{number}")
        shutil.copytree(oldest.data.path, data.path)
        assert dies_at(data, statement).returncode == -signal.SIGKILL, statement
        found = schema(data)
        assert found == before or {row[1] for row in found} >= {row[1] for row in before}
        rolled_back += found == before
        assert command(data, "upgrade").returncode == 0, statement
        assert (schema(data), kept(data)) == (after, expected), statement
        shutil.rmtree(data.path)
    assert rolled_back  # the first, at least, was in the middle of it
    figure(kills=len(kills), of_statements=statements, rolled_back=rolled_back, half_done=0)


def test_data_of_an_earlier_version_are_changed_by_no_other_command(
    oldest: State, tmp_path: Path
) -> None:
    file = tmp_path / "answers.csv"
    file.write_text("when,score\n2026-11-01,9\n2026-11-02,10\n", encoding="utf-8")
    for line in (["user", "list"], ["import", str(file), "--json"]):
        done = command(oldest.data, *line)
        assert (done.returncode, "upgrade" in done.stderr) == (3, True), line
    assert rows_of(oldest.data.database) == oldest.rows


def test_not_under_a_running_server(oldest: State) -> None:
    with only_server(oldest.data):
        done = command(oldest.data, "upgrade")
    assert (done.returncode, str(os.getpid()) in done.stderr) == (3, True)
    assert rows_of(oldest.data.database) == oldest.rows


def test_data_of_a_later_version_are_refused(oldest: State) -> None:
    upgraded(oldest.data)
    connection = sqlite3.connect(oldest.data.database)
    connection.execute(
        "INSERT INTO django_migrations (app, name, applied) VALUES ('people', '0999_x', '2031')"
    )
    connection.commit()
    connection.close()
    done = command(oldest.data, "upgrade")
    assert (done.returncode, "later version" in done.stderr) == (3, True)
