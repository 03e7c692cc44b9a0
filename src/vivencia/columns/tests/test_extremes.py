"""Whatever the log takes, the columns copy: one row at the limits must not stop all the others."""

from __future__ import annotations

import pytest

from vivencia.columns.filters import Filters
from vivencia.columns.owner import start_owner
from vivencia.columns.projector import Projector
from vivencia.columns.reading import connect
from vivencia.columns.tests.made import interactions, write
from vivencia.interactions.checks import LARGEST, fact
from vivencia.interactions.record import Interaction
from vivencia.journeys.reading import discover
from vivencia.lib.datadir import DataDir
from vivencia.scores.reading import measure


def at_the_limits(number: int, sign: int) -> Interaction:
    return Interaction(
        id=number.to_bytes(16, "big"),
        source="api",
        happened_at=sign * 60_000_000_000_000,
        rank=2**31 - 1,
        flags=15,
        kind="k" * 255,
        journey="j",
        about=b"\xff" * 16,
        duration=LARGEST,
        wait=LARGEST,
        scale="own",
        score=sign * LARGEST,
        amount=sign * LARGEST,
        currency="EUR",
        facts={"spend": fact(str(sign * 9_007_199_254_740_993), "number") or 0},
    )


def test_the_largest_and_smallest_values_are_copied(installation: DataDir) -> None:
    write(installation, [at_the_limits(1, 1), at_the_limits(2, -1)])
    columns = connect(installation)
    try:
        assert columns.catch_up() == 2
        assert discover(columns, top=0).as_dict()["interactions"] == 2
        assert measure(columns, "nps", by=["spend"]).as_dict()["received"] == 0
        assert columns.ask("columns/digest", Filters())["digest"].num_rows == 1
    finally:
        columns.close()


def refuses(*_: object) -> None:
    raise ValueError("what nobody foresaw")


def test_an_owner_serves_although_it_can_not_copy_for_now(
    installation: DataDir, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    write(installation, interactions(10))
    with monkeypatch.context() as broken:
        broken.setattr(Projector, "_copy", refuses)
        owner = start_owner(installation)
        assert owner is not None
    assert "could not follow" in caplog.text
    try:
        assert owner.catch_up() == 10
    finally:
        owner.close()


def test_whoever_can_not_copy_leaves_the_columns_to_others(
    installation: DataDir, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(installation, interactions(10))
    with monkeypatch.context() as broken:
        broken.setattr(Projector, "_copy", refuses)
        with pytest.raises(ValueError, match="foresaw"):
            connect(installation)
    columns = connect(installation)  # at once, though this process goes on
    assert columns.catch_up() == 10
    columns.close()
