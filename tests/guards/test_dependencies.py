"""What we build on may be passed on, is pinned by hash, and is light enough for a laptop."""

from __future__ import annotations

import re
from importlib import metadata

import pytest

from scripts.sbom import licence_of
from tests.guards.tree import ROOT

LOCKS = ("requirements.lock", "requirements-dev.lock")
POSTGRES = "requirements-postgres.lock"  # for who chooses it
SPARK = "requirements-spark.lock"  # for who chooses it, and make promises
AUDITOR = "requirements-audit.lock"  # for an environment of its own, which is not made for tests
PINNED = re.compile(r"^([A-Za-z0-9_.-]+)==\S+", re.MULTILINE)
TOO_HEAVY = {"torch", "transformers", "tensorflow", "jax", "sentence-transformers"}
PERMISSIVE = re.compile(
    r"\b(MIT|BSD|0BSD|Apache|ISC|PSF|Python Software Foundation|Zlib|Unlicense|MPL|"
    r"Mozilla Public License|CC0|HPND|public domain)\b",
    re.IGNORECASE,
)
REFUSED = re.compile(
    r"\b(A?GPL|GNU (Affero )?General Public|SSPL|BUSL|Commons Clause|proprietary)", re.IGNORECASE
)
# Called as it is and copied nowhere (decision 0013): the LGPL asks no more of that.
CALLED_ONLY = {"psycopg": "LGPL-3.0-only", "psycopg-binary": "LGPL-3.0-only"}


def locked(name: str) -> list[str]:
    return PINNED.findall((ROOT / name).read_text())


def unpinned(lock: str) -> list[str]:
    """Requirements of `lock` (its text) that carry no hash, or name where they come from."""
    blocks = re.split(r"\n(?=[A-Za-z0-9])", "\n".join(re.sub(r"#.*", "", lock).splitlines()))
    named = [block for block in blocks if PINNED.match(block.strip())]
    without = [block.split()[0] for block in named if "--hash=sha256:" not in block]
    places = re.findall(r"https?://\S+|--(?:extra-)?index-url.*|--find-links.*|file:\S+", lock)
    return without + places


def may_be_passed_on(licence: str) -> bool:
    """True if one of the alternatives offered (`A OR B`) is permissive and asks nothing more."""
    offers = re.split(r"\bOR\b", licence)
    return any(PERMISSIVE.search(offer) and not REFUSED.search(offer) for offer in offers)


@pytest.mark.parametrize("lock", [*LOCKS, POSTGRES, SPARK, AUDITOR])
def test_every_locked_package_has_its_hash_and_no_address(lock):
    assert unpinned((ROOT / lock).read_text()) == []


@pytest.mark.parametrize("lock", [*LOCKS, POSTGRES, SPARK, AUDITOR])
def test_nothing_heavy_is_locked(lock):
    assert TOO_HEAVY.isdisjoint(locked(lock))


@pytest.mark.parametrize("lock", LOCKS)
def test_every_licence_is_permissive(lock):
    refused = []
    for package in locked(lock):
        try:
            licence = licence_of(package)
        except metadata.PackageNotFoundError:
            continue  # for another platform or Python than this one
        if not may_be_passed_on(licence):
            refused.append(f"{package}: {licence or 'says nothing'}")
    assert refused == []


def test_what_may_only_be_called_is_all_that_comes_with_postgresql():
    licences = {name: licence_of(name) for name in locked(POSTGRES)}
    bound = {name: told for name, told in licences.items() if not may_be_passed_on(told)}
    assert bound == CALLED_ONLY


@pytest.mark.parametrize("lock", LOCKS)
def test_nearly_all_that_is_locked_was_looked_at(lock):
    installed = {dist.name.lower().replace("_", "-") for dist in metadata.distributions()}
    missing = [name for name in locked(lock) if name.lower().replace("_", "-") not in installed]
    assert len(missing) <= 6, missing


def test_control_licences_that_bind_are_refused():
    assert not may_be_passed_on("AGPL-3.0-or-later")
    assert not may_be_passed_on("License :: OSI Approved :: GNU General Public License v3 (GPLv3)")
    assert not may_be_passed_on("")
    assert not may_be_passed_on("BSD-3-Clause AND GPL-2.0-only")
    assert may_be_passed_on("GPL-2.0-only OR MIT")


def test_control_a_lock_without_hash_or_with_an_address_is_noticed():
    assert unpinned("django==5.2.19\n    # via vivencia\n") == ["django==5.2.19"]
    assert unpinned("--index-url https://example.org/simple\n") != []
