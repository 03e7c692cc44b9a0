"""What this room no longer keeps: quarantined bytes and files of imports, after 90 days."""

from __future__ import annotations

from vivencia.interactions.retention import drop_waiting
from vivencia.lib.clock import DAY_MS

KEPT_MS = 90 * DAY_MS


def sweep(now: int) -> None:
    """Take away what is too old at `now` (UTC ms). How many were dropped, and why, stays."""
    drop_waiting(now - KEPT_MS)
