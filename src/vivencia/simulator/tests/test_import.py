"""What the simulator writes comes in by the map it writes beside it."""

from vivencia.interactions.database import open_database
from vivencia.interactions.imports.actions import run_import
from vivencia.interactions.mapping import Mapping


def test_the_planted_repetitions_are_noticed(installation, bank, truth):
    mapping = Mapping.from_toml((bank / "map.toml").read_text(encoding="utf-8"))
    told = run_import(installation, bank / "interactions.parquet", mapping)
    assert (told.stored, told.duplicate) == (truth["interactions"], truth["duplicates"])
    assert told.quarantined == {}
    connection = open_database(installation.database)
    lost = connection.execute(
        """SELECT count(*) FROM interactions WHERE about IS NOT NULL
           AND about NOT IN (SELECT id FROM interactions)"""
    )
    assert lost.fetchone() == (0,)
    connection.close()
