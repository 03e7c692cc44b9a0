"""The official client against the real server; only its base URL is changed."""

from __future__ import annotations

import os
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from vivencia.lib.postgres.tests.chosen import kept
from vivencia.shell.tests.serving import COMMAND, Served, environ

with warnings.catch_warnings():  # that Delighted has closed is why this is here
    warnings.simplefilter("ignore", FutureWarning)
    import delighted

PREPARE = """
import django, json, sys
django.setup()
from django.db import connection
from vivencia.surveys import catalogue
from vivencia.surveys.builder import actions
from vivencia.customers.contact.models import ContactSettings
ContactSettings.objects.update_or_create(pk=1, defaults={"quiet_begins": 0, "quiet_ends": 0})
one = next(t for t in catalogue.every("es-ES") if t.purpose == "relationship")
survey = actions.create(None, one.definition, slug="nps", purpose="relationship")
actions.publish(None, survey)
"""


def key(data: Path, *scopes: str, verified: bool = True) -> str:
    """A new API key, as the command line makes one."""
    words = [word for scope in scopes for word in ("--scope", scope)]
    words += ["--verified"] if verified else []
    made = subprocess.run(
        [*COMMAND, "--data", str(data), "key", "create", "--name", "crm", *words],
        env=environ(**kept(data)), capture_output=True, text=True, check=True,
    )  # fmt: skip
    return made.stdout.strip()


def in_process(data: Path, program: str) -> str:
    """What `program` prints, run on the data directory beside the server."""
    settings = {
        "VIVENCIA_DATA": str(data), "DJANGO_SETTINGS_MODULE": "vivencia.shell.settings",
        **kept(data),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", program], env=environ(**settings), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def client(served: Served, secret: str) -> delighted.Client:
    return delighted.Client(secret, f"http://127.0.0.1:{served.port}/delighted/v1/")


@pytest.fixture(scope="session")
def make_home(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[..., tuple[Served, Path]]]:
    """Starts a server on a data directory of its own, its NPS survey published."""
    servers: list[Served] = []

    def make(**more: Any) -> tuple[Served, Path]:
        data = tmp_path_factory.mktemp("delighted") / "data"
        key(data, "read")  # makes the installation
        in_process(data, PREPARE)
        served = Served(data, **more, **kept(data))
        servers.append(served)
        return served, data

    yield make
    for served in servers:
        served.stop()


@pytest.fixture(scope="session")
def home(make_home: Callable[..., tuple[Served, Path]]) -> tuple[Served, Path]:
    return make_home()


@pytest.fixture(scope="session")
def ours(home: tuple[Served, Path]) -> Iterator[delighted.Client]:
    """The official client, let in; also as the shared one, as most programs use it."""
    served, data = home
    made = client(served, key(data, "delighted"))
    before = delighted.shared_client
    delighted.shared_client = made
    os.environ.setdefault("NO_PROXY", "127.0.0.1")
    yield made
    delighted.shared_client = before
