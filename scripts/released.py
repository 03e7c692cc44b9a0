"""Keep what a released version left behind, for every later one to be tried on (R17).

    git worktree add ../released COMMIT
    PYTHONPATH=../released/src .venv/bin/python -m scripts.released NAME

writes tests/promises/released/NAME.tar.xz: the data directory of the demo company, small, made
by that version; with it `told.json`, the version's own scores and counts. The columns are not
in it: every version makes its own from the log.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

RELEASED = Path(__file__).resolve().parent.parent / "tests" / "promises" / "released"
CUSTOMERS = 60
TOLD = "told.json"
QUESTIONS = ("nps", "csat --by channel", "ces --every quarter")
FIGURE = ("by", "period", "value", "n", "low", "high", "verdict")


def vivencia(data: Path, *words: str) -> str:
    """What a command says, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "vivencia.cli", "--data", str(data), *words],
        capture_output=True, text=True, check=True, env={**os.environ, "LANGUAGE": "en"},
    )  # fmt: skip
    return done.stdout


def scores_of(data: Path) -> dict[str, str]:
    """question -> the digest of all figures of its answer. A later version may say more about
    a figure; it may not say another."""
    told = {}
    for question in QUESTIONS:
        answer = json.loads(vivencia(data, "scores", *question.split(), "--json"))
        rows = [[row[name] for name in FIGURE] for row in answer["rows"]]
        told[question] = digest([answer["definition"], answer["counted"], rows])
    return told


def digest(figures: object) -> str:
    return hashlib.sha256(json.dumps(figures, sort_keys=True).encode()).hexdigest()


def rows_of(database: Path) -> dict[str, int]:
    """How many rows each table holds."""
    connection = sqlite3.connect(f"{database.as_uri()}?mode=ro&immutable=1", uri=True)
    names = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    ).fetchall()
    counted = {
        name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608
        for (name,) in names
    }
    connection.close()
    return counted


def main(name: str) -> None:
    RELEASED.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        vivencia(data, "demo", "--customers", str(CUSTOMERS))
        told = {"scores": scores_of(data)}
        connection = sqlite3.connect(data / "vivencia.sqlite3")
        connection.execute("PRAGMA journal_mode = DELETE")  # all of it in one file
        connection.close()
        told["rows"] = rows_of(data / "vivencia.sqlite3")
        (data / TOLD).write_text(json.dumps(told, indent=1) + "\n")
        target = RELEASED / f"{name}.tar.xz"
        with tarfile.open(target, "w:xz", preset=9) as packed:
            for kept in ("vivencia.sqlite3", "secret.key", TOLD):
                packed.add(data / kept, kept)
    print(f"{target}: {target.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
