"""What others made and we pass on is byte for byte what its list says."""

from __future__ import annotations

import hashlib
import shutil
import tomllib
from pathlib import Path

from tests.guards.tree import PACKAGE, ROOT

STATIC = PACKAGE / "shell" / "static"
VENDOR = STATIC / "vendor"


def strangers(folder: Path) -> list[str]:
    """Vendored files that changed, are missing, or that nobody listed."""
    packages = tomllib.loads((folder / "VENDOR.toml").read_text())["packages"]
    digests = {name: digest for package in packages for name, digest in package["sha256"].items()}
    licences = {package["licence_file"] for package in packages}
    found = {str(p.relative_to(folder)): p for p in folder.rglob("*") if p.is_file()}
    wrong = [
        name
        for name, digest in digests.items()
        if name not in found or hashlib.sha256(found[name].read_bytes()).hexdigest() != digest
    ]
    return wrong + sorted(found.keys() - digests.keys() - licences - {"VENDOR.toml"})


def dark_lists(css: str) -> list[dict[str, str]]:
    """The declarations of each block of `css` that turns the page dark."""
    blocks = [part.split("}")[0] for part in css.split("color-scheme: dark;")[1:]]
    pairs = [[line.split(":", 1) for line in b.split(";") if ":" in line] for b in blocks]
    return [{name.strip(): value.strip() for name, value in block} for block in pairs]


def test_vendored_files_are_those_listed():
    assert strangers(VENDOR) == []


def test_notice_names_every_vendored_package():
    notice = (ROOT / "NOTICE").read_text()
    for package in tomllib.loads((VENDOR / "VENDOR.toml").read_text())["packages"]:
        assert f"{package['name']} {package['version']}" in notice
        assert package["licence"] in notice


def test_both_dark_lists_are_equal():
    by_system, by_choice = dark_lists((STATIC / "vivencia" / "tokens.css").read_text())
    assert by_system == by_choice
    assert len(by_system) > 25


def test_control_a_changed_and_an_unlisted_file_are_found(tmp_path):
    folder = tmp_path / "vendor"
    shutil.copytree(VENDOR, folder)
    changed = folder / "htmx" / "htmx.min.js"
    changed.write_bytes(changed.read_bytes() + b" ")
    (folder / "new.js").write_text("1")
    assert strangers(folder) == ["htmx/htmx.min.js", "new.js"]


def test_control_unequal_dark_lists_are_noticed():
    one, other = dark_lists(
        "a { color-scheme: dark; --ink: #fff; } b { color-scheme: dark; --ink: #eee; }"
    )
    assert one != other
