"""What people decide about identities, and what is told of them."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection, transaction

from vivencia.customers.kinds import JOINED, PARTED, UNDONE
from vivencia.customers.models import Decision, Trait
from vivencia.customers.resolve import resolve
from vivencia.customers.traits import clean
from vivencia.interactions.actions import administrative, record
from vivencia.interactions.models import Identity, Link
from vivencia.lib.clock import now_ms
from vivencia.lib.errors import Conflict, NotFound
from vivencia.people.actions import audit
from vivencia.people.models import User


def join(user: User, a: int, b: int, note: str = "") -> Decision:
    """Decide that identities `a` and `b` (keys) are one customer, whatever the rules say."""
    return _decide(user, a, b, "join", note)


def keep_apart(user: User, a: int, b: int, note: str = "") -> Decision:
    """Decide that identities `a` and `b` (keys) are two customers, whatever the rules say."""
    return _decide(user, a, b, "apart", note)


def undo(user: User, key: int) -> Decision:
    """Take a decision back: everybody stands as if it had never been made."""
    with transaction.atomic():
        decision = Decision.objects.select_for_update().filter(key=key).first()
        if decision is None:
            raise NotFound(es="Esa decisión no existe.", en="There is no such decision.")
        if decision.undone_at is not None:
            raise Conflict(
                es="Esa decisión ya estaba deshecha; no ha cambiado nada.",
                en="That decision had already been taken back; nothing changed.",
            )
        decision.undone_by, decision.undone_at = user, now_ms()
        decision.seen_links = _newest_link()
        decision.save(update_fields=["undone_by", "undone_at", "seen_links"])
        _leave_word(user, UNDONE, decision)
        _take_in(decision)
    return decision


def store_traits(identity: int, traits: Mapping[str, object]) -> None:
    """Keep what is told of a customer in the vault; a new word on a trait replaces the old."""
    told = [Trait(identity=identity, name=n, value=v) for n, v in clean(traits).items()]
    Trait.objects.bulk_create(
        told, update_conflicts=True, unique_fields=["identity", "name"], update_fields=["value"]
    )


def _decide(user: User, a: int, b: int, verdict: str, note: str) -> Decision:
    a, b = min(a, b), max(a, b)
    with transaction.atomic():
        if a == b or Identity.objects.filter(key__in=(a, b)).count() != 2:
            raise NotFound(
                es="Hacen falta dos identidades que existan.", en="It takes two known identities."
            )
        decision = Decision.objects.create(
            a=a, b=b, verdict=verdict, by=user, at=now_ms(), note=note[:1000],
            seen_links=_newest_link(),
        )  # fmt: skip
        _leave_word(user, JOINED if verdict == "join" else PARTED, decision)
        _take_in(decision)
    return decision


def _leave_word(user: User, kind: str, decision: Decision) -> None:
    """The log and the audit trail learn of it in the same transaction."""
    record([administrative(kind, properties={"decision": decision.key})])
    audit(user, kind, f"decision:{decision.key}", detail=f"{decision.a}–{decision.b}")


def _newest_link() -> int:
    return Link.objects.order_by("-key").values_list("key", flat=True).first() or 0


def _take_in(decision: Decision) -> None:
    """Show the page its effect at once; the columns take it in on their next round.

    It is one transaction with the decision: read before and written after the columns' owner
    took in a newer link, it would put back who that link had moved.
    """
    resolve(connection.connection, decision.seen_links)
