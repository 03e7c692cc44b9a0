"""What this room no longer keeps: old parts of the audit trail, and spent doors."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import transaction

from vivencia.lib.clock import HOUR_MS
from vivencia.people.audit.actions import let_go
from vivencia.people.models import Session, SignInAttempt, SignInToken


@transaction.atomic
def sweep(now: int) -> None:
    """Take away what is too old at `now` (UTC ms)."""
    let_go(now)
    SignInToken.objects.filter(expires_at__lt=now).delete()
    SignInAttempt.objects.filter(at__lt=now - HOUR_MS).delete()
    Session.objects.filter(expire_date__lt=datetime.fromtimestamp(now / 1000, UTC)).delete()
