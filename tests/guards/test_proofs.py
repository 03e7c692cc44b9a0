"""Every claim of docs/proofs.md names tests that exist."""

from __future__ import annotations

import re

from tests.guards.tree import ROOT

TABLE = ROOT / "docs" / "proofs.md"
CLAIM = re.compile(r"^\| ([A-Z]\d+) \|([^|]+)\|([^|]+)\|([^|]*)\|([^|]*)\|$", re.MULTILINE)
TEST = re.compile(r"`([\w/.]+\.py)::(\w+)`")
# The gate this release promises.
GATE = {
    "R1", "R2", "R3", "R4", "R5", "R6", "R7", "R14", "R15", "R16", "R18", "R20", "R21",
    "S1", "S2", "S5", "S9", "S14", "S15", "S23", "S25", "P8", "P9",
    "M1", "M2", "M3", "M8", "M9", "M10",
}  # fmt: skip


def missing(page: str) -> list[str]:
    """Tests that `page` names and nobody wrote, and claims without one."""
    claims = CLAIM.findall(page)
    found = [f"{name} names no test" for name, _, test, _, _ in claims if "::" not in test]
    found += [f"{name} has no control" for name, *_, control in claims if not control.strip()]
    for path, test in TEST.findall(page):
        file = ROOT / path
        if not file.exists() or f"def {test}(" not in file.read_text():
            found.append(f"{path}::{test}")
    return found


def test_every_claim_is_proved_by_a_test_that_exists():
    assert missing(TABLE.read_text()) == []


def test_the_whole_gate_is_claimed():
    assert {name for name, *_ in CLAIM.findall(TABLE.read_text())} >= GATE


def test_control_a_claim_without_its_test_or_control_is_noticed():
    assert missing("| R1 | x | nothing | | y |") == ["R1 names no test"]
    assert missing("| R1 | x | `tests/none.py::test_x` | | |") == [
        "R1 has no control",
        "tests/none.py::test_x",
    ]
