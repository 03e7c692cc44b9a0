"""pytest plugin: tell a test that need not run from one that could not, and fail on the second.

A skip whose reason begins with "NOT RUN" (Chromium missing, no gettext …) has proved nothing, so
the run fails and names it. Any other skip (an optional public data set is absent) is only listed.
Load it with `pytest -p tests.plugins.not_run`; the file named by VIVENCIA_TEST_REPORT then holds
`{"counts": {passed, failed, skipped}, "skipped": {reason: n}, "not_run": {reason: n}}`.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path

import pytest

MARK = "NOT RUN"


class Tally:
    """Counts what pytest reports, each test once."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter(passed=0, failed=0, skipped=0)
        self.skipped: Counter[str] = Counter()
        self.not_run: Counter[str] = Counter()

    def _skip(self, longrepr: object) -> None:
        reason = longrepr[2] if isinstance(longrepr, tuple) else str(longrepr)
        reason = reason.removeprefix("Skipped: ")
        self.counts["skipped"] += 1
        (self.not_run if reason.startswith(MARK) else self.skipped)[reason] += 1

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped and not hasattr(report, "wasxfail"):
            self._skip(report.longrepr)
        elif report.failed:
            self.counts["failed"] += 1
        elif report.passed and report.when == "call":
            self.counts["passed"] += 1

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.skipped:
            self._skip(report.longrepr)
        elif report.failed:
            self.counts["failed"] += 1

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.not_run and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        path = os.environ.get("VIVENCIA_TEST_REPORT")
        if path and sum(self.counts.values()):
            told = {"counts": self.counts, "skipped": self.skipped, "not_run": self.not_run}
            Path(path).write_text(json.dumps(told))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        if self.not_run:
            terminalreporter.section("could not run: this run fails", red=True)
        for reason, n in sorted(self.not_run.items()):
            terminalreporter.line(f"{n} × {reason}")


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(Tally(), "tally")
