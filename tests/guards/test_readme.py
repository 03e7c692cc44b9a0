"""The lines a newcomer copies from the README run as they stand, in both languages."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from tests.guards.tree import ROOT

READMES = {
    "README.md": "client,date,event,order,channel,rating",
    "README.es.md": "cliente,fecha,evento,pedido,canal,nota",
}
FILE = re.compile(r'read_csv\("([^"]+)"')
ROW = "c{n},2026-0{month}-11T10:00:00Z,survey.answered,o{order},{channel},{score}"


def block(page: str, language: str) -> str:
    """The first fenced block of `page` in `language`."""
    return re.findall(rf"```{language}\n(.*?)```", page, re.DOTALL)[0]


def answers(head: str) -> str:
    rows = (
        ROW.format(
            n=n % 40, month=1 + n % 3, order=n % 60, channel=("web", "store")[n % 2], score=n % 11
        )
        for n in range(240)
    )
    return "\n".join([head, *rows]) + "\n"


@pytest.mark.parametrize(("readme", "head"), READMES.items())
def test_the_python_face_of_the_readme_runs(readme, head, tmp_path):
    code = block((ROOT / readme).read_text(), "python")
    file = FILE.findall(code)[0]
    (tmp_path / file).write_text(answers(head))
    environ = {k: v for k, v in os.environ.items() if not k.startswith(("VIVENCIA_", "DJANGO_"))}
    command = [sys.executable, "-m", "vivencia.cli", "--data", "vivencia-data", "import", file]
    for each in (command, [sys.executable, "-c", code]):
        done = subprocess.run(each, cwd=tmp_path, env=environ, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


def test_both_readmes_give_the_same_commands():
    pages = [(ROOT / name).read_text() for name in READMES]
    commands = [re.sub(r"#.*|\S+\.csv", "", block(page, "sh")).split() for page in pages]
    assert commands[0] == commands[1]
    assert [len(block(page, "python").splitlines()) for page in pages] == [10, 10]
