"""Collect the texts of every room into its catalogue and compile it: `make messages`.

Only Spanish has a catalogue: the texts in the code are the English ones.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "vivencia"
DJANGO = [sys.executable, "-m", "django"]


def has_texts(room: Path) -> bool:
    """True if a page or a view of `room` says something to a person."""
    marks = ("{% translate", "{% blocktranslate", "gettext")
    paths = [*room.rglob("*.html"), *room.rglob("*.txt"), *room.rglob("*.py")]
    return any(mark in path.read_text() for path in paths for mark in marks)


def collect(room: Path) -> None:
    """Bring `room`'s catalogue up to date; texts no longer said are dropped."""
    (room / "locale").mkdir(exist_ok=True)
    options = ["-l", "es", "--no-wrap", "--no-obsolete", "--add-location", "file"]
    subprocess.run([*DJANGO, "makemessages", *options, "-i", "tests"], cwd=room, check=True)
    subprocess.run([*DJANGO, "compilemessages", "-l", "es"], cwd=room, check=True)


def main() -> None:
    for init in sorted(PACKAGE.glob("*/__init__.py")):
        if has_texts(init.parent):
            collect(init.parent)


if __name__ == "__main__":
    main()
