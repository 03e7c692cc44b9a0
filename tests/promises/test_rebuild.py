"""R18: whatever is derived is made again from the log, and says the same to the last bit."""

from __future__ import annotations

import time

import duckdb

from vivencia.columns.filters import Filters
from vivencia.columns.reading import connect
from vivencia.columns.tests.made import interactions, write
from vivencia.journeys.reading import discover
from vivencia.lib.datadir import DataDir
from vivencia.scores.reading import measure

INTERACTIONS = 200_000
AT_MOST_S = 60


def told(data: DataDir) -> dict[str, object]:
    """What can be seen of the columns: their digest, scores and journeys."""
    columns = connect(data)
    try:
        return {
            "digest": columns.ask("columns/digest", Filters())["digest"].to_pylist(),
            "nps": measure(columns, "nps", by=["channel", "plan"], every="week").as_dict(),
            "journeys": discover(columns, top=50).as_dict(),
        }
    finally:
        columns.close()


def test_r18_everything_derived_is_made_again_from_the_log(installation: DataDir) -> None:
    write(installation, interactions(INTERACTIONS))
    before = told(installation)
    installation.columns.unlink()
    began = time.process_time()  # a machine busy with something else is no error
    assert told(installation) == before
    assert time.process_time() - began < AT_MOST_S


def test_r18_control_one_changed_row_is_noticed_and_mended(installation: DataDir) -> None:
    write(installation, interactions(500))
    before = told(installation)
    columns = duckdb.connect(installation.columns)
    columns.execute("UPDATE interactions SET rank = rank + 1 WHERE seq = 250")
    columns.close()
    spoiled = told(installation)
    assert spoiled["digest"] != before["digest"]
    installation.columns.unlink()
    assert told(installation) == before
