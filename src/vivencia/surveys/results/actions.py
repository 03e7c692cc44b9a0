"""What staff do about an answer: somebody takes care of it, it is settled, or it waits again."""

from __future__ import annotations

import json

from django.db import transaction

from vivencia.interactions.actions import administrative, record
from vivencia.interactions.models import Identity, LogEntry, Word
from vivencia.interactions.record import Identity as Named
from vivencia.interactions.record import Sort
from vivencia.lib.clock import now_ms
from vivencia.lib.errors import NotFound
from vivencia.people.models import User
from vivencia.surveys.models import Care, Followed, Survey

_KINDS = {
    Care.taken: "answer.taken", Care.settled: "answer.settled", Care.waiting: "answer.left",
}  # fmt: skip


@transaction.atomic
def follow(actor: User, survey: Survey, seq: int, state: Care) -> None:
    """Say how far the answer whose latest form is `seq` was taken care of; any can follow any, so
    that each is undone by another. Said twice by the same person it is once in the log.

    Raises NotFound for what is no answer to this survey, and for every anonymous one.
    """
    entry = None if survey.anonymous else _answer(survey.slug, seq)
    if entry is None:
        raise NotFound(es="Esa respuesta no está.", en="That answer is not here.")
    root = bytes(entry.about) if _kind(entry) == "survey.changed" and entry.about else entry.uid
    before = Followed.objects.select_for_update().filter(answer=bytes(root)).first()
    if (before.state if before else Care.waiting) == state and (
        before is None or before.by_id == actor.pk
    ):
        return
    Followed.objects.update_or_create(
        answer=bytes(root), defaults={"state": state, "by": actor, "at": now_ms()}
    )
    who = Identity.objects.filter(key=entry.identity).exclude(value=None).first()
    record([
        administrative(
            _KINDS[state], about=bytes(root), agent=actor.email, facts={"survey": survey.slug},
            identities=(Named(Sort(who.sort), who.value or ""),) if who else (),
        )
    ])  # fmt: skip


def _answer(survey: str, seq: int) -> LogEntry | None:
    """The answer to `survey` with that number, in any of its forms."""
    entry = LogEntry.objects.filter(seq=seq).first()
    if entry is None or _kind(entry) not in ("survey.answered", "survey.changed"):
        return None
    name = Word.objects.filter(field="fact.category", text="survey").first()
    value = Word.objects.filter(field="fact:survey", text=survey).first()
    said = json.loads(entry.facts or "{}")
    is_of = name is not None and value is not None and said.get(str(name.code)) == value.code
    return entry if is_of else None


def _kind(entry: LogEntry) -> str | None:
    return Word.objects.filter(code=entry.kind).values_list("text", flat=True).first()
