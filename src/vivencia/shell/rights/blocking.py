"""Data blocked instead of destroyed: sealed, seen by one role with a reason, gone at its term.

Spain (LOPDGDD, article 32) and Mexico have what is erased reserved for courts and authorities
until claims prescribe. Everything about the person leaves every room and file as in any erasure;
what is reserved is their archive, sealed under a key used for nothing else.
"""

from __future__ import annotations

import os
from typing import NamedTuple

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import transaction

from vivencia.customers.rights.models import Blocked, Erasure
from vivencia.customers.rights.words import LAWS, MOST_YEARS
from vivencia.lib.clock import DAY_MS, now_ms
from vivencia.lib.errors import BadInput, NotFound
from vivencia.people.actions import audit
from vivencia.people.models import User

YEAR_MS = 365 * DAY_MS
_NONCE = 12
LONGEST_WHY = 500


class Block(NamedTuple):
    """By which law, and until when (UTC ms)."""

    law: str
    until: int

    @classmethod
    def under(cls, law: str, years: int | None = None) -> Block:
        """From today for `years`, or for as long as we suggest under that law."""
        if law not in LAWS or not 1 <= (years or 1) <= MOST_YEARS:
            raise BadInput(
                es=f"Un bloqueo va de 1 a {MOST_YEARS} años, por una de las leyes de la lista.",
                en=f"Blocking goes from 1 to {MOST_YEARS} years, under a law of the list.",
            )
        return cls(law, now_ms() + (years or LAWS[law].years) * YEAR_MS)


def reserve(erasure: Erasure, archive: bytes, block: Block) -> Blocked:
    """Keep the archive for courts; in the transaction of the erasure."""
    blocked = Blocked.objects.create(erasure=erasure, law=block.law, until=block.until)
    nonce = os.urandom(_NONCE)
    blocked.sealed = nonce + _cipher().encrypt(nonce, archive, _name(blocked))
    blocked.save(update_fields=["sealed"])
    return blocked


def listed() -> list[Blocked]:
    """What is blocked now, the first to be destroyed first."""
    found = Blocked.objects.select_related("erasure").filter(destroyed_at=None)
    return list(found.order_by("until", "key"))


@transaction.atomic
def unseal(actor: User, key: int, why: str) -> bytes:
    """The archive, for the one who may see it. Every look is written down with its reason."""
    why = " ".join(why.split())[:LONGEST_WHY]
    if not why:
        raise BadInput(
            es="Escribe para quién es y por qué: queda anotado.",
            en="Write whom it is for and why: it is written down.",
        )
    blocked = Blocked.objects.filter(key=key, destroyed_at=None).first()
    if blocked is None or blocked.sealed is None:
        raise NotFound(es="Ese bloqueo ya no está.", en="That is no longer blocked here.")
    audit(actor, "blocked.opened", f"blocked:{key}", detail=why)
    sealed = bytes(blocked.sealed)
    return _cipher().decrypt(sealed[:_NONCE], sealed[_NONCE:], _name(blocked))


@transaction.atomic
def destroy_due(now: int) -> int:
    """Destroy what has come to its term; how many that were. That it was blocked stays."""
    due = list(Blocked.objects.filter(until__lte=now, destroyed_at=None))
    for blocked in due:
        blocked.sealed, blocked.destroyed_at = None, now
        blocked.save(update_fields=["sealed", "destroyed_at"])
        audit(None, "blocked.destroyed", f"blocked:{blocked.key}", door="clock")
    return len(due)


def _cipher() -> AESGCM:
    return AESGCM(settings.DATA.derived("blocked"))


def _name(blocked: Blocked) -> bytes:
    return f"blocked:{blocked.key}".encode()
