"""Run every check there is, and end with a table of what ran, what was skipped, what could not.

`python scripts/check.py`             everything
`python scripts/check.py --quick`     style, templates, types and floors; no tests
`python scripts/check.py --postgres`  on PostgreSQL, every test that is not of SQLite alone

Exit code 0 only if everything ran and passed: a check that could not run has proved nothing.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
NO_TESTS_COLLECTED = 5  # pytest's exit code when it found nothing to run


class Lane(NamedTuple):
    """Tests that run one after the other, on an installation of their own. Those that write for
    good come last, which is why they are not dealt out one by one."""

    words: tuple[str, ...]
    environ: dict[str, str] = {}


ON_POSTGRES = {"VIVENCIA_TEST_DATABASE": "postgres"}
# The rules and what leans on the database most: locks, queries, what closes, budgets, jobs.
SHORT_ROUND = tuple(
    f"src/vivencia/{name}.py"
    for name in (
        "interactions/tests/test_append",
        "interactions/tests/test_import_storing",
        "customers/contact/tests/test_budget",
        "customers/tests/test_pages",
        "surveys/answering/tests/test_session",
        "surveys/asking/tests/test_asking",
    )
)
# Three lanes run at once, longest first, and whichever ends goes on with another. Two leave a
# quarter of two processors idle, for many tests wait for a server or a page.
AT_ONCE = 3
_SHORTER = {
    "surveys": ("src/vivencia/surveys", "src/vivencia/connectors"),
    "shell": ("src/vivencia/shell",),
    "customers": ("src/vivencia/customers", "src/vivencia/outbox"),
}
_CLUSTER = ("src/vivencia/columns/spark",)
_REST = tuple(f"--ignore={path}" for paths in (*_SHORTER.values(), _CLUSTER) for path in paths)
LANES = {
    "house": Lane(("tests", "--ignore=tests/promises")),
    "rooms": Lane(("src/vivencia", *_REST)),
    "promises": Lane(("tests/promises",)),
    "spark": Lane(_CLUSTER),
    **{name: Lane(paths) for name, paths in _SHORTER.items()},
    "postgres": Lane(SHORT_ROUND, ON_POSTGRES),
}
# The other guards read our own files.
_STARTS_THE_PROGRAM = ("tests/guards/test_readme.py", "tests/guards/test_memory.py")
POSTGRES_LANES = {
    "rooms": Lane(LANES["rooms"].words, ON_POSTGRES),
    "promises": Lane(("tests/promises",), ON_POSTGRES),
    "house": Lane(
        ("tests/browser", "tests/face", "tests/postgres", *_STARTS_THE_PROGRAM), ON_POSTGRES
    ),
    **{name: Lane(paths, ON_POSTGRES) for name, paths in _SHORTER.items()},
}


@dataclass
class Outcome:
    """How one check ended. `verdict` is "ok", "FAILED" or "NOT RUN"."""

    name: str
    verdict: str
    seconds: float = 0.0
    note: str = ""
    skipped: dict[str, int] = field(default_factory=dict)
    not_run: dict[str, int] = field(default_factory=dict)


def templates() -> list[str]:
    """Every template of ours, for the template linter takes names only."""
    return [str(path.relative_to(ROOT)) for path in sorted(ROOT.glob("src/**/templates/**/*.html"))]


def quick_checks() -> dict[str, list[str]]:
    return {
        "style": ["ruff", "check", "--quiet", "."],
        "format": ["ruff", "format", "--check", "--quiet", "."],
        "templates": ["djade", "--check", "--target-version", "5.2", *templates()],
        "types": ["mypy"],
        "floors": ["lint-imports", "--no-logo"],
    }


def run(name: str, command: list[str]) -> Outcome:
    """Run one tool of the environment, its output passing straight through."""
    tool = BIN / command[0]
    if not tool.exists():
        return Outcome(name, "NOT RUN", not_run={f"{command[0]} is not installed": 1})
    print(f"\n── {name}: {' '.join(command[:4])}", flush=True)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:  # no tool may touch the developer's data
        environ = {**os.environ, "VIVENCIA_DATA": scratch}
        done = subprocess.run([tool, *command[1:]], cwd=ROOT, env=environ, check=False)
    code = done.returncode
    return Outcome(name, "FAILED" if code else "ok", time.monotonic() - began)


def run_lane(name: str, lane: Lane, folder: Path, printed: IO[bytes] | None) -> Outcome:
    """Run pytest on one lane, with the plugin that tells a plain skip from a test that could not
    run. It prints into `printed`, or for all to see."""
    report, began = folder / f"{name}.json", time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.plugins.not_run", "-q", *lane.words],
        cwd=ROOT,
        env={**os.environ, **lane.environ, "VIVENCIA_TEST_REPORT": str(report)},
        stdout=printed,
        stderr=subprocess.STDOUT if printed else None,
        check=False,
    )
    return judged(name, done.returncode, report, time.monotonic() - began)


def run_tests(lanes: dict[str, Lane]) -> list[Outcome]:
    """Run all lanes, a few at once, each on an installation of its own; what all but the first
    print waits until they are done, so that they do not talk at once."""
    print(f"\n── tests: pytest, {', '.join(lanes)}, {AT_ONCE} at once", flush=True)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        waiting = [stack.enter_context(tempfile.TemporaryFile()) for _ in range(len(lanes) - 1)]
        workers = stack.enter_context(ThreadPoolExecutor(AT_ONCE))
        begun = [
            workers.submit(run_lane, name, lane, folder, printed)
            for (name, lane), printed in zip(lanes.items(), (None, *waiting), strict=True)
        ]
        outcomes = [one.result() for one in begun]
        for printed in waiting:
            printed.seek(0)
            print(printed.read().decode(errors="replace"), flush=True)
    return outcomes


def judged(name: str, code: int, report: Path, seconds: float) -> Outcome:
    """What the lane proved, by its report and the code pytest ended with."""
    told = json.loads(report.read_text()) if report.exists() else {}
    if code == NO_TESTS_COLLECTED or not told:
        return Outcome(name, "NOT RUN", seconds, not_run={"pytest found no test to run": 1})
    counts = told["counts"]
    note = f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped"
    verdict = "FAILED" if counts["failed"] else "NOT RUN" if told["not_run"] else "ok"
    if code and verdict == "ok":
        verdict = "FAILED"
    return Outcome(name, verdict, seconds, note, told["skipped"], told["not_run"])


def show(outcomes: list[Outcome]) -> None:
    """Print the closing table."""
    print("\n" + "─" * 72)
    for outcome in outcomes:
        print(f"{outcome.name:<12}{outcome.verdict:<10}{outcome.seconds:>7.1f} s  {outcome.note}")
    for title, reasons in (
        ("Skipped, as its reason allows", [o.skipped for o in outcomes]),
        ("NOT RUN, so this run proves nothing about it", [o.not_run for o in outcomes]),
    ):
        lines = [(n, reason) for each in reasons for reason, n in sorted(each.items())]
        if lines:
            print(f"\n{title}:")
            print("\n".join(f"  {n} × {reason}" for n, reason in lines))


def main() -> int:
    asked = sys.argv[1:]
    if "--postgres" in asked:
        outcomes = run_tests(POSTGRES_LANES)
    else:
        outcomes = [run(name, command) for name, command in quick_checks().items()]
        if "--quick" not in asked:
            outcomes += run_tests(LANES)
    show(outcomes)
    return int(any(outcome.verdict != "ok" for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main())
