"""Every test run gets an installation of its own: nothing of the developer's is touched."""

import gc
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import nullcontext
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
from vivencia.lib.postgres.tests.chosen import SERVER, empty_row_by_row

DATA = tempfile.mkdtemp(prefix="vivencia-test-")

for name in list(os.environ):
    if name.startswith("VIVENCIA_") and not name.startswith("VIVENCIA_TEST_"):
        del os.environ[name]
os.environ["VIVENCIA_DATA"] = DATA  # before Django's settings are read
os.environ.pop("DATABASE_URL", None)
if SERVER is not None:
    SERVER.new()
os.environ["DJANGO_SETTINGS_MODULE"] = "vivencia.shell.settings"
django.setup()
if SERVER is not None:
    empty_row_by_row()
# A busy machine is no error.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")
if not os.environ.get("VIVENCIA_TEST_FULL"):
    # The same way of keeping a password, without its cost; people/tests/test_stolen.py has that.
    Argon2PasswordHasher.time_cost = Argon2PasswordHasher.parallelism = 1
    Argon2PasswordHasher.memory_cost = 8


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(DATA, ignore_errors=True)
    if SERVER is not None:
        SERVER.stop()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What speaks of SQLite's own files says so and why; on PostgreSQL it is skipped by name."""
    for item in items if SERVER is not None else ():
        if (marker := item.get_closest_marker("sqlite")) is not None:
            (reason,) = marker.args
            item.add_marker(pytest.mark.skip(reason=f"of SQLite alone: {reason}"))


@pytest.fixture(autouse=True, scope="module")
def databases_of_the_module() -> Iterator[None]:
    """What a module's own fixtures made goes with it."""
    with SERVER.put_back() if SERVER is not None else nullcontext():
        yield


@pytest.fixture(autouse=True)
def database_of_the_test(request: pytest.FixtureRequest) -> Iterator[None]:
    """On PostgreSQL, whoever has a folder of its own has a database of its own."""
    if SERVER is None:
        yield
        return
    with SERVER.put_back():
        if "tmp_path" in request.fixturenames and "installation" not in request.fixturenames:
            SERVER.new()
        yield


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

    def fill() -> None:
        subprocess.run(words, check=True, env={**os.environ, "VIVENCIA_DATA": str(path)})

    if SERVER is None:
        fill()
    else:
        SERVER.template("blank", fill)
    return path


@pytest.fixture
def installation(blank_installation: Path, tmp_path: Path) -> DataDir:
    """An empty installation of the test's own, beside the one Django is set up on."""
    path = tmp_path / "data"
    shutil.copytree(blank_installation, path)
    if SERVER is not None:
        SERVER.new("blank")
    return DataDir(path)


@pytest.fixture
def columns() -> Iterator[MemoryColumns]:
    """Columns of a made log, which the views of this process ask."""
    made = MemoryColumns(interactions(2000), "UTC")
    here.own(made)
    yield made
    here.own(None)
    made.close()
