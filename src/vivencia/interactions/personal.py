"""What this room holds about a customer: each field with its purpose, ground, term and class.

The log itself holds codes and keys. What a person could be told by lies in the vault and in the
word lists, which can be blanked; quarantined bytes are whatever somebody sent.
"""

from __future__ import annotations

import glob
import json
import os
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F

from vivencia.interactions.export.rows import PAGE, Rows
from vivencia.interactions.formats import open_rows
from vivencia.interactions.lexicon import ERASURES
from vivencia.interactions.mentions import Mentions
from vivencia.interactions.models import (
    Counter,
    Identity,
    Import,
    LogEntry,
    Quarantined,
    VaultValue,
)
from vivencia.interactions.record import Sort
from vivencia.lib.datadir import DataDir
from vivencia.lib.errors import BadFile


def _kept(es: str, en: str, basis: str, retention: str, sort: str) -> dict[str, Any]:
    return {
        "purpose": {"es": es, "en": en},
        "basis": basis,
        "retention": retention,
        "class": sort,
    }


_UNTIL_ERASED = "until the customer is erased"
_TELL_APART = _kept(
    "reconocer al mismo cliente (resumen con clave)", "know the same customer (keyed hash)",
    "contract", _UNTIL_ERASED, "pseudonym",
)  # fmt: skip
_SAID = _kept(
    "entender lo que vivió el cliente", "understand what the customer lived through",
    "legitimate interest", _UNTIL_ERASED, "content",
)  # fmt: skip
_STANDS_FOR_AN_ID = _kept(
    "no guardar dos veces la misma interacción (id o resumen con clave)",
    "store each interaction once (an id, or a keyed hash)", "legitimate interest",
    _UNTIL_ERASED, "pseudonym",
)  # fmt: skip
_TO_BE_MENDED = _kept(
    "corregir lo que llegó mal sin perderlo", "mend what came in wrong without losing it",
    "legitimate interest", "until mended or dropped, 90 days at most", "content",
)  # fmt: skip

FIELDS = {
    "interactions.id": _STANDS_FOR_AN_ID,
    "interactions.about": _STANDS_FOR_AN_ID,
    "identities.digest": _TELL_APART,
    "identities.value": _kept(
        "mostrar y buscar al cliente", "show and find the customer", "contract",
        _UNTIL_ERASED, "contact",
    ),
    "vault_values.digest": _TELL_APART,
    "vault_values.text": _kept(
        "nombrar el recorrido y a quien atendió", "name the journey and who served",
        "legitimate interest", _UNTIL_ERASED, "content",
    ),
    "vault_texts.sender_id": _STANDS_FOR_AN_ID,
    "vault_texts.text": _SAID,
    "vault_texts.properties": _SAID,
    "quarantine.raw": _TO_BE_MENDED,
    "quarantine.detail": _TO_BE_MENDED,
    "imports.name": _kept(
        "saber qué archivo se incorporó", "know which file was brought in",
        "legitimate interest", "while its interactions are kept", "content",
    ),
}  # fmt: skip

# Words are checked to be no e-mail, telephone or card before they get a code; facts are codes
# and numbers of what the organisation declared as not personal.
NOT_PERSONAL = (
    "interactions.facts",
    "words.field",
    "words.text",
    "links.rule",
    "vault_values.sort",
    "quarantine.reason",
    "quarantine.door",
    "quarantine.state",
    "imports.uid",
    "imports.file_digest",
    "imports.mapping",
    "imports.mapping_digest",
    "imports.lineage",
    "imports.quarantined",
    "imports.state",
    "imports.error_file",
    "imports.progress",
    "mappings.name",
    "mappings.mapping",
    "fact_names.name",
    "fact_names.sort",
    "counters.name",
)


# What they said; it is found by who said it.
_TEXTS = """UPDATE vault_texts SET text = NULL, properties = NULL, sender_id = NULL
WHERE seq IN (SELECT seq FROM interactions WHERE identity IN (SELECT value FROM json_each(%s)))"""
_THEIR_JOURNEYS = """SELECT DISTINCT journey FROM interactions
WHERE identity IN (SELECT value FROM json_each(%s)) AND journey <> 0"""
_WAITING = 500  # quarantined items looked through at a time


