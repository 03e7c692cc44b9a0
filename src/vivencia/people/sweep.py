"""What this room no longer keeps: details of the audit trail after 90 days, and spent doors.

Who did what, to which thing and when stays.
"""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from vivencia.lib.clock import DAY_MS, HOUR_MS
from vivencia.people.models import AuditEntry, Session, SignInAttempt, SignInToken

DETAILS_KEPT_MS = 90 * DAY_MS


@transaction.atomic
def sweep(now: int) -> None:
    """Take away what is too old at `now` (UTC ms)."""
    AuditEntry.objects.filter(at__lt=now - DETAILS_KEPT_MS).exclude(detail="").update(detail="")
    SignInToken.objects.filter(expires_at__lt=now).delete()
    SignInAttempt.objects.filter(at__lt=now - HOUR_MS).delete()
    Session.objects.filter(expire_date__lt=datetime.fromtimestamp(now / 1000, UTC)).delete()
