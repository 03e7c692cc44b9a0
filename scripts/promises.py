"""Try each promise at its full figure, one by one, and write docs/promises.md.

`python -m scripts.promises`           those not yet tried at this commit
`python -m scripts.promises R1 R2`     only these, again
`python -m scripts.promises --write`   only the page, from what is known

What proves a promise is its row in docs/proofs.md; the tests named there run with
VIVENCIA_TEST_FULL, and so do their controls. Results are kept in docs/promises.json after each,
so that a run that was cut off goes on where it was. A promise is kept only if every test of it
ran and passed: one without tests is NOT YET, one that could not run NOT RUN.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PROOFS = ROOT / "docs" / "proofs.md"
RESULTS = ROOT / "docs" / "promises.json"
PAGE = ROOT / "docs" / "promises.md"
ROW = re.compile(r"^\| ([A-Z]\d+) \|([^|\n]+)\|([^|\n]+)\|([^|\n]*)\|([^|\n]*)\|$", re.MULTILINE)
TEST = re.compile(r"`([\w/.]+\.py::\w+)`")
FIGURE = re.compile(r"^FIGURE (.+)$", re.MULTILINE)
KEPT, BROKEN, NOT_RUN, NOT_YET = "kept", "BROKEN", "NOT RUN", "NOT YET"
FLIPS = "300"

# Every promise there is to make, in order, with what it says.
CLAIMS = {
    "R1": "An acknowledged interaction survives the death of a process",
    "R2": "The answer leaves after the data are on the disk",
    "R3": "A torn or corrupt end costs only what was not acknowledged",
    "R4": "Duplicates and reordering change nothing",
    "R5": "A bad item never costs a good one, and none is dropped in silence",
    "R6": "No input yields a 5xx",
    "R7": "A full disk is a state, not an accident",
    "R8": "Errors of input and output never turn into loss",
    "R9": "Overload sheds, never lies",
    "R10": "A clock that jumps harms nobody",
    "R11": "Nobody gets a message twice",
    "R12": "Outgoing webhooks arrive at least once, with the same id",
    "R13": "Payment events may be forged, repeated, reordered, delayed",
    "R14": "A restore gives the same company",
    "R15": "A damaged backup is refused",
    "R16": "Silent corruption is found",
    "R17": "Upgrades keep the data",
    "R18": "Whatever is derived is made again from the log",
    "R19": "Small and big engine agree",
    "R20": "Of those who race, one wins",
    "R21": "A stop loses nothing; the data have one owner",
    "R22": "It does not swell",
    "S1": "What strangers write never runs",
    "S2": "A strict policy on every answer; nobody else is asked",
    "S3": "Nobody reaches what is not theirs",
    "S4": "Roles hold per department and field",
    "S5": "A form writes only what it says",
    "S6": "No other site acts in somebody's name",
    "S7": "Sessions end when they should",
    "S8": "Passwords are not guessed, accounts not counted",
    "S9": "A stolen database opens nothing",
    "S10": "We are not made to call inside",
    "S11": "Events of a mail service are authentic",
    "S12": "Exports do not run in a spreadsheet",
    "S13": "What people upload is inert",
    "S14": "Survey links are not guessed, bent or used twice",
    "S15": "Scripted answers are held, people's are not",
    "S16": "Limits hold, whatever a header says",
    "S17": "Mail is no relay",
    "S18": "Queries are bound, filters bounded",
    "S19": "HTTP is robust",
    "S20": "Unsubscribing works for machines and people",
    "S21": "No consent, no message",
    "S22": "The audit trail tells the truth",
    "S23": "Errors and lines of the log tell nothing",
    "S24": "Dependencies are known",
    "S25": "A fresh installation is safe",
    "S26": "Strangers' text steers nothing",
    "P1": "Consent is per purpose and channel, withdrawn as easily as given",
    "P2": "An export of a person is complete",
    "P3": "Erasure is real",
    "P4": "Erasure survives a restore",
    "P5": "Models forget",
    "P6": "Retention runs by itself",
    "P7": "Small groups stay hidden",
    "P8": '"Anonymous" means it',
    "P9": "Every field about a person says why and for how long",
    "P10": "Blocked data are invisible",
    "P11": "No third parties by default",
    "M1": "The interval of NPS holds the truth",
    "M2": "So does that of a share",
    "M3": "Few answers give no score and no ranking",
    "M4": "Daily looks do not cry wolf",
    "M5": "Many quiet segments do not cry wolf",
    "M6": "Unequal silence is shown, and corrected where margins are known",
    "M7": "The response rate is defined",
    "M8": "Definitions do not drift",
    "M9": "Every number adds up",
    "M10": "The same question has the same answer everywhere",
}
# What a promise without a proof waits for, where it is a piece of its own.
PIECES = {
    "R12": "outgoing webhooks",
    "R13": "payments",
    "P5": "models",
}


@dataclass
class Result:
    """How a promise was tried last."""

    verdict: str
    figure: str
    control: str
    run: str
    commit: str
    seconds: int = 0  # how long the run took


def proofs(page: str) -> dict[str, tuple[list[str], list[str], str]]:
    """promise -> (its tests, its controls, the size the gate tries)."""
    return {
        name: (TEST.findall(tests), TEST.findall(control), size.strip())
        for name, _, tests, size, control in ROW.findall(page)
    }


def try_out(name: str, tests: list[str], controls: list[str], size: str) -> Result:
    """Run the tests of a promise at full size."""
    print(f"\n── {name}: {CLAIMS[name]}", flush=True)
    nodes, began = list(dict.fromkeys([*tests, *controls])), time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch) / "tests.json"
        more = {"VIVENCIA_TEST_FULL": "1", "VIVENCIA_TEST_FLIPS": FLIPS}
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-p", "tests.plugins.not_run", "-q", "-rfEP", *nodes],
            cwd=ROOT, capture_output=True, text=True, check=False,
            env={**os.environ, **more, "VIVENCIA_TEST_REPORT": str(report)},
        )  # fmt: skip
        told = json.loads(report.read_text()) if report.exists() else {}
    verdict = verdict_of(done.returncode, told)
    if verdict != KEPT:
        why = [line for line in done.stdout.splitlines() if line.startswith("E ")]
        print("\n".join(why[:40]), done.stdout[-4000:], done.stderr[-1000:])
    figures = "; ".join(FIGURE.findall(done.stdout)) or size or "as in the gate"
    control = f"{len(controls)} red" if controls else "in the same test"
    now = f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M}"
    seconds = round(time.monotonic() - began)
    print(f"   {verdict} in {seconds} s: {figures}", flush=True)
    return Result(verdict, figures, control, now, head(), seconds)


def verdict_of(code: int, told: dict[str, dict[str, int]]) -> str:
    """What a run of pytest proves: nothing, unless all of it ran."""
    if not told or told["not_run"] or told["skipped"] or not told["counts"]["passed"]:
        return BROKEN if told and told["counts"]["failed"] else NOT_RUN
    return KEPT if code == 0 else BROKEN


def head() -> str:
    words = ["git", "rev-parse", "--short", "HEAD"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "?"


def known() -> dict[str, Result]:
    if not RESULTS.exists():
        return {}
    return {name: Result(**told) for name, told in json.loads(RESULTS.read_text()).items()}


def keep(results: dict[str, Result]) -> None:
    """Write what is known, and the page made of it."""
    told = {name: asdict(results[name]) for name in CLAIMS if name in results}
    RESULTS.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n")
    PAGE.write_text(page(results, set(proofs(PROOFS.read_text()))))


def page(results: dict[str, Result], proved: set[str]) -> str:
    """docs/promises.md."""
    kept = sum(result.verdict == KEPT for result in results.values())
    lines = [
        "# Promises",
        "",
        "Made by `make promises`, never by hand: each promise tried at its full figure. What "
        "proves it is in [proofs](proofs.md). NOT YET: nobody has built it or its proof. NOT "
        "RUN: it could not be, or has not been, tried. Neither counts as kept.",
        "",
        f"Kept: {kept} of {len(CLAIMS)}.",
        "",
        "| | claim | verdict | figure | control | last run (UTC) | took | commit |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, claim in CLAIMS.items():
        result = results.get(name)
        if result is None:
            piece = PIECES.get(name, "its proof")
            verdict = NOT_RUN if name in proved else f"{NOT_YET}: {piece}"
            lines.append(f"| {name} | {claim} | {verdict} | | | | | |")
            continue
        took = f"{result.seconds} s" if result.seconds else ""
        cells = [name, claim, result.verdict, result.figure, result.control, result.run, took]
        lines.append(f"| {' | '.join(cells)} | {result.commit} |")
    return "\n".join(lines) + "\n"


def main(words: list[str]) -> int:
    results, rows, commit = known(), proofs(PROOFS.read_text()), head()
    only = [word for word in words if not word.startswith("-")]
    wanted = only or [
        name for name in CLAIMS if name not in results or results[name].commit != commit
    ]
    if strange := set(wanted) - set(CLAIMS):
        print(f"no such promise: {', '.join(sorted(strange))}")
        return 2
    if "--write" not in words:
        for name in wanted:
            if name in rows:
                tried = try_out(name, *rows[name])
                results = known() | {name: tried}  # another run may have found something meanwhile
                keep(results)
    keep(results)
    return int(any(result.verdict != KEPT for result in results.values()))


if __name__ == "__main__":
    sys.exit(main([part for word in sys.argv[1:] for part in word.split(",") if part]))
