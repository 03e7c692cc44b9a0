"""A person erased from every room and file; the numbers of the log stay.

Each room's personal.py says what it holds about the identities of a customer and takes it away.
What no key leads to (quarantined bytes, files on their way in, details of the audit trail) is
found by the person's own values before they are blanked. Rows go in one transaction, written
down in the erasure journal first; files and what is left in the database's own journal go right
after it, and are tried again every minute until they are gone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from django.conf import settings
from django.db import connection, transaction

from vivencia.customers.rights.models import Erasure
from vivencia.interactions import personal as interactions
from vivencia.interactions.database import empty_journal
from vivencia.interactions.models import Identity
from vivencia.lib.clock import now_ms
from vivencia.lib.errors import NotFound
from vivencia.people.actions import audit
from vivencia.people.audit.actions import forget_detail
from vivencia.people.models import AuditEntry, User
from vivencia.people.reading import organisation
from vivencia.shell.backup import journal, setting_aside
from vivencia.shell.rights.blocking import Block, reserve
from vivencia.shell.rights.person_file import archive
from vivencia.shell.rights.rooms import ROOMS


class Traces(NamedTuple):
    """What names a person and is theirs by no key."""

    named: interactions.Named
    audited: list[AuditEntry]  # entries whose detail names them


def erase(
    keys: Collection[int],
    reason: str,
    *,
    actor: User | None = None,
    door: str | None = None,
    block: Block | None = None,
    finished: bool = True,
) -> Erasure:
    """Take away everything about the customer of these identities, and say so in the trail.

    With `block` it is reserved for courts first, where only one role sees it. Without `finished`
    files wait for the caller's `finish`. Raises NotFound where none of them is anybody any more.
    """
    customer, traces = _still_known(keys), _traces(keys)
    reserved = archive(keys, customer, organisation().language) if block else b""
    with transaction.atomic():
        journal.append(keys)
        _blank(keys, traces)
        erasure = Erasure.objects.create(
            customer=customer, identities=sorted(keys), reason=reason, by=actor,
            files=traces.named.files,
        )  # fmt: skip
        if block is not None:
            reserve(erasure, reserved, block)
        audit(actor, "customers.erased", f"customer:{customer}", detail=reason, door=door)
    if finished:
        finish([erasure])
    return erasure


def erase_again(keys: Collection[int]) -> None:
    """What a backup older than an erasure brought back is taken away again; nothing is written
    down, for the journal has it. Keys that this database never had are nobody's."""
    traces = _traces(keys)
    with transaction.atomic():
        _blank(keys, traces)
        transaction.on_commit(lambda: _unlink(traces.named.files))


def finish(erasures: Iterable[Erasure] | None = None) -> None:
    """Carry to their end the erasures whose files, or copies in the database's journal, are
    still there; all that are under way if none are named."""
    waiting = list(Erasure.objects.filter(finished_at=None) if erasures is None else erasures)
    for erasure in waiting:
        _unlink(erasure.files)
        setting_aside.forget(settings.DATA)  # nobody erased stays in a copy from before
    connection.ensure_connection()
    if waiting and empty_journal(connection.connection):
        done = [erasure.pk for erasure in waiting]
        Erasure.objects.filter(pk__in=done).update(finished_at=now_ms(), files=[])


def finish_due(now: int) -> None:
    """`finish`, for the jobs."""
    finish()


def _still_known(keys: Collection[int]) -> int:
    """The customer of these identities."""
    known = Identity.objects.filter(key__in=keys).exclude(value=None).order_by("key").first()
    if known is None:
        raise NotFound(
            es="Aquí ya no hay nadie que borrar.", en="There is nobody here to erase any more."
        )
    return known.customer


def _traces(keys: Collection[int]) -> Traces:
    mentions = interactions.mentions_of(keys)
    told = AuditEntry.objects.exclude(detail="") if mentions else AuditEntry.objects.none()
    audited = [entry for entry in told.iterator() if mentions.in_text(entry.detail)]
    return Traces(interactions.named(mentions), audited)


def _blank(keys: Collection[int], traces: Traces) -> None:
    interactions.forget(traces.named)
    for entry in traces.audited:
        forget_detail(None, entry)
    for room in ROOMS:
        room.erase(keys)


def _unlink(files: Iterable[str]) -> None:
    for name in files:
        (settings.DATA.path / name).unlink(missing_ok=True)
