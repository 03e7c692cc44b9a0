"""What users would pick today, each in an environment of its own under `.bench/`.

A peer is a script that this project never imports: it is given to the peer's own Python and
answers with one line of JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
BENCH = HERE.parent.parent / ".bench"
DATA = BENCH / "data"

PACKAGES = {
    "pm4py": ("pm4py==2.7.23.11", "pandas==3.1.1", "pyarrow"),
    "pandas": ("pandas==3.1.1", "pyarrow", "scipy"),
    "splink": ("splink==4.0.16", "duckdb==2.0.0", "pandas==3.1.1", "pyarrow"),
}


def environment(name: str) -> Path:
    """The Python of the peer `name`, installed on first use."""
    home = BENCH / name
    python, ready = home / "bin" / "python", home / ".ready"
    wanted = "\n".join(PACKAGES[name])
    if not ready.exists() or ready.read_text() != wanted:
        print(f"Installing {name} into {home} (once)…", file=sys.stderr)
        venv.create(home, with_pip=True)
        pip = [python, "-m", "pip", "--disable-pip-version-check", "install", "-q"]
        subprocess.run([*pip, *PACKAGES[name]], check=True)
        ready.write_text(wanted)
    return python


@cache
def ours() -> list[str]:
    """The command `vivencia` as users have it, with what the lock names and no developer's tool:
    DuckDB loads a pandas it finds, 42 MB in each process."""
    home = BENCH / "ours"
    make = ["make", "--silent", f"VENV={home}", f"{home}/.runtime"]
    subprocess.run(make, check=True, cwd=BENCH.parent, stdout=sys.stderr)
    return [str(home / "bin" / "vivencia")]


def ask(name: str, script: str, *arguments: object) -> dict:
    """What the peer's script answers."""
    return answer_of([environment(name), HERE / script, *arguments])


def ask_ours(module: str, *arguments: object) -> dict:
    """What our own side of a benchmark answers, in a process of its own like the peer."""
    return answer_of([sys.executable, "-m", module, *arguments])


def answer_of(command: list[object]) -> dict:
    """The last line a program prints, as JSON; its numeric libraries keep to one thread."""
    single = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    done = subprocess.run(
        [str(part) for part in command],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        cwd=BENCH.parent,
        env={"PATH": "/usr/bin:/bin", **single},
    )
    return json.loads(done.stdout.splitlines()[-1])
