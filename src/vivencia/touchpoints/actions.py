"""Every change to the registry."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from vivencia.lib.errors import Conflict
from vivencia.people.actions import audit
from vivencia.people.models import Department, User
from vivencia.touchpoints.models import Touchpoint

FIELDS = (
    "word", "title_es", "title_en", "owner", "department",
    "stage", "channels", "review_on", "standard",
)  # fmt: skip


@transaction.atomic
def save_touchpoint(
    actor: User | None,
    touchpoint: Touchpoint,
    values: Mapping[str, Any],
    contributing: Iterable[Department] = (),
) -> Touchpoint:
    """Write an entry, new or old; only the fields of `FIELDS` are taken from `values`."""
    others = Touchpoint.objects.filter(word=values["word"]).exclude(pk=touchpoint.pk)
    if others.exists():
        raise Conflict(
            es=f"«{values['word']}» ya está en el registro.",
            en=f'"{values["word"]}" is already in the registry.',
        )
    for field in FIELDS:
        if field in values:
            setattr(touchpoint, field, values[field])
    touchpoint.save()
    touchpoint.contributing.set(contributing)
    audit(actor, "touchpoints.saved", f"touchpoint:{touchpoint.pk}")
    return touchpoint


@transaction.atomic
def adopt(
    actor: User | None, words: Iterable[str], stage: int, department: Department | None
) -> list[Touchpoint]:
    """New entries for the words that have none yet, all of one stage and department."""
    wanted = list(dict.fromkeys(words))
    known = set(Touchpoint.objects.filter(word__in=wanted).values_list("word", flat=True))
    return [
        save_touchpoint(
            actor, Touchpoint(), {"word": word, "stage": stage, "department": department}
        )
        for word in wanted
        if word not in known
    ]


@transaction.atomic
def remove_touchpoint(actor: User | None, touchpoint: Touchpoint) -> None:
    """Take it out of the registry; its interactions stay, and it is listed as an orphan."""
    audit(actor, "touchpoints.removed", f"touchpoint:{touchpoint.pk}", detail=touchpoint.word)
    touchpoint.delete()
