"""Every test run gets an installation of its own: nothing of the developer's is touched."""

import gc
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import django
import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.utils import translation
from hypothesis import HealthCheck, settings

from vivencia.columns import here
from vivencia.columns.memory import MemoryColumns
from vivencia.columns.tests.made import interactions
from vivencia.lib.datadir import DataDir
from vivencia.lib.postgres.tests.cluster import Cluster

DATA = tempfile.mkdtemp(prefix="vivencia-test-")

for name in list(os.environ):
    if name.startswith("VIVENCIA_") and not name.startswith("VIVENCIA_TEST_"):
        del os.environ[name]
os.environ["VIVENCIA_DATA"] = DATA  # before Django's settings are read
os.environ.pop("DATABASE_URL", None)
# VIVENCIA_TEST_DATABASE=postgres: the same tests on a server of their own. A test's transaction
# may rest while a browser thinks, which an installation's may not.
CLUSTER = None
if os.environ.get("VIVENCIA_TEST_DATABASE") == "postgres":
    CLUSTER = Cluster(fsync=False)
    RELAXED = "idle_in_transaction_session_timeout=0 lock_timeout=20000"
    os.environ["DATABASE_URL"] = CLUSTER.url(CLUSTER.database(), RELAXED)
os.environ["DJANGO_SETTINGS_MODULE"] = "vivencia.shell.settings"
django.setup()
# A busy machine is no error.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")
if not os.environ.get("VIVENCIA_TEST_FULL"):
    # The same way of keeping a password, without its cost; people/tests/test_stolen.py has that.
    Argon2PasswordHasher.time_cost = Argon2PasswordHasher.parallelism = 1
    Argon2PasswordHasher.memory_cost = 8


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(DATA, ignore_errors=True)
    if CLUSTER is not None:
        CLUSTER.stop()


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    """The last page asked for leaves its language behind, and the command that imports, which ends
    at once elsewhere, a collector that is off: not for the next test."""
    yield
    translation.deactivate()
    gc.enable()


@pytest.fixture(scope="session")
def blank_installation(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with every table and nothing in them, made once."""
    path = tmp_path_factory.mktemp("blank")
    words = [sys.executable, "-m", "django", "migrate", "-v0"]
    environ = {**os.environ, "VIVENCIA_DATA": str(path), "DATABASE_URL": ""}
    if CLUSTER is not None:
        CLUSTER.psql("CREATE DATABASE blank")
        environ["DATABASE_URL"] = CLUSTER.url("blank")
    subprocess.run(words, check=True, env=environ)
    return path


@pytest.fixture
def installation(
    blank_installation: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[DataDir]:
    """An empty installation of the test's own, beside the one Django is set up on."""
    path = tmp_path / "data"
    shutil.copytree(blank_installation, path)
    if CLUSTER is None:
        yield DataDir(path)
        return
    name = CLUSTER.database("blank")
    monkeypatch.setenv("DATABASE_URL", CLUSTER.url(name))
    yield DataDir(path)
    CLUSTER.drop(name)


@pytest.fixture
def columns() -> Iterator[MemoryColumns]:
    """Columns of a made log, which the views of this process ask."""
    made = MemoryColumns(interactions(2000), "UTC")
    here.own(made)
    yield made
    here.own(None)
    made.close()
