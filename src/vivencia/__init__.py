"""Vivencia in Python: what customers really live through, from a file or an installation.

    import vivencia as viv
    log = viv.read_csv("calls.csv", customer="Case ID", at="Complete Timestamp", kind="Activity")
    log.nps(by="channel", every="month")     # value, n, interval, verdict
    log.journeys().graph()                   # what follows what, how often, how long it takes

Nothing here needs Django, a server or a network; nothing is loaded before it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vivencia.log import Log, from_frame, open, read_csv, read_jsonl, read_parquet, read_xes

__all__ = ["Log", "from_frame", "open", "read_csv", "read_jsonl", "read_parquet", "read_xes"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        from vivencia import log  # noqa: PLC0415  (duckdb and pyarrow wait until they are used)

        return getattr(log, name)
    raise AttributeError(f"module 'vivencia' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
