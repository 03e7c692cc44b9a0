"""Mend and replay, or drop, what waits in the quarantine. Each leaves who did it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import NamedTuple

from django.db import connection, transaction

from vivencia.interactions.actions import record
from vivencia.interactions.append import Fate
from vivencia.interactions.intake.asgi import BY_DOOR, declared_facts, source_of
from vivencia.interactions.intake.door import SetAside, read
from vivencia.interactions.intake.interpret import Sender
from vivencia.interactions.intake.refusals import BadBody
from vivencia.interactions.models import Quarantined
from vivencia.interactions.quarantine.reading import access_quarantined
from vivencia.interactions.record import Interaction
from vivencia.lib.datadir import DataDir
from vivencia.people.actions import audit
from vivencia.people.keys import KeyInfo
from vivencia.people.models import ApiKey, User

MOST_AT_ONCE = 1_000


class Outcome(NamedTuple):
    """What became of an item replayed: `reason` and `field` where it is still refused."""

    status: str  # stored, duplicate, quarantined
    reason: str = ""
    field: str = ""


def mend(key: int, text: str, actor: User) -> Outcome:
    """Try the item `key` again as `text`; refused, it waits on as it came.

    Raises NotFound for an item that no longer waits.
    """
    with transaction.atomic():
        row = access_quarantined(key)
        outcome = _replay(row, text.encode(errors="surrogatepass"))
        audit(actor, "quarantine.mended", f"quarantined:{key}", result=outcome.status)
    return outcome


def replay(reason: str, actor: User) -> dict[str, int]:
    """Try up to MOST_AT_ONCE items of `reason` again as they came: {status: how many}."""
    counted: dict[str, int] = {}
    with transaction.atomic():
        doors = list(BY_DOOR)
        rows = Quarantined.objects.filter(state="waiting", reason=reason, door__in=doors)
        for row in rows.order_by("key")[:MOST_AT_ONCE]:
            outcome = _replay(row, bytes(row.raw))
            counted[outcome.status] = counted.get(outcome.status, 0) + 1
        audit(actor, "quarantine.replayed", f"reason:{reason}", detail=str(counted))
    return counted


def drop(key: int, actor: User) -> None:
    """Give the item up and blank its bytes. Raises NotFound if it no longer waits."""
    with transaction.atomic():
        row = access_quarantined(key)
        row.state, row.raw = "dropped", b""
        row.save(update_fields=["state", "raw"])
        audit(actor, "quarantine.dropped", f"quarantined:{key}")


def _replay(row: Quarantined, raw: bytes) -> Outcome:
    """Read it as its door would have, at the time it came, and record it."""
    route = BY_DOOR.get(row.door)
    if route is None:
        return Outcome("quarantined", row.reason, row.detail or "")
    body = b'{"batch":[%s]}' % raw if route.form.is_batch_only else raw
    try:
        found = read(body, route.form, _sender(row))
    except BadBody as bad:
        return Outcome("quarantined", bad.reason)
    one = found[0]
    if isinstance(one, SetAside) or len(found) > 1:
        return _refused(found)
    fate = record([one])[0]
    if fate is Fate.id_conflict:
        return Outcome("quarantined", Fate.id_conflict.value, "id")
    row.state, row.replayed_at, row.raw = "replayed", time.time_ns() // 1_000_000, b""
    row.save(update_fields=["state", "replayed_at", "raw"])
    return Outcome(fate.value)


def _refused(found: Sequence[Interaction | SetAside]) -> Outcome:
    one = found[0]
    if len(found) > 1 or not isinstance(one, SetAside):
        return Outcome("quarantined", "not_an_object")
    return Outcome("quarantined", one.reason, one.detail)


def _sender(row: Quarantined) -> Sender:
    """Who sent it then: the key's name is the source, even if the key was revoked since."""
    number = row.api_key or 0
    key = ApiKey.objects.filter(pk=number).first()
    verified = key is not None and key.verified
    known = KeyInfo(number, key.name if key else "", frozenset(), verified)
    connection.ensure_connection()
    return Sender(
        source=source_of(known),
        secret=DataDir.chosen().derived("log"),
        received_at=row.received_at,
        verified=known.verified,
        facts=declared_facts(connection.connection),
    )
