"""Files from a posted form to the shelf and back, and gone again: every write of theirs.

    with keeping(request.FILES) as kept:        each file is cleaned and put on the shelf
        kept.attach(draft, definition, at)      its row, in the answer's own transaction

What no answer took, because of a problem or a failure, is off the shelf again at the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from vivencia.lib.clock import DAY_MS
from vivencia.surveys.answering import steps
from vivencia.surveys.answering.drafts import Draft
from vivencia.surveys.answering.files import shelf
from vivencia.surveys.answering.files.bounds import LARGEST, Refused, too_large
from vivencia.surveys.answering.files.cleaning import clean
from vivencia.surveys.definition.schema import Definition
from vivencia.surveys.definition.taking import Problem
from vivencia.surveys.models import Attachment

MOST = 3  # in one post


class Kept:
    """The files of one post: by question the name of what is on the shelf, or why it is not."""

    def __init__(self) -> None:
        self.files: dict[str, str | Problem] = {}
        self.rows: dict[str, Attachment] = {}

    def put(self, element: str, upload: UploadedFile[bytes]) -> None:
        try:
            if (upload.size or 0) > LARGEST:
                raise too_large()
            found = clean(upload.read())
        except Refused as refused:
            self.files[element] = refused.problem
            return
        name = shelf.put(settings.DATA, found.body)
        self.files[element] = name
        size = len(found.body)
        self.rows[name] = Attachment(name=name, element=element, sort=found.sort, size=size)

    def attach(self, draft: Draft, definition: Definition, at: int) -> None:
        """Rows for what the draft has taken; what it had in the same place before is dropped."""
        taken = steps.files_of(definition, draft.answers)
        stale = Attachment.objects.filter(draft=draft.key).exclude(name__in=taken.values())
        drop(stale.values_list("name", flat=True))
        for name in taken.values():
            row = self.rows.pop(name, None)
            if row is not None:
                row.draft_id, row.at = draft.key, at
                row.save(force_insert=True)


@contextmanager
def keeping(uploads: Mapping[str, UploadedFile[bytes]]) -> Iterator[Kept]:
    """The first few files of a post, on the shelf until it is known whether they stay."""
    kept = Kept()
    try:
        for element, upload in list(uploads.items())[:MOST]:
            kept.put(element, upload)
        yield kept
    finally:
        shelf.drop(settings.DATA, kept.rows)


@transaction.atomic
def drop(names: Iterable[str]) -> None:
    """Those files are gone with this transaction, rows and bytes."""
    gone = list(names)
    Attachment.objects.filter(name__in=gone).delete()
    transaction.on_commit(lambda: shelf.drop(settings.DATA, gone))


def drop_older(before: int) -> int:
    """Drop the files that came before that moment (UTC ms); how many."""
    names = list(Attachment.objects.filter(at__lt=before).values_list("name", flat=True))
    drop(names)
    return len(names)


def sweep(now: int) -> None:
    """Drop the files of drafts that never became an answer, and bytes that no row knows."""
    never = Attachment.objects.filter(draft__answers=None, draft__told="{}")
    drop(never.values_list("name", flat=True))
    old = shelf.older_than(settings.DATA, now - DAY_MS)
    known = set(Attachment.objects.filter(name__in=old).values_list("name", flat=True))
    shelf.drop(settings.DATA, [name for name in old if name not in known])
