"""The unit of the service and the program agree."""

from __future__ import annotations

import re

from tests.guards.tree import PACKAGE, ROOT

UNIT = (ROOT / "packaging" / "vivencia.service").read_text()
# Groups of system calls (systemd.exec(5)) without which the program can not do its work.
NEEDED = {
    "@resources": r"\bos\.nice\(",  # processes beside the server lower their own priority
    "@process": r"\bsubprocess\b",
    "@network-io": r"\bsocket\b",
}


def denied(unit: str) -> set[str]:
    lines = re.findall(r"^SystemCallFilter=~(.*)$", unit, re.MULTILINE)
    return {group for line in lines for group in line.split()}


def used() -> set[str]:
    code = "\n".join(
        path.read_text() for path in PACKAGE.rglob("*.py") if "tests" not in path.parts
    )
    return {group for group, sign in NEEDED.items() if re.search(sign, code)}


def test_the_unit_denies_nothing_that_the_program_does():
    assert used() == set(NEEDED)
    assert denied(UNIT) & used() == set()
    assert denied(UNIT) == {"@privileged"}


def test_control_a_filter_that_kills_the_columns_is_noticed():
    assert denied("SystemCallFilter=~@privileged @resources\n") & used() == {"@resources"}


def test_every_variable_of_the_unit_is_one_of_ours():
    known = (ROOT / "docs" / "settings.md").read_text() + (ROOT / "docs" / "run.md").read_text()
    named = set(re.findall(r"^Environment=(\w+)=", UNIT, re.MULTILINE))
    assert {"VIVENCIA_DATA", "VIVENCIA_SECRET_FILE"} <= named
    assert {name for name in named if name not in known} == set()
