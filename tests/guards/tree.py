"""What the guards look at: the files of this repository, as git knows them."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "vivencia"
ROOMS = sorted(path.parent for path in PACKAGE.glob("*/__init__.py"))

# Not written here by hand, so measured by other rules.
NOT_OURS = re.compile(r"(^|/)(vendor|migrations|locale)/|\.lock$|^LICENSE$")


@cache
def tracked() -> tuple[str, ...]:
    """Every file that is, or is about to be, in the repository, as a path from its root."""
    asked = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True)
    return tuple(name for name in listed.stdout.splitlines() if (ROOT / name).is_file())


def ours(*suffixes: str) -> list[Path]:
    """Tracked files with one of `suffixes` that people write here by hand."""
    return [
        ROOT / name
        for name in tracked()
        if not NOT_OURS.search(name) and (not suffixes or name.endswith(suffixes))
    ]


def modules() -> list[Path]:
    """The program's own Python, without its tests."""
    return [p for p in ours(".py") if p.is_relative_to(PACKAGE) and "tests" not in p.parts]


def templates() -> list[Path]:
    return [path for path in ours(".html", ".txt", ".svg") if "/templates/" in str(path)]


def said(path: Path) -> str:
    """A path as a person would name it."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name
