import datetime as dt
import json

import pyarrow.parquet as pq
import pytest

from vivencia.simulator.write import simulate

UNTIL = dt.date(2026, 11, 21)


@pytest.fixture(scope="session")
def bank(tmp_path_factory):
    """The folder of a small story."""
    out = tmp_path_factory.mktemp("bank")
    simulate(4000, 11, out, UNTIL)
    return out


@pytest.fixture(scope="session")
def truth(bank):
    return json.loads((bank / "truth.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def every_row(bank):
    """The rows of the log as dictionaries, repetitions included."""
    table = pq.read_table(bank / "interactions.parquet")
    at = table["happened_at"].cast("int64")
    return table.set_column(
        table.schema.get_field_index("happened_at"), "happened_at", at
    ).to_pylist()


@pytest.fixture(scope="session")
def log(every_row):
    """The rows of the log, each id once, the first that came."""
    return list({row["id"]: row for row in reversed(every_row)}.values())[::-1]
