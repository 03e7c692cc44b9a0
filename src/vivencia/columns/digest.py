"""One fingerprint of all the columns say, the same whatever the order of arrival.

Codes, keys and customers' numbers depend on who came first, so none of them enters: words are
told by their texts, customers and journeys by the lowest id among their interactions. seq and
recorded_at stay out too.
"""

from __future__ import annotations

import hashlib

import pyarrow as pa

from vivencia.columns.analyses import Tables, analysis
from vivencia.columns.schema import FIELDS
from vivencia.columns.scope import Scope

_PLAIN = (
    "happened_at", "rank", "flags", "stage", "initiated_by", "outcome", "duration", "wait",
    "score", "amount", "about_hi", "about_lo",
)  # fmt: skip


@analysis("columns/digest")
def digest(scope: Scope) -> Tables:
    """SHA-256 over the sorted content of the columns: one row, columns `digest` and `rows`."""
    reader = scope.cursor.sql(_sql(scope)).to_arrow_reader(50_000)
    fingerprint = hashlib.sha256()
    rows = 0
    for batch in reader:
        rows += batch.num_rows
        for line in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            fingerprint.update(repr(line).encode())
    return {"digest": pa.table({"digest": [fingerprint.hexdigest()], "rows": [rows]})}


def _sql(scope: Scope) -> str:
    words = [field for field in FIELDS if field not in ("stage", "initiated_by", "outcome")]
    texts = ", ".join(_text(field) for field in words)
    facts = "".join(
        f", {_fact_text(fact.column, fact.sort)} AS {fact.column}"
        for _, fact in sorted(scope.facts.items())
    )
    return f"""SELECT id_hi, id_lo, {", ".join(_PLAIN)}, {texts}{facts},
        min(id_hi) OVER c, first_value(id_lo) OVER (c ORDER BY id_hi, id_lo),
        min(id_hi) OVER j, first_value(id_lo) OVER (j ORDER BY id_hi, id_lo),
        source IN (SELECT source FROM hidden) AS undone
        FROM interactions
        WINDOW c AS (PARTITION BY customer), j AS (PARTITION BY journey)
        ORDER BY id_hi, id_lo, source_text"""


def _text(field: str) -> str:
    return f"(SELECT text FROM words WHERE code = interactions.{field}) AS {field}_text"


def _fact_text(column: str, sort: str) -> str:
    if sort != "fact.category":
        return column
    return f"(SELECT text FROM words WHERE code = interactions.{column})"
