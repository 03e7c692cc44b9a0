"""The wheel is whole: who installs it without the repository has every page, text and style."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.guards.tree import ROOT, tracked

CARRIED = re.compile(r"\.(py|sql|html|txt|svg|css|js|mo|woff2|toml|json|csv|typed)$|/LICENSE$")


ASK = "import vivencia.cli; print(vivencia.__file__); vivencia.cli.main([])"


def expected() -> set[str]:
    """What of the package must be in the wheel: all that runs, nothing that tests."""
    inside = [name.removeprefix("src/") for name in tracked() if name.startswith("src/vivencia/")]
    return {name for name in inside if CARRIED.search(name) and "/tests/" not in name}


def missing(names: set[str]) -> list[str]:
    return sorted(expected() - names)


def stray(names: set[str]) -> list[str]:
    return sorted(name for name in names if "/tests/" in name or not name.startswith("vivencia"))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    """The wheel built from this tree, without asking the network."""
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def names(wheel) -> set[str]:
    return set(zipfile.ZipFile(wheel).namelist())


def test_nothing_is_missing(names):
    assert missing(names) == []


def test_nothing_is_there_that_should_not_be(names):
    assert stray(names) == []


def test_the_installed_wheel_answers_without_the_repository(wheel, tmp_path):
    """Installed in a folder that comes first: only the dependencies are borrowed from here."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*command, "--target", str(tmp_path / "site"), str(wheel)], check=True)
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            ASK,
        ],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
        check=True,
    )
    where, *said = done.stdout.splitlines()
    assert where.startswith(str(tmp_path))
    assert any("serve" in line for line in said)


def test_control_a_wheel_without_its_styles_or_with_tests_is_noticed(names):
    poorer = {name for name in names if not name.endswith(".css")}
    assert missing(poorer) != []
    assert stray(names | {"vivencia/people/tests/test_actions.py"}) != []
