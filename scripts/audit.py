"""Ask the public advisories about every locked package: `make audit`, which needs a network.

A clean answer proves something only if a package known to be bad is reported by the same means,
and if none was passed over. Anything else is NOT RUN, with its reason, and no success: an auditor
that reaches nobody also finds nothing.

Exit code 0: asked about all, nothing known. 1: something is known. 2: NOT RUN.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scripts.sbom import pinned, write

ROOT = Path(__file__).resolve().parent.parent
LOCKS = (
    "requirements.lock", "requirements-dev.lock", "requirements-postgres.lock",
    "requirements-audit.lock",
)  # fmt: skip
AUDITOR = ROOT / ".venv" / "audit"  # an environment of its own: nothing else needs what it brings
KNOWN_BAD = "jinja2==2.4.1"  # CVE-2014-1402 among others
PATIENCE_S = 600

Ask = Callable[[Path], dict[str, Any]]


class NotRun(Exception):
    """Nothing was found out, and why."""


@dataclass
class Found:
    """What the advisories say of the packages of some locks."""

    asked: int = 0
    known: list[str] = field(default_factory=list)


def main() -> int:
    packages = write(ROOT / LOCKS[0])
    print(f"{len(packages)} packages in dist/sbom.cdx.json, their licences in dist/licences.txt")
    try:
        ready()
        found = audited([ROOT / lock for lock in LOCKS], ask)
    except NotRun as reason:
        print(f"NOT RUN: {reason}")
        return 2
    print("\n".join(found.known) or f"{found.asked} packages asked about, nothing known")
    return int(bool(found.known))


def audited(locks: list[Path], ask: Ask) -> Found:
    """What is known of all packages of `locks`; NotRun unless each of them was asked about and
    the control was reported."""
    with tempfile.TemporaryDirectory() as scratch:
        control = Path(scratch) / "known-bad.txt"
        control.write_text(KNOWN_BAD + "\n")
        if not vulnerable(ask(control)):
            raise NotRun(f"{KNOWN_BAD} is known to be bad and was not reported")
    found = Found()
    for lock in locks:
        told = ask(lock)
        found.known += vulnerable(told)
        names = {package(each["name"]) for each in told["dependencies"] if "vulns" in each}
        passed_over = {package(each.name) for each in pinned(lock.read_text())} - names
        if passed_over:
            raise NotRun(f"{lock.name}: nobody was asked about {', '.join(sorted(passed_over))}")
        found.asked += len(names)
    return found


def vulnerable(told: dict[str, Any]) -> list[str]:
    """One line for each advisory: the package, its version, the advisory, where it is mended."""
    return [
        f"{each['name']} {each['version']}: {advisory['id']}, mended in "
        f"{', '.join(advisory['fix_versions']) or 'no release'}"
        for each in told["dependencies"]
        for advisory in each.get("vulns", [])
    ]


def package(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")


def ask(requirements: Path) -> dict[str, Any]:
    """What pip-audit says of pinned requirements, without installing any; NotRun if it says
    nothing."""
    done = subprocess.run(
        [AUDITOR / "bin" / "pip-audit", "--strict", "--disable-pip", "--no-deps", "--format=json",
         "--progress-spinner=off", "--requirement", requirements],
        capture_output=True, text=True, check=False, timeout=PATIENCE_S,
    )  # fmt: skip
    try:
        told: dict[str, Any] = json.loads(done.stdout)
    except ValueError:
        last = (done.stderr.strip().splitlines() or ["pip-audit said nothing"])[-1]
        raise NotRun(last.rpartition("ERROR:pip_audit._cli:")[2]) from None
    return told


def ready() -> None:
    """The auditor's own environment, made once; NotRun where it can not be made."""
    lock = ROOT / "requirements-audit.lock"
    made = AUDITOR / "made-from.lock"
    if made.exists() and made.read_text() == lock.read_text():
        return
    steps: list[list[object]] = [
        [sys.executable, "-m", "venv", "--clear", AUDITOR],
        [AUDITOR / "bin" / "python", "-m", "pip", "--disable-pip-version-check", "install", "-qq",
         "--require-hashes", "-r", lock],
    ]  # fmt: skip
    for step in steps:
        done = subprocess.run(
            [str(word) for word in step], capture_output=True, text=True, check=False
        )
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise NotRun(f"pip-audit can not be installed: {last}")
    made.write_text(lock.read_text())


if __name__ == "__main__":
    sys.exit(main())
