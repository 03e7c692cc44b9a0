"""What was made elsewhere is exactly what its list says, and may be passed on."""

from __future__ import annotations

import hashlib
import tomllib
from pathlib import Path

import pytest

STATIC = Path(__file__).parents[1] / "static"
VENDOR = STATIC / "vendor"
PACKAGES = tomllib.loads((VENDOR / "VENDOR.toml").read_text())["packages"]
PERMISSIVE = {"MIT", "0BSD", "OFL-1.1", "BSD-3-Clause", "Apache-2.0", "ISC"}


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package["name"])
def test_files_are_the_ones_listed(package: dict) -> None:
    for name, digest in package["sha256"].items():
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == digest, name


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package["name"])
def test_every_package_has_version_and_a_permissive_licence(package: dict) -> None:
    assert package["version"] and package["homepage"].startswith("https://")
    assert package["licence"] in PERMISSIVE
    assert len((VENDOR / package["licence_file"]).read_text()) > 500


def test_no_file_is_left_unlisted() -> None:
    listed = {name for package in PACKAGES for name in package["sha256"]}
    listed |= {package["licence_file"] for package in PACKAGES} | {"VENDOR.toml"}
    found = {str(path.relative_to(VENDOR)) for path in VENDOR.rglob("*") if path.is_file()}
    assert found == listed


def test_both_dark_lists_are_equal() -> None:
    css = (STATIC / "vivencia" / "tokens.css").read_text()
    system, chosen = (
        [line.strip() for line in part.split("}")[0].splitlines()[1:] if line.strip()]
        for part in css.split('color-scheme: dark;')[1:]
    )
    assert system == chosen and len(system) > 25


def test_styles_ask_nobody_else() -> None:
    for path in (STATIC / "vivencia").glob("*.css"):
        text = path.read_text()
        assert "http" not in text and "@import" not in text, path.name
