"""What a lock file pins, as a bill of materials: `python -m scripts.sbom [LOCK]` writes
dist/sbom.cdx.json (CycloneDX 1.6) and dist/licences.txt. Asks no network."""

from __future__ import annotations

import json
import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
DIST = ROOT / "dist"
PACKAGE = re.compile(r"^([A-Za-z0-9_.-]+)==([^\s;\\]+)", re.MULTILINE)
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
# Says nothing a machine can read; read by a person in the package itself.
READ_BY_HAND = {"axe-playwright-python": "MIT"}


class Pinned(NamedTuple):
    """One package of a lock: what it is called, which, and every file it may be (SHA-256)."""

    name: str
    version: str
    hashes: tuple[str, ...]


def pinned(lock: str) -> list[Pinned]:
    """Every package of `lock` (its text), in its order."""
    found = list(PACKAGE.finditer(lock))
    ends = [each.start() for each in found[1:]] + [len(lock)]
    return [
        Pinned(each[1], each[2], tuple(HASH.findall(lock, each.end(), end)))
        for each, end in zip(found, ends, strict=True)
    ]


def licence_of(package: str) -> str:
    """All a package's metadata says about its licence, in one line; PackageNotFoundError for one
    that is not installed here."""
    if by_hand := READ_BY_HAND.get(package):
        return by_hand
    told = metadata.metadata(package)
    classifiers = [c for c in told.get_all("Classifier") or [] if c.startswith("License ::")]
    text = (told.get("License") or "").strip().splitlines()[:1]
    return " ".join([told.get("License-Expression") or "", *text, *classifiers]).strip()


def licence_or_why_not(package: str) -> str:
    try:
        return licence_of(package) or "says nothing"
    except metadata.PackageNotFoundError:
        return "for another platform or Python than this one"


def bill(packages: list[Pinned], name: str, version: str) -> dict[str, Any]:
    """The bill of materials of `name` as CycloneDX 1.6 has it."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": name, "version": version}},
        "components": [_component(each) for each in packages],
    }


def _component(each: Pinned) -> dict[str, Any]:
    purl = f"pkg:pypi/{each.name.lower().replace('_', '-')}@{each.version}"
    return {
        "type": "library",
        "bom-ref": purl,
        "name": each.name,
        "version": each.version,
        "purl": purl,
        "licenses": [{"license": {"name": licence_or_why_not(each.name)}}],
        # One component, many files: which of them is installed depends on the machine.
        "externalReferences": [
            {
                "type": "distribution",
                "url": purl,
                "hashes": [{"alg": "SHA-256", "content": digest} for digest in each.hashes],
            }
        ],
    }


def write(lock: Path, to: Path = DIST) -> list[Pinned]:
    """Both files of `lock` in `to`; what was found."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    packages = pinned(lock.read_text())
    to.mkdir(exist_ok=True)
    made = bill(packages, project["name"], project["version"])
    (to / "sbom.cdx.json").write_text(json.dumps(made, indent=1) + "\n")
    lines = [f"{each.name} {each.version}\t{licence_or_why_not(each.name)}" for each in packages]
    (to / "licences.txt").write_text("\n".join(lines) + "\n")
    return packages


if __name__ == "__main__":
    found = write(ROOT / (sys.argv[1:] or ["requirements.lock"])[0])
    print(f"{len(found)} packages in {DIST.name}/sbom.cdx.json and {DIST.name}/licences.txt")
