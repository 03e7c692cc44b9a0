"""The files of a story: the log to import, the mapping that imports it, and the truth."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from vivencia.simulator import table, truth
from vivencia.simulator.story import tell

ROWS_A_GROUP = 131_072


def simulate(
    customers: int,
    seed: int,
    out: Path,
    until: dt.date,
    said: Callable[[str], None] = lambda _: None,
) -> dict[str, object]:
    """Tell a story into the folder `out` (made if missing) and return its truth.

    Writes interactions.parquet, customers.parquet, map.toml, customers.toml, truth.json, and in
    truth/ what is too long for JSON: deviations, identities and answers (given or not).
    The same arguments give the same bytes. `said` hears what is being done.
    """
    story = tell(customers, seed, until, said)
    said("files")
    (out / "truth").mkdir(parents=True, exist_ok=True)
    tables: dict[str, Callable[[], pa.Table]] = {
        "interactions.parquet": lambda: table.interactions(story),
        "customers.parquet": lambda: table.customers(story),
        "truth/deviations.parquet": lambda: truth.found_deviations(story),
        "truth/identities.parquet": lambda: truth.found_identities(story),
        "truth/answers.parquet": lambda: truth.found_answers(story),
    }
    for name, made in tables.items():
        write_parquet(made(), out / name)
    for name in ("map.toml", "customers.toml"):
        content = files("vivencia.simulator").joinpath("tables", name).read_bytes()
        (out / name).write_bytes(content)
    figures = truth.truth(story)
    figures["sha256"] = {name: digest(out / name) for name in tables}
    text = json.dumps(figures, ensure_ascii=False, indent=1)
    (out / "truth.json").write_text(text + "\n", encoding="utf-8")
    return figures


def write_parquet(content: pa.Table, path: Path) -> None:
    """As plain strings and times, so that any reader of Parquet sees the same."""
    pq.write_table(
        content, path, compression="zstd", row_group_size=ROWS_A_GROUP, store_schema=False
    )


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
