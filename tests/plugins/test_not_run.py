"""The plugin is itself a proof, so it is proved: what could not run must turn the run red."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def run_pytest(folder: Path, body: str) -> tuple[int, dict]:
    (folder / "test_one.py").write_text("import pytest\n\n" + body)
    report = folder / "report.json"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.plugins.not_run", "-q", "-c", os.devnull,
         "--rootdir", folder, folder],
        cwd=ROOT,
        env={**os.environ, "VIVENCIA_TEST_REPORT": str(report)},
        capture_output=True,
    )  # fmt: skip
    return done.returncode, json.loads(report.read_text()) if report.exists() else {}


def test_a_plain_skip_is_listed_and_passes(tmp_path):
    code, told = run_pytest(tmp_path, "def test_a(): pass\ndef test_b(): pytest.skip('no data')")
    assert code == 0
    assert told["skipped"] == {"no data": 1}
    assert told["counts"] == {"passed": 1, "failed": 0, "skipped": 1}


def test_a_test_that_could_not_run_fails_the_run(tmp_path):
    body = "def test_a(): pass\ndef test_b(): pytest.skip('NOT RUN: no Chromium')"
    code, told = run_pytest(tmp_path, body)
    assert code == 1
    assert told["not_run"] == {"NOT RUN: no Chromium": 1}


def test_a_whole_file_that_could_not_run_fails_the_run(tmp_path):
    body = "pytest.skip('NOT RUN: no gettext', allow_module_level=True)"
    (tmp_path / "test_two.py").write_text("def test_c(): pass")
    code, told = run_pytest(tmp_path, body)
    assert code == 1
    assert told["not_run"] == {"NOT RUN: no gettext": 1}


def test_no_test_at_all_writes_no_report(tmp_path):
    code, told = run_pytest(tmp_path, "")
    assert code == 5
    assert told == {}