def held(keys: Collection[int]) -> dict[str, Any]:
    """Who they are, everything they lived through in words, and what names them elsewhere."""
    known = Identity.objects.filter(key__in=keys).exclude(value=None).order_by("key")
    places = LogEntry.objects.filter(identity__in=keys).order_by("happened_at", "rank", "seq")
    connection.ensure_connection()
    rows = Rows(connection.connection, personal=True)
    seqs = list(places.values_list("seq", flat=True))
    mentions = mentions_of(keys)
    where = named(mentions)
    waiting = Quarantined.objects.filter(key__in=where.quarantined).order_by("key")
    imports = Import.objects.filter(key__in=where.imports).order_by("key")
    return {
        "identities": [{"sort": Sort(one.sort).name, "value": one.value} for one in known],
        "interactions": [
            _without_gaps(row)
            for start in range(0, len(seqs), PAGE)
            for row in rows.of(seqs[start : start + PAGE])
        ],
        "quarantine": [
            {"received_at": one.received_at, "reason": one.reason,
             "content": bytes(one.raw).decode(errors="replace")}
            for one in waiting
        ],
        "imports": list(imports.values("name", "started_at")),
        "files": [row for name in where.files for row in _rows_naming(name, mentions)],
    }  # fmt: skip


@transaction.atomic
def erase(keys: Collection[int]) -> None:
    """Blank who they are and what they said; the log is not touched, so that counts stay.

    Without its digest nobody knows an identity or a journey again: the same value later is new,
    also where others took part in the journey. Last of all rooms, which find their rows by
    these identities.
    """
    told = json.dumps(list(keys))
    with connection.cursor() as cursor:
        cursor.execute(_TEXTS, [told])
        cursor.execute(_THEIR_JOURNEYS, [told])
        journeys = [row[0] for row in cursor.fetchall()]
    names = list(VaultValue.objects.filter(sort="journey", key__in=journeys))
    for name in names:
        name.text, name.digest = None, os.urandom(16)
    VaultValue.objects.bulk_update(names, ["text", "digest"], batch_size=500)
    identities = list(Identity.objects.filter(key__in=keys))
    for one in identities:
        one.value, one.digest = None, os.urandom(16)
    Identity.objects.bulk_update(identities, ["value", "digest"], batch_size=500)
    Counter.objects.get_or_create(name=ERASURES)
    Counter.objects.filter(name=ERASURES).update(n=F("n") + 1)


# ------------------------------------------------------------------ what no key leads to
class Named(NamedTuple):
    """What names a person without being theirs by key."""

    quarantined: list[int]  # keys
    imports: list[int]  # keys
    files: list[str]  # paths in the data directory


def mentions_of(keys: Collection[int]) -> Mentions:
    """How a text is told to name the person of these identities."""
    known = Identity.objects.filter(key__in=keys).exclude(value=None)
    return Mentions((one.sort, one.value or "") for one in known)


def named(mentions: Mentions) -> Named:
    """Where they are named. It reads every waiting item and file: not for a transaction."""
    if not mentions:
        return Named([], [], [])
    imports = [
        key for key, name in Import.objects.values_list("key", "name") if mentions.in_text(name)
    ]
    return Named(quarantined(mentions), imports, _files(mentions))


def quarantined(mentions: Mentions) -> list[int]:
    """Keys of the items that name them."""
    found: list[int] = []
    last = 0
    rows = Quarantined.objects.exclude(raw=b"").order_by("key").values_list("key", "raw", "detail")
    while page := list(rows.filter(key__gt=last)[:_WAITING]):
        last = page[-1][0]
        found += [
            key
            for key, raw, detail in page
            if mentions.in_bytes(bytes(raw)) or (detail and mentions.in_text(detail))
        ]
    return found


def forget(where: Named) -> None:
    """Blank the quarantined items and imports' names that were found; files are the caller's."""
    Quarantined.objects.filter(key__in=where.quarantined, state="waiting").update(state="dropped")
    Quarantined.objects.filter(key__in=where.quarantined).update(raw=b"", detail=None)
    Import.objects.filter(key__in=where.imports).update(name="")


def _files(mentions: Mentions) -> list[str]:
    """Files on their way in with all that belongs to them, and error files, that name them."""
    data: DataDir = settings.DATA
    found: set[Path] = {path for path in data.errors.glob("*") if mentions.in_file(path)}
    for path in data.uploads.glob("*"):
        if path.is_file() and mentions.in_file(path):
            found |= set(data.uploads.glob(f"{glob.escape(path.name.partition('.')[0])}.*"))
    return sorted(str(path.relative_to(data.path)) for path in found)


def _rows_naming(name: str, mentions: Mentions) -> Iterator[dict[str, str]]:
    """The rows of a file on its way in that name them: others' stay where they are."""
    path = settings.DATA.path / name
    if path.suffix == ".json":  # what we noted of the file beside it
        return
    try:
        for batch in open_rows(path):
            for number, cells in zip(batch.numbers, batch.rows, strict=True):
                row = " | ".join(str(cell) for cell in cells if cell not in (None, ""))
                if mentions.in_text(row):
                    yield {"file": path.name, "row": f"{number}: {row}"}
    except BadFile:
        yield {"file": path.name}


def _without_gaps(row: dict[str, Any]) -> dict[str, Any]:
    """What is known, without numbers that are ours alone."""
    ours = ("customer", "rank", "flags")
    return {
        name: value for name, value in row.items() if name not in ours and value not in (None, "")
    }
