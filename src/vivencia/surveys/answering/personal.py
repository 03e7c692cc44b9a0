"""What answering holds about a person, until it is in the log and its link has ended."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from vivencia.interactions.models import Identity
from vivencia.surveys.answering.files import keeping, shelf
from vivencia.surveys.models import Attachment, Draft, Link

_UNTIL = "until the link has ended, 30 days at most after the last post"


def _kept(es: str, en: str, sort: str) -> dict[str, Any]:
    return {
        "purpose": {"es": es, "en": en},
        "basis": "legitimate interest",
        "retention": _UNTIL,
        "class": sort,
    }


_SAID = _kept("seguir con lo que dejó a medias", "go on with what was left half done", "content")
_SAME = _kept("que nadie responda dos veces", "that nobody answers twice", "pseudonym")

FIELDS = {
    "surveys_link.digest": _SAME,
    "surveys_link.about": _kept(
        "decir qué interacción juzga", "say which interaction it judges", "pseudonym"
    ),
    "surveys_draft.uid": _SAME,
    "surveys_draft.browser": _SAME,
    "surveys_draft.person": _kept(
        "saber de qué cliente es", "know which customer's it is", "pseudonym"
    ),
    "surveys_draft.answers": _SAID,
    "surveys_draft.network": _kept("ver series de votos", "see series of votes", "pseudonym"),
    "surveys_attachment.name": {**_SAID, "retention": "as long as the answer it came with"},
    "surveys_waiting.browser": _SAME,
    "surveys_waiting.answers": _SAID,
}

NOT_PERSONAL = (
    "surveys_link.entry",
    "surveys_link.context",
    "surveys_link.channel",
    "surveys_draft.entry",
    "surveys_draft.channel",
    "surveys_draft.language",
    "surveys_draft.page",
    "surveys_draft.state",
    "surveys_draft.doubt",
    "surveys_draft.told",
    "surveys_attachment.element",
    "surveys_attachment.sort",
    "surveys_waiting.entry",
    "surveys_waiting.language",
    "surveys_waiting.page",
    "surveys_waiting.doubt",
)


def held(keys: Collection[int]) -> dict[str, Any]:
    """What the customer has begun to answer; what is finished is in the log."""
    found = _drafts(keys).values("answers", "state", "begun_at", "posted_at")
    files = _files(keys).values("name", "element", "sort", "size", "at")
    return {
        "survey_drafts": list(found.order_by("key")),
        "survey_files": list(files.order_by("key")),
    }


def attached(keys: Collection[int]) -> Iterator[tuple[str, bytes]]:
    """(name, bytes) of each file that came with their answers."""
    for file in _files(keys).order_by("key"):
        body = shelf.get(settings.DATA, file.name)
        if body is not None:
            yield f"{file.name}.{file.sort}", body


@transaction.atomic
def erase(keys: Collection[int]) -> None:
    """Their drafts are blanked, their files are gone and their links end; that a link was spent
    stays."""
    keeping.drop(_files(keys).values_list("name", flat=True))
    _drafts(keys).update(answers=None, person=None, network=None, due_at=None, state="lost")
    Link.objects.filter(identity__in=keys).update(identity=0, about=None, expires_at=0)


def _drafts(keys: Collection[int]) -> Any:
    accounts = Identity.objects.filter(key__in=keys, sort=1).exclude(value=None)
    mine = Draft.objects.filter(link__identity__in=keys)
    return mine | Draft.objects.filter(person__in=accounts.values_list("value", flat=True))


def _files(keys: Collection[int]) -> QuerySet[Attachment]:
    """Those of their drafts, and of answers of theirs in the log whose draft says no more."""
    told = RawSQL(
        "SELECT id FROM interactions WHERE identity IN (SELECT value FROM json_each(%s))",
        (json.dumps(list(keys)),),
    )
    return Attachment.objects.filter(
        Q(draft__in=_drafts(keys).values("pk")) | Q(draft__uid__in=told)
    )
