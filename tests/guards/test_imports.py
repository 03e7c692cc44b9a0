"""`import vivencia` is quick and brings no Django: a notebook is not a web server."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.guards.tree import PACKAGE

SECONDS = 0.5
DJANGO_FREE = [
    name
    for name in (
        "vivencia",
        "vivencia.lib.formats",
        "vivencia.lib.datadir",
        "vivencia.lib.errors",
        "vivencia.interactions.record",
        "vivencia.interactions.append",
        "vivencia.interactions.database",
        "vivencia.interactions.checks",
        "vivencia.interactions.mapping",
        "vivencia.interactions.readers",
        "vivencia.columns",
        "vivencia.columns.reading",
        "vivencia.scores.reading",
        "vivencia.journeys.reading",
        "vivencia.simulator",
    )
    if (PACKAGE.parent / name.replace(".", "/")).is_dir()
    or (PACKAGE.parent / (name.replace(".", "/") + ".py")).is_file()
]
LOADED = "import sys, {0}; print(*sorted(name for name in sys.modules if name.count('.') == 0))"
# The clock starts inside, so that only our own import is measured, and it counts only what the
# processors do for it: another process may be using them.
CLOCK = "import time; began = time.process_time(); import {0}; print(time.process_time() - began)"


def python(code: str, **environ: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def brings_django(module: str) -> bool:
    return "django" in python(LOADED.format(module)).split()


def seconds_to_import(module: str) -> float:
    return min(float(python(CLOCK.format(module))) for _ in range(3))


@pytest.mark.parametrize("module", DJANGO_FREE)
def test_no_django_is_imported(module):
    assert not brings_django(module)


def test_import_vivencia_is_quick():
    assert seconds_to_import("vivencia") < SECONDS


def test_control_a_module_that_needs_django_is_noticed():
    assert brings_django("vivencia.interactions.apps")


def test_control_a_slow_import_is_noticed(tmp_path, monkeypatch):
    (tmp_path / "sleepy.py").write_text("import time\nwhile time.process_time() < 0.8: pass\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert seconds_to_import("sleepy") > SECONDS
