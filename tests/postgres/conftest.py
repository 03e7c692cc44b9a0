"""A PostgreSQL server of the tests' own, and a database for each test."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from vivencia.lib.datadir import DataDir
from vivencia.lib.postgres.tests.cluster import Cluster, binaries


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
