"""A table somebody else keeps, and questions about it: the material of tests on both engines."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.dataset as ds

from vivencia.columns.filters import Filters
from vivencia.columns.outside.declared import Outside, declared
from vivencia.columns.tests.made import interactions
from vivencia.interactions.record import Interaction, Outcome, Stage

Asking = dict[str, Any]
ZONE = "Europe/Madrid"
TOML = """
table = "answers"
key = "row key"
[columns]
happened_at = "answered"
score = "rating"
channel = "channel"
touchpoint = "where"
stage = "stage"
outcome = "outcome"
[facts]
plan = "plan"
age = "age"
vip = "vip"
[constants]
scale = "nps"
kind = "survey.answered"
"""
QUESTIONS: dict[str, Asking] = {
    "alone": {},
    "by a word and a fact": {"by": ["channel", "plan"]},
    "by month": {"by": ["touchpoint"], "every": "month"},
    "of two words and an empty one": {"filters": Filters({"channel": ("web", None)})},
    "of facts": {"filters": Filters({"plan": ("gold",), "vip": ("yes",)}), "by": ["stage"]},
    "of a number": {"filters": Filters({"age": ("30", "31", None)})},
    "of a stretch": {"filters": Filters(start=1_789_000_000_000, end=1_793_000_000_000)},
    "of a stage": {"filters": Filters({"stage": ("use", "buy"), "outcome": ("success",)})},
}  # fmt: skip


def answers() -> list[Interaction]:
    """The answers of the made log that a table would hold."""
    return [each for each in interactions(3000) if each.scale == "nps" and not each.flags]


def table_of(made: list[Interaction]) -> pa.Table:
    """The same as somebody else keeps them, and beside them who it was."""
    facts = [each.facts or {} for each in made]
    times = [dt.datetime.fromtimestamp(each.happened_at / 1000, dt.UTC) for each in made]
    return pa.table(
        {
            "row key": [f"A-{each.body:05}" for each in made],
            "answered": pa.array(times, pa.timestamp("us", "UTC")),
            "rating": pa.array([each.score / 1000 for each in made], pa.float64()),
            "channel": [each.channel for each in made],
            "where": [each.touchpoint for each in made],
            "stage": [Stage(each.stage).name for each in made],
            "outcome": [Outcome(each.outcome).name.upper() for each in made],
            "plan": [fact.get("plan") for fact in facts],
            "age": pa.array([fact.get("age") for fact in facts], pa.int32()),
            "vip": pa.array([fact.get("vip") for fact in facts], pa.bool_()),
            "e-mail": [f"ana{each.body}@example.org" for each in made],
        }
    )


def a_table(folder: Path) -> Outside:
    """The table in `folder`, of several files and row groups, and the TOML that declares it."""
    ds.write_dataset(
        table_of(answers()), folder / "answers", format="parquet", max_rows_per_file=200,
        max_rows_per_group=100,
    )  # fmt: skip
    (folder / "answers.toml").write_text(TOML)
    return declared(folder / "answers.toml")


OF_JOURNEYS: dict[str, Asking] = {
    "alone": {},
    "over channels": {"activity": "channel", "top": 5},
    "of a word": {"filters": Filters({"channel": ("web", None)})},
    "that contain": {"filters": Filters(contains=("call.ended",)), "top": 0},
}


def lived() -> list[Interaction]:
    """A made log whose journeys go over several kinds and channels."""
    return interactions(3000)


def a_table_of_journeys(folder: Path) -> Outside:
    """The same in `folder` as a table, each row with whose journey it is, and what declares it."""
    made = lived()
    whose = [
        each.journey or (repr(min(each.identities)) if each.identities else None) for each in made
    ]
    table = pa.table(
        {
            "n": [f"{each.body:05}" for each in made],
            "at": [each.happened_at for each in made],
            "order": [each.rank for each in made],
            "case": whose,
            "what": [each.kind for each in made],
            "channel": [each.channel for each in made],
        }
    )
    ds.write_dataset(table, folder / "steps", format="parquet", max_rows_per_file=700,
                     max_rows_per_group=100)  # fmt: skip
    (folder / "steps.toml").write_text(
        'table = "steps"\nkey = "n"\n[columns]\nhappened_at = "at"\nrank = "order"\n'
        'identity = "case"\nkind = "what"\nchannel = "channel"\n'
    )
    return declared(folder / "steps.toml")
