"""What the rooms that act write to the log, and which properties reach it as facts.

State and interaction commit together.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence

from django.db import connection, transaction

from vivencia.interactions import checks
from vivencia.interactions.append import WORD_FIELDS, Fate, append
from vivencia.interactions.kinds import known
from vivencia.interactions.lexicon import Lexicon
from vivencia.interactions.models import FactName, Word
from vivencia.interactions.record import Interaction
from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import BadInput, Conflict
from vivencia.people.actions import audit
from vivencia.people.models import User

_OUR_OWN = {*WORD_FIELDS, "stage", "initiated_by", "outcome"}


def record(interactions: Sequence[Interaction]) -> list[Fate]:
    """The fate of each interaction, written on Django's connection.

    Joins the transaction the caller has open, so that a room's state and its interaction are
    kept or dropped as one; opens one of its own otherwise. The lexicon lives for one call: a
    rollback of the caller can then leave nothing untrue behind.
    """
    lexicon = Lexicon(DataDir.chosen().derived("log"))
    with transaction.atomic():
        connection.ensure_connection()
        return append(connection.connection, interactions, lexicon, now())


def administrative(kind: str, *, about: bytes | None = None, **fields: object) -> Interaction:
    """An interaction of ours about our own records, e.g. an import undone: nobody lived it."""
    if known()[kind].lived:
        raise ValueError(f"{kind} is something a customer lives through")
    return Interaction(
        id=uuid.uuid4().bytes, source="vivencia", happened_at=now(), kind=kind, about=about,
        initiated_by=3, **fields,  # type: ignore[arg-type]
    )  # fmt: skip


def now() -> int:
    """UTC milliseconds since 1970."""
    return time.time_ns() // 1_000_000


# ------------------------------------------------------------------ facts
@transaction.atomic
def declare_fact(actor: User | None, name: str, sort: str) -> None:
    """From now on the property `name` is no longer vault data: it reaches the columns as `sort`.

    What came before stays in the vault. Raises BadInput for a name that can not be one, Conflict
    when it is already there as something else.
    """
    name = checks.word(name) or ""
    if sort not in checks.FACT_SORTS or not name or name in _OUR_OWN or ":" in name:
        raise BadInput(
            es=f"«{name}» no puede ser un dato declarado: es un campo de Vivencia, está vacío o "
            "lleva dos puntos.",
            en=f"“{name}” can not be a fact: it is a field of Vivencia's, empty, or has a colon.",
        )
    came = Word.objects.filter(field__startswith="fact.", text=name).exclude(field=f"fact.{sort}")
    if came.exists() or FactName.objects.filter(name=name).exclude(sort=sort).exists():
        raise Conflict(
            es=f"«{name}» ya está como otra cosa. Usa otro nombre.",
            en=f"“{name}” is already there as something else. Use another name.",
        )
    _, made = FactName.objects.get_or_create(
        name=name, defaults={"sort": sort, "declared_at": now()}
    )
    if made:
        audit(actor, "facts.declared", f"fact:{name}", detail=sort)


@transaction.atomic
def withdraw_fact(actor: User | None, name: str) -> None:
    """From now on the property stays in the vault; the log keeps what it has, being append-only."""
    if FactName.objects.filter(name=name).delete()[0]:
        audit(actor, "facts.withdrawn", f"fact:{name}")
