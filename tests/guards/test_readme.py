"""The lines a newcomer copies from the README run as they stand, in both languages."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.guards.tree import ROOT

READMES = ("README.md", "README.es.md")


def block(page: str, language: str, holding: str = "") -> str:
    """The first fenced block of `page` in `language` that holds `holding`."""
    blocks = re.findall(rf"```{language}\n(.*?)```", (ROOT / page).read_text(), re.DOTALL)
    return next(one for one in blocks if holding in one)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What of the repository the examples speak of, with nothing of ours in it."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    return tmp_path


def run(words: list[str], folder: Path) -> str:
    ours = {k: v for k, v in os.environ.items() if not k.startswith(("VIVENCIA_", "DJANGO_"))}
    here = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        words, cwd=folder, env={**ours, "PATH": here, "LANGUAGE": "en"}, capture_output=True,
        text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("readme", READMES)
def test_the_commands_and_the_python_face_of_the_readme_run(readme, clone):
    commands = run(["sh", "-ec", block(readme, "sh", "vivencia import")], clone)
    assert "(nps v1)" in commands  # answers were found, and the guess took them for NPS
    assert "survey.answered" in commands
    code = block(readme, "python")
    face = run([sys.executable, "-c", f"{code}\nprint(log.nps())\nprint(log.refused)"], clone)
    counted, received = re.findall(r"(\d+) of (\d+) received count", face)[0]
    assert counted == received == re.findall(r"(\d+) of \d+ received count", commands)[0]
    assert face.endswith("{}\n")


def test_both_readmes_give_the_same_commands():
    commands = [re.sub(r"#.*|\S+\.csv", "", block(page, "sh", "import")) for page in READMES]
    assert commands[0].split() == commands[1].split()
    assert [len(block(page, "python").splitlines()) for page in READMES] == [10, 10]


def chores(makefile: str) -> dict[str, str]:
    """name -> recipe of every chore that the Makefile explains."""
    found = re.findall(r"^([a-z]+):[^\n]*## [^\n]+\n((?:\t[^\n]*\n)*)", makefile, re.MULTILINE)
    return dict(found)


@pytest.mark.parametrize("readme", READMES)
def test_every_chore_the_readme_names_is_in_the_makefile(readme):
    explained = chores((ROOT / "Makefile").read_text())
    named = set(re.findall(r"\bmake ([a-z]+)", block(readme, "sh", "make run")))
    assert {"run", "serve", "test"} <= named <= set(explained)


def test_one_chore_serves_the_demo_and_one_the_data_of_ones_own():
    explained = chores((ROOT / "Makefile").read_text())
    assert "serve --demo" in explained["run"]
    assert "vivencia serve" in explained["serve"]
    assert "--demo" not in explained["serve"]
    assert chores("serve: x\n\tvivencia serve\n") == {}  # the control: one nobody explained
