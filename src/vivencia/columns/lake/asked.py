"""The lake as the owner of the columns is asked for it: only the owner can read them."""

from __future__ import annotations

import pyarrow as pa

from vivencia.columns.analyses import Tables, analysis
from vivencia.columns.scope import Scope


@analysis("columns/lake")
def lake(scope: Scope, to: str, installation: str, now: int) -> Tables:
    """One row: written, left, removed, rows and seq (`keeping.Kept`). `to` is an absolute path or
    s3://bucket/prefix; `now`, in UTC ms, makes of each run a question of its own."""
    # Parquet and file systems are megabytes that only a lake needs.
    from vivencia.columns.lake.keeping import keep  # noqa: PLC0415

    kept = keep(scope, to, installation, now)
    return {"lake": pa.table({name: [value] for name, value in kept._asdict().items()})}
