"""docs/security.md has each requirement once, by tests that exist; and what can be read from the
source itself: no dangerous call, no weak cryptography, how passwords are taken."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from django.contrib.auth.hashers import check_password, identify_hasher, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from tests.guards.test_proofs import TEST
from tests.guards.tree import PACKAGE, ROOT, modules, ours, templates

PAGE = ROOT / "docs" / "security.md"
# Level 1 and 2 of ASVS 5.0.0 without chapters 10 (OAuth) and 17 (WebRTC): number and level.
REQUIRED = (Path(__file__).parent / "asvs.txt").read_text().splitlines()
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| (\d) \|([^|]+)\| ([^|]+) \|([^|]+)\|$", re.MULTILINE)
COUNTS = re.compile(r"Met: (\d+)\. Gaps: (\d+)\. Not applicable: (\d+)\.")


def faults(page: str) -> list[str]:
    """What is wrong with a page of requirements."""
    rows = ROW.findall(page)
    found = [f"{row[0]} says nothing" for row in rows if not row[4].strip()]
    listed = [f"{number} {level}" for number, level, *_ in rows]
    if listed != REQUIRED:
        found.append(f"not once each, in order: {sorted(set(listed) ^ set(REQUIRED))}")
    for number, _, _, state, by in rows:
        if state not in ("met", "gap", "not applicable"):
            found.append(f"{number} is neither met nor a gap")
        if state == "met" and not TEST.search(by):
            found.append(f"{number} is met by no test")
        for path, test in TEST.findall(by):
            file = ROOT / path
            if not file.exists() or f"def {test}(" not in file.read_text():
                found.append(f"{number}: no {path}::{test}")
    states = [row[3] for row in rows]
    counted = tuple(str(states.count(each)) for each in ("met", "gap", "not applicable"))
    if counted not in COUNTS.findall(page):
        found.append(f"counts are {counted}")
    return found


def test_every_requirement_is_there_once_with_its_test_or_reason() -> None:
    assert faults(PAGE.read_text()) == []
    assert len(REQUIRED) == 217


def test_control_a_missing_row_and_a_missing_test_are_noticed() -> None:
    page = PAGE.read_text()
    first = ROW.search(page)
    assert first
    assert faults(page.replace(first[0] + "\n", ""))
    assert faults(page.replace("::test_nothing_is_inline`", "::test_nothing_of_the_sort`"))
    assert faults(re.sub(r"\| met \|[^|]+\|", "| met | surely |", page, count=1))
    assert faults(page.replace("Met: ", "Met: 1"))


# ------------------------------------------------------------------ what the source calls
RUNNING = {"eval", "exec", "compile", "__import__"}
UNSAFE_MODULES = {"pickle", "marshal", "shelve", "dill", "yaml", "xmlrpc", "telnetlib", "ftplib"}
WEAK = re.compile(
    r"\b(md5|MD5|sha1|SHA1|ARC4|RC4|Blowfish|TripleDES|modes\.(?:ECB|CBC)|PKCS1v15|crypt)\b"
)
# The standard of app codes (RFC 6238) has SHA-1, of which it needs no collision resistance.
OF_THE_STANDARD = {"people/second_factor/totp.py"}
# Chance that nobody gains by guessing: when to come again, customers invented.
HARMLESS_CHANCE = {"interactions/intake/asgi.py", "surveys/answering/anonymous.py"}


def dangerous(source: str) -> list[str]:
    """Calls that run what they are given, by a shell, an interpreter or an unpickler."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            if name in RUNNING or name in ("os.system", "os.popen", "subprocess.getoutput"):
                found.append(name)
            if any(word.arg == "shell" for word in node.keywords):
                found.append(f"{name} by a shell")
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        found += [name for name in names if name.split(".")[0] in UNSAFE_MODULES]
    return found


def place(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def test_nothing_runs_what_it_was_given() -> None:
    called = {place(path): dangerous(path.read_text()) for path in modules()}
    assert {path: calls for path, calls in called.items() if calls} == {}
    assert dangerous("import pickle\neval(x)\nsubprocess.run(x, shell=True)") == [
        "pickle",
        "eval",
        "subprocess.run by a shell",
    ]  # fmt: skip  (the control)


def test_no_weak_cryptography() -> None:
    weak = {place(path) for path in modules() if WEAK.search(path.read_text())}
    assert weak - OF_THE_STANDARD == set()
    assert WEAK.search("hashlib.md5(x)")  # the control


def test_chance_is_the_system_s() -> None:
    """What must not be guessed comes from `secrets` or `os.urandom`."""
    plain = re.compile(r"^\s*(?:import random|from random import)", re.MULTILINE)
    users = {place(path) for path in modules() if plain.search(path.read_text())}
    assert users - HARMLESS_CHANCE == set()
    anonymous = (PACKAGE / "surveys/answering/anonymous.py").read_text()
    assert set(re.findall(r"\brandom\.(\w+)", anonymous)) == {"SystemRandom"}


# ------------------------------------------------------------------ passwords
def test_passwords_are_long_and_none_of_the_commonest() -> None:
    for bad in ("short1234", "password123", "1234567890", "qwertyuiop", "x" * 257):
        with pytest.raises(ValidationError):
            validate_password(bad)
    for good in ("seven pears and a lamp", "ñandú🦤 y diez peras", "x1" * 32, "AAAAAAAAAAAAB"):
        validate_password(good)


def test_passwords_are_taken_as_typed() -> None:
    password = "  Ñandú " + "x" * 100 + "  "
    kept = make_password(password)
    assert identify_hasher(kept).algorithm == "argon2"
    assert check_password(password, kept)
    for other in (password.strip(), password.lower(), password[:72], password[:-1]):
        assert not check_password(other, kept)
    assert "strip=False" in (PACKAGE / "people" / "forms.py").read_text()


def test_passwords_may_be_pasted() -> None:
    """Nothing of ours hears a paste, and no field forbids a password manager."""
    for script in ours(".js"):
        assert not re.search(r"""["']paste["']|onpaste""", script.read_text()), script
    for template in templates():
        text = template.read_text()
        if "password" in text:
            assert 'autocomplete="off"' not in text, template
