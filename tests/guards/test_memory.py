"""What each process of a server at rest need not know is not loaded: its memory is promised."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

# What opens files, computes models or draws frames: loaded by whoever first needs it.
SELDOM = {"pandas", "polars", "narwhals", "openpyxl", "python_calamine", "lxml", "scipy", "IPython"}
PAGES = """
import os
os.environ["DJANGO_SETTINGS_MODULE"] = "vivencia.shell.settings"
import django
django.setup()
import vivencia.cli.serve, vivencia.shell.server, vivencia.shell.asgi, vivencia.shell.urls
"""
OWNER = """
import vivencia.columns.process, vivencia.columns.owner
for room in ("scores", "journeys", "reports", "shell"):
    __import__(f"vivencia.{room}.reading")
"""


def loaded(program: str, data: Path) -> set[str]:
    """Every module in memory once `program` has run."""
    done = subprocess.run(
        [sys.executable, "-c", program + "\nimport sys\nprint(*sys.modules)"],
        env={**os.environ, "VIVENCIA_DATA": str(data)},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    ("program", "spared"),
    [
        (PAGES, SELDOM | {"duckdb", "_duckdb", "pyarrow.compute", "pyarrow.parquet"}),
        (OWNER, SELDOM | {"django", "uvicorn", "ninja", "pydantic", "asyncio", "pyarrow.parquet"}),
    ],
    ids=["pages", "owner"],
)
def test_a_process_is_spared_what_it_does_not_need(
    program: str, spared: set[str], tmp_path: Path
) -> None:
    assert not loaded(program, tmp_path) & spared


def test_control_what_is_needed_is_loaded(tmp_path: Path) -> None:
    assert "duckdb" in loaded(OWNER, tmp_path)
    assert "django" in loaded(PAGES, tmp_path)
