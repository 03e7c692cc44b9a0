"""What the rooms that act write to the log: state and interaction commit together."""

from __future__ import annotations

import time
import uuid
from collections.abc import Sequence

from django.db import connection, transaction

from vivencia.interactions.append import Fate, append
from vivencia.interactions.kinds import known
from vivencia.interactions.lexicon import Lexicon
from vivencia.interactions.record import Interaction
from vivencia.lib.datadir import DataDir


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
