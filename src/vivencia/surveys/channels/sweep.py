"""What channels no longer need goes by itself, after thirty days."""

from __future__ import annotations

from django.db.models import Q

from vivencia.lib.clock import DAY_MS
from vivencia.surveys.models import Conversation, Delivery, Heard

KEPT_MS = 30 * DAY_MS
ASIDE_MS = 90 * DAY_MS  # what could not be taken, for somebody to look at


def sweep(now: int) -> None:
    """Conversations that ended or whose link did, replies that were heard, deliveries that no
    device can send again (it is refused after as long as they are kept)."""
    over = Q(ended_at__lte=now) | Q(link__expires_at__lte=now) | Q(asked_at__lte=now - KEPT_MS)
    Conversation.objects.filter(over).update(pending={})
    Heard.objects.filter(at__lte=now - KEPT_MS).delete()
    Delivery.objects.filter(answered_at__lte=now - KEPT_MS - DAY_MS, left="").delete()
    Delivery.objects.filter(received_at__lte=now - ASIDE_MS).delete()
