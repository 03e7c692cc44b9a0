"""The repository names nobody's machine, registry or secret."""

from __future__ import annotations

import re
from pathlib import Path

from tests.guards.tree import ROOT, ours, said, tracked

# Written in two halves, or this file would name them too.
PLACES = re.compile(
    "|".join(
        [
            r"(?<![\w.])/" + r"work/(main|shared)",
            r"(?<![\w.])/" + r"(root|home/[a-z]+|Users/[A-Za-z]+)/",
            r"/opt/" + r"(pypi|wheels)",
            r"(?<![\w.\"'/])/" + r"tmp/[a-z]",
            r"pypi" + r"\.org",
            r"pythonhosted" + r"\.org",
            r"registry\.npm" + r"js\.org",
            r"deb\.debian" + r"\.org",
        ]
    )
)
SECRETS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY|\bviv_[A-Za-z0-9]{8}_[A-Za-z0-9_-]{43}\b|AKIA[0-9A-Z]{16}"
)
MOST_BYTES = 1_000_000


def betrayals(paths: list[Path], pattern: re.Pattern[str]) -> list[str]:
    found = []
    for path in paths:
        try:
            lines = path.read_text().splitlines()
        except UnicodeDecodeError:
            continue  # a font, a picture, a compiled catalogue
        found += [f"{said(path)}:{n}" for n, line in enumerate(lines, 1) if pattern.search(line)]
    return found


def test_no_machine_and_no_registry_is_named():
    assert betrayals([ROOT / name for name in tracked()], PLACES) == []


def test_no_secret_is_kept():
    assert betrayals(ours(), SECRETS) == []


def test_no_file_is_large():
    large = [name for name in tracked() if (ROOT / name).stat().st_size > MOST_BYTES]
    assert large == []


def test_control_a_machine_a_registry_and_a_secret_are_noticed(tmp_path):
    path = tmp_path / "notes.txt"
    path.write_text("see /" + "work/main\nfrom pypi" + ".org\nviv_" + "a" * 8 + "_" + "b" * 43)
    assert betrayals([path], PLACES) == ["notes.txt:1", "notes.txt:2"]
    assert betrayals([path], SECRETS) == ["notes.txt:3"]
