"""`vivencia lake`: what it says, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from vivencia.cli import main
from vivencia.columns.tests.made import interactions, write
from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import BadInput, NotFound


def test_it_says_what_it_wrote_and_the_second_time_that_nothing_changed(
    installation: DataDir, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(installation, interactions(50))
    words = ["--data", str(installation.path), "lake", "--to", str(tmp_path / "lake"), "--json"]
    assert main(words) == 0
    first = json.loads(capsys.readouterr().out)
    assert (first["rows"], first["seq"], first["left"]) == (50, 50, 0)
    assert main(words) == 0
    assert json.loads(capsys.readouterr().out)["written"] == 0


@pytest.mark.parametrize(
    ("data", "to", "code"),
    [("{data}", "ftp://somewhere", BadInput.exit_code), ("{tmp}/none", "x", NotFound.exit_code)],
)
def test_a_place_it_can_not_write_and_an_installation_that_is_not_there(
    installation: DataDir, tmp_path: Path, data: str, to: str, code: int
) -> None:
    where = data.format(data=installation.path, tmp=tmp_path)
    assert main(["--data", where, "lake", "--to", to]) == code
