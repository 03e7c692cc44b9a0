"""What this room no longer keeps: quarantined bytes and files of imports, after 90 days."""

from __future__ import annotations

from django.conf import settings

from vivencia.interactions.models import Quarantined
from vivencia.lib.clock import DAY_MS

KEPT_MS = 90 * DAY_MS


def sweep(now: int) -> None:
    """Take away what is too old at `now` (UTC ms). How many were dropped, and why, stays."""
    before = now - KEPT_MS
    waiting = Quarantined.objects.filter(state="waiting", received_at__lt=before)
    waiting.update(state="dropped", raw=b"", detail=None)
    for folder in (settings.DATA.uploads, settings.DATA.errors):
        for file in folder.glob("*"):
            if file.is_file() and file.stat().st_mtime * 1000 < before:
                file.unlink(missing_ok=True)
