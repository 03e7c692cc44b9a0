"""What this room holds about a customer: each field with its purpose, ground, term and class.

The log itself holds codes and keys. What a person could be told by lies in the vault and in the
word lists, which can be blanked; quarantined bytes are whatever somebody sent.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection
from typing import Any

from django.db import connection, transaction
from django.db.models import F

from vivencia.interactions.lexicon import ERASURES
from vivencia.interactions.models import Counter, Identity


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


# What they said, and the names of journeys they took part in. Both find rows by identity.
_TEXTS = """UPDATE vault_texts SET text = NULL, properties = NULL, sender_id = NULL
WHERE seq IN (SELECT seq FROM interactions WHERE identity IN (SELECT value FROM json_each(%s)))"""
_JOURNEYS = """UPDATE vault_values SET text = NULL WHERE sort = 'journey' AND key IN (
SELECT journey FROM interactions
WHERE identity IN (SELECT value FROM json_each(%s)) AND journey <> 0)"""


@transaction.atomic
def erase(customer: int, known_again: Collection[int] = ()) -> None:
    """Blank who they are and what they said; the log is not touched, so that counts stay.

    Without its digest nobody knows an identity again: the same address later is somebody new.
    Those `known_again` keep theirs, so that a "no" they said still holds. Last of all rooms,
    which find their rows by these identities.
    """
    identities = list(Identity.objects.filter(customer=customer))
    keys = json.dumps([one.key for one in identities])
    with connection.cursor() as cursor:
        cursor.execute(_TEXTS, [keys])
        cursor.execute(_JOURNEYS, [keys])
    for one in identities:
        one.value = None
        one.digest = one.digest if one.key in known_again else os.urandom(16)
    Identity.objects.bulk_update(identities, ["value", "digest"], batch_size=500)
    Counter.objects.get_or_create(name=ERASURES)
    Counter.objects.filter(name=ERASURES).update(n=F("n") + 1)
