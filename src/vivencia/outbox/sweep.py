"""What this room no longer keeps: words of messages after 90 days, messages after two years."""

from __future__ import annotations

from vivencia.lib.clock import DAY_MS
from vivencia.outbox.models import SENDING, WAITING, Message

WORDS_KEPT_MS = 90 * DAY_MS
KEPT_MS = 2 * 365 * DAY_MS


def sweep(now: int) -> None:
    """Take away what is too old at `now` (UTC ms); what has yet to leave stays."""
    done = Message.objects.exclude(state__in=(WAITING, SENDING))
    done.filter(created_at__lt=now - WORDS_KEPT_MS).exclude(content=None).update(
        content=None, answer=""
    )
    done.filter(created_at__lt=now - KEPT_MS).delete()
