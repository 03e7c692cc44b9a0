"""What goes with a person and what stays, counted before anybody decides."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from vivencia.interactions.models import Identity, LogEntry, VaultText
from vivencia.interactions.personal import mentions_of, named
from vivencia.shell.rights.rooms import ROOMS

GOES: dict[str, Promise] = {
    "identities": _("ways we know them by"),
    "traits": _("things we know of them"),
    "said": _("interactions with words or other data of theirs"),
    "messages": _("messages: what they said"),
    "survey_drafts": _("answers half done"),
    "survey_files": _("files they sent"),
    "survey_care": _("what was done about their answers"),
    "survey_conversations": _("conversations by message"),
    "invitations": _("links that let them answer"),
    "autopilot": _("regular surveys they are in"),
    "quarantined": _("items in quarantine that name them"),
    "files": _("files on their way in, or of errors, that name them: each goes whole"),
}


class Told(NamedTuple):
    goes: list[tuple[int, Promise]]
    stays: int  # interactions, as numbers


def told(keys: Collection[int]) -> Told:
    """How many of each go, those of which there are none left out."""
    counted: dict[str, int] = {}
    for room in ROOMS:
        counted |= {name: len(items) for name, items in room.held(keys).items()}
    theirs = LogEntry.objects.filter(identity__in=keys)
    where = named(mentions_of(keys))
    counted["said"] = VaultText.objects.filter(seq__in=theirs.values("seq")).count()
    counted["quarantined"], counted["files"] = len(where.quarantined), len(where.files)
    goes = [(counted[name], said) for name, said in GOES.items() if counted.get(name)]
    return Told(goes, theirs.count())


def is_erased(keys: Collection[int]) -> bool:
    return not Identity.objects.filter(key__in=keys).exclude(value=None).exists()
