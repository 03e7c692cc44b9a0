"""A PostgreSQL server of the tests' own, and a database for each test."""

from __future__ import annotations

import importlib.util
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from vivencia.columns.tests.made import interactions, write
from vivencia.interactions.database import open_database
from vivencia.lib.datadir import DataDir
from vivencia.lib.postgres.tests.cluster import Cluster, binaries
from vivencia.shell.backup import sealing

_QUARANTINED = """INSERT INTO quarantine (raw, reason, detail, door, received_at, state)
VALUES (?, 'bad_time', ?, 'interactions', ?, 'waiting')"""


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    if binaries() is None:
        pytest.skip("NOT RUN: PostgreSQL is not installed")
    if importlib.util.find_spec("psycopg") is None:
        pytest.skip("NOT RUN: psycopg is not installed")
    made = Cluster(fsync=False)  # nothing here pulls the plug
    yield made
    made.stop()


@pytest.fixture(scope="session")
def template(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A database with every table, as `vivencia` makes them."""
    name = cluster.database()
    data = tmp_path_factory.mktemp("template")
    environ = {**os.environ, "DATABASE_URL": cluster.url(name)}
    words = [sys.executable, "-m", "vivencia.cli", "--data", str(data), "user", "list"]
    subprocess.run(words, check=True, env=environ, stdout=subprocess.DEVNULL)
    return name


@pytest.fixture
def url(cluster: Cluster, template: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a new database with every table, which DATABASE_URL says."""
    name = cluster.database(template)
    told = cluster.url(name)
    monkeypatch.setenv("DATABASE_URL", told)
    yield told
    cluster.drop(name)


@pytest.fixture
def data(url: str, tmp_path: Path) -> DataDir:
    """A data directory whose log is in that database."""
    return DataDir(tmp_path / "in-postgres").create()


@pytest.fixture
def filled(data: DataDir) -> DataDir:
    """2,000 interactions, and rows counted, of chance and named by a text; all of it sealed."""
    write(data, interactions(2_000))
    with closing(open_database(data.database)) as database:
        database.execute("ALTER TABLE surveys_spent DROP CONSTRAINT surveys_spent_link_id_fkey")
        for k in range(200):
            database.execute(_QUARANTINED, (f"{k} ".encode() * 20, f"{k} " * 20, k))
            database.execute("INSERT INTO counters (name, n) VALUES (?, ?)", (f"some.{k}", k))
            database.execute(
                "INSERT INTO surveys_spent (key, link_id, at) VALUES (?, ?, ?)",
                (random.Random(k).getrandbits(63), k, k),
            )
        database.execute(
            "INSERT INTO vault_texts (seq, text) SELECT seq, 'said ' || seq FROM interactions"
            " ON CONFLICT DO NOTHING"
        )
        sealing.install(database, migrated=True)
        sealing.seal(database)
    return data
