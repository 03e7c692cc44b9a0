"""Every write to the audit trail: an entry at its end, a detail forgotten, its old part let go.

Entries are made here and nowhere else: one that is not in the chain is found by `verify`.
"""

from __future__ import annotations

import secrets
from contextvars import ContextVar

from django.conf import settings
from django.db import transaction

from vivencia.lib.clock import DAY_MS, now_ms
from vivencia.people.audit import chain
from vivencia.people.models import AuditEnds, AuditEntry, User

CHANCE_BYTES = 16
DETAILS_KEPT_MS = 90 * DAY_MS
ENTRIES_KEPT_MS = 2 * 365 * DAY_MS
FORGOTTEN = "audit.detail_forgotten"  # an entry that says so of another

# The keys of the entries left since a request began (shell/middleware.py listens).
left_now: ContextVar[list[int] | None] = ContextVar("left_now", default=None)


def key() -> bytes:
    """What the seals of this installation are made with."""
    made: bytes = settings.DATA.derived("audit")
    return made


@transaction.atomic
def audit(
    actor: User | None,
    what: str,
    thing: str = "",
    *,
    result: str = "done",
    detail: str = "",
    door: str | None = None,
) -> None:
    """Leave who did what to which thing; call it in the transaction of the change itself."""
    ends = _ends()
    chance = secrets.token_bytes(CHANCE_BYTES) if detail else b""
    entry = AuditEntry(
        at=now_ms(), who=actor, door=door or ("page" if actor else "command"),
        what=what, thing=thing[:100], result=result, detail=detail, detail_chance=chance,
        detail_seal=chain.detail_seal(key(), chance, detail),
    )  # fmt: skip
    entry.seal = chain.seal(key(), ends.last_seal, sealed(entry))
    entry.save(force_insert=True)
    ends.first = ends.first or entry.pk
    ends.last, ends.last_seal = entry.pk, entry.seal
    _seal_ends(ends)
    left = left_now.get()
    if left is not None:
        left.append(entry.pk)


def sealed(entry: AuditEntry) -> chain.Entry:
    """What of a row is in its seal."""
    return chain.Entry(
        entry.at, entry.who_id, entry.door, entry.what, entry.thing, entry.result,
        entry.detail_seal,
    )  # fmt: skip


@transaction.atomic
def forget_detail(actor: User | None, entry: AuditEntry) -> None:
    """Erase a detail before its time, and say so: without a word it would count as tampering."""
    AuditEntry.objects.filter(pk=entry.pk).update(detail="", detail_chance=b"")
    audit(actor, FORGOTTEN, f"audit:{entry.pk}")


@transaction.atomic
def let_go(now: int) -> None:
    """Erase details of over 90 days and entries of over two years; the rest still verifies."""
    AuditEntry.objects.filter(at__lt=now - DETAILS_KEPT_MS).exclude(detail="").update(
        detail="", detail_chance=b""
    )
    # Only a beginning can go: an entry whose clock was wrong waits for those before it.
    keep = AuditEntry.objects.filter(at__gte=now - ENTRIES_KEPT_MS).order_by("pk").first()
    old = AuditEntry.objects.filter(pk__lt=keep.pk) if keep else AuditEntry.objects.none()
    last_gone = old.order_by("pk").last()
    if keep is None or last_gone is None:
        return
    ends = _ends()
    ends.first, ends.before_seal = keep.pk, last_gone.seal
    _seal_ends(ends)
    gone, _ = old.delete()
    audit(None, "audit.let_go", detail=str(gone))


def remember_check(trouble: str, now: int) -> None:
    """Note when the trail was last verified and what was found ("" for nothing)."""
    AuditEnds.objects.filter(pk=1).update(checked_at=now, trouble=trouble)


def _ends() -> AuditEnds:
    """Where the trail ends, held until this transaction ends: entries come one after the other."""
    ends, _ = AuditEnds.objects.select_for_update().get_or_create(
        pk=1, defaults={"before_seal": chain.BEGINNING, "last_seal": chain.BEGINNING}
    )
    return ends


def _seal_ends(ends: AuditEnds) -> None:
    ends.seal = chain.ends_seal(key(), ends.sealed)
    ends.save(update_fields=["first", "before_seal", "last", "last_seal", "seal"])
