"""Backing an installation up, restoring it, and looking whether all is as it was written.

    python -m bench.backups [--size 1000000] [--rounds 3]

Whole commands as people give them, from their start to their end, on an installation drawn once
(bench/installation.py) whose rows are sealed already, as those of a running server are.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.installation import installation

CLI = (sys.executable, "-m", "vivencia.cli")


def measure(size: int, rounds: int) -> dict[str, Any]:
    """Median seconds of each command, and interactions a second."""
    home = installation(size)
    _run(home, "verify")  # seals what no server has sealed yet
    taken: dict[str, list[float]] = {"backup": [], "restore": [], "verify": []}
    for _ in range(rounds):
        with tempfile.TemporaryDirectory(dir=home.parent) as name:
            folder = Path(name)
            taken["backup"].append(_run(home, "backup", "--to", folder / "b"))
            (made,) = (folder / "b").glob("vivencia-*")
            new = folder / "new"
            taken["restore"].append(_run(new, "restore", made, "--no-journal"))
            taken["verify"].append(_run(new, "verify"))
    seconds = {name: statistics.median(each) for name, each in taken.items()}
    return {
        "interactions": size,
        **{f"{name}_s": round(each, 2) for name, each in seconds.items()},
        **{f"{name}_per_second": round(size / each) for name, each in seconds.items()},
    }


def _run(home: Path, *words: object) -> float:
    """The seconds the command took."""
    began = time.perf_counter()
    command = [*CLI, "--data", str(home), *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"vivencia {words[0]} ended with {done.returncode}: {done.stderr}")
    return time.perf_counter() - began


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    print(json.dumps(measure(chosen.size, chosen.rounds)))
