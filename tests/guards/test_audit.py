"""`make audit` calls nothing clean that it could not ask about; the bill of materials is whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from scripts import audit, sbom
from scripts.audit import NotRun, audited
from tests.guards.tree import ROOT

LOCK = "good==1.0 \\\n    --hash=sha256:" + "a" * 64 + "\nalso_good==2.0\n"
BAD = {"id": "PYSEC-1", "fix_versions": ["2.5"]}


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    path = tmp_path / "some.lock"
    path.write_text(LOCK)
    return path


def advisories(**known: list[dict[str, Any]]) -> audit.Ask:
    """A service that knows these; a package named `None` is passed over."""

    def ask(requirements: Path) -> dict[str, Any]:
        listed = sbom.pinned(requirements.read_text())
        told = [{"name": each.name, "version": each.version, "vulns": known.get(each.name, [])}
                for each in listed if each.name not in known.get("passed_over", [])]  # fmt: skip
        return {"dependencies": told}

    return ask


def test_s24_all_were_asked_about_and_nothing_is_known(lock: Path) -> None:
    found = audited([lock], advisories(jinja2=[BAD]))
    assert (found.asked, found.known) == (2, [])


def test_s24_what_is_known_is_named_with_its_mending(lock: Path) -> None:
    found = audited([lock], advisories(jinja2=[BAD], good=[BAD]))
    assert found.known == ["good 1.0: PYSEC-1, mended in 2.5"]


def test_s24_control_a_service_that_knows_nothing_proves_nothing(lock: Path) -> None:
    with pytest.raises(NotRun, match="was not reported"):
        audited([lock], advisories())
    passing_over = advisories(jinja2=[BAD], passed_over=["also_good"])  # type: ignore[list-item]
    with pytest.raises(NotRun, match="nobody was asked about also-good"):
        audited([lock], passing_over)


def test_s24_who_can_not_ask_says_not_run_and_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """An auditor that ends without a word, as one without a network does."""
    silent = tmp_path / "bin" / "pip-audit"
    silent.parent.mkdir()
    silent.write_text("#!/bin/sh\necho 'ERROR:pip_audit._cli:nobody answers' >&2\nexit 1\n")
    silent.chmod(0o700)
    monkeypatch.setattr(audit, "AUDITOR", tmp_path)
    monkeypatch.setattr(audit, "ready", lambda: None)
    monkeypatch.setattr(audit, "write", lambda lock: [])
    assert audit.main() == 2
    assert "NOT RUN: nobody answers" in capsys.readouterr().out


def test_s24_the_bill_names_every_locked_package_with_its_hashes(tmp_path: Path) -> None:
    sbom.write(ROOT / "requirements.lock", tmp_path)
    told = json.loads((tmp_path / "sbom.cdx.json").read_text())
    locked = (ROOT / "requirements.lock").read_text()
    assert (told["bomFormat"], told["specVersion"]) == ("CycloneDX", "1.6")
    assert len(told["components"]) == locked.count("==") > 20
    hashes = [h for each in told["components"] for h in each["externalReferences"][0]["hashes"]]
    assert len(hashes) == locked.count("--hash=sha256:")
    django = next(each for each in told["components"] if each["name"] == "django")
    assert django["purl"] == f"pkg:pypi/django@{django['version']}"
    assert "BSD" in django["licenses"][0]["license"]["name"]
    assert len((tmp_path / "licences.txt").read_text().splitlines()) == len(told["components"])
