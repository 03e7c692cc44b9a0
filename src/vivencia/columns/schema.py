"""The shape of the columnar copy: codes, numbers and times, nothing personal.

`interactions` holds every interaction in order of arrival. `steps` holds those that were lived
and are not undone, clustered by (journey, happened_at, rank, id): a transition is the next row.
The counts hold how many answers stood at each score on each local day or in each month, for pages
that must not wait: the fewer fields a table keeps apart, the fewer rows it has.
"""

from __future__ import annotations

from vivencia.interactions.append import WORD_FIELDS
from vivencia.interactions.record import Initiator, Outcome, Stage

WORDS = WORD_FIELDS
ENUMS = {"stage": Stage, "initiated_by": Initiator, "outcome": Outcome}
FIELDS = (*WORDS, *ENUMS)

# name -> DuckDB type, in the order of the table
COLUMNS = {
    "seq": "BIGINT", "id_hi": "BIGINT", "id_lo": "BIGINT", "source": "INTEGER",
    "identity": "BIGINT", "customer": "BIGINT", "happened_at": "BIGINT", "recorded_at": "BIGINT",
    "rank": "INTEGER", "flags": "SMALLINT", "kind": "INTEGER", "touchpoint": "INTEGER",
    "channel": "INTEGER", "device": "INTEGER", "place": "INTEGER", "brand": "INTEGER",
    "department": "INTEGER", "stage": "SMALLINT", "initiated_by": "SMALLINT", "agent": "BIGINT",
    "journey": "BIGINT", "about_hi": "BIGINT", "about_lo": "BIGINT", "outcome": "SMALLINT",
    "duration": "BIGINT", "wait": "BIGINT", "scale": "INTEGER", "score": "BIGINT",
    "amount": "BIGINT", "currency": "INTEGER", "item": "INTEGER",
}  # fmt: skip
DAY = "day"  # the local day, worked out when a row arrives and again when the zone changes

STEP_COLUMNS = {"position": "INTEGER", "next_kind": "INTEGER", "gap": "BIGINT"}
# The counts, smallest first: table -> the fields it keeps apart beside COUNT_KEYS. The `day` of a
# monthly one is the first of the month.
COUNT_KEYS = ("day", "source", "flags", "scale", "score")
COUNTS = {
    "monthly_touchpoint": ("touchpoint",),
    "daily_total": (),
    "daily_channel": ("channel",),
    "daily_touchpoint": ("touchpoint",),
    "daily_both": ("touchpoint", "channel"),
    "daily": ("touchpoint", "channel", "stage", "kind"),
}
MONTHLY = ("monthly_touchpoint",)

# Order inside a journey; never seq, so that order of arrival has no influence.
ORDER = "journey, happened_at, rank, id_hi, id_lo"

# Journeys are one column: a key of the vault is positive; a customer's interactions without a
# key share −customer; one without any identity is alone. Customers' numbers have 62 bits.
ALONE = -(2**62)

FACT_SORTS = {"fact.category": "INTEGER", "fact.number": "DOUBLE", "fact.yesno": "BOOLEAN"}


def create_sql() -> list[str]:
    """The statements that make an empty copy."""
    listed = ", ".join(f"{name} {sort}" for name, sort in COLUMNS.items())
    listed += f", {DAY} INTEGER"
    steps = ", ".join(f"{name} {sort}" for name, sort in STEP_COLUMNS.items())
    types = {**COLUMNS, DAY: "INTEGER"}
    counts = [
        f"CREATE TABLE {table} ("
        + ", ".join(f"{name} {types[name]}" for name in (*COUNT_KEYS, *fields))
        + ", n BIGINT)"
        for table, fields in COUNTS.items()
    ]
    return [
        *counts,
        f"CREATE TABLE interactions ({listed})",
        f"CREATE TABLE steps ({listed}, {steps})",
        "CREATE TABLE words (code INTEGER, field VARCHAR, text VARCHAR)",
        "CREATE TABLE changed (journey BIGINT, place BIGINT)",
        "CREATE TABLE hidden (source INTEGER)",
        "CREATE TABLE not_stored (reason VARCHAR, n BIGINT)",
        "CREATE TABLE state (name VARCHAR PRIMARY KEY, value VARCHAR)",
    ]
