"""What this room no longer keeps: words of messages after 90 days, messages after two years."""

from __future__ import annotations

from vivencia.lib.clock import DAY_MS
from vivencia.outbox.models import SENDING, WAITING, Message

WORDS_KEPT_MS = 90 * DAY_MS
KEPT_MS = 2 * 365 * DAY_MS


def sweep(now: int) -> None:
    """Take away what is too old at `now` (UTC ms); what has yet to leave stays."""
    forget_words(now - WORDS_KEPT_MS)
    Message.objects.exclude(state__in=(WAITING, SENDING)).filter(
        created_at__lt=now - KEPT_MS
    ).delete()


def forget_words(before: int) -> int:
    """Blank what messages written before that moment (UTC ms) said; of how many."""
    done = Message.objects.exclude(state__in=(WAITING, SENDING)).filter(created_at__lt=before)
    return done.exclude(content=None, answer="").update(content=None, answer="")
