"""Mappings kept for the next file like this one: by name, and by the imports that were made."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from django.db import transaction

from vivencia.interactions import checks
from vivencia.interactions.imports.drafts import Look
from vivencia.interactions.imports.form import guessed
from vivencia.interactions.mapping import Mapping
from vivencia.interactions.models import Import, SavedMapping
from vivencia.lib.clock import now_ms
from vivencia.lib.errors import BadInput, BadMapping, NotFound
from vivencia.people.actions import audit
from vivencia.people.models import User

LONGEST_NAME = 80
_IMPORTS_ASKED = 50


class Like(NamedTuple):
    """A mapping that fits a file, and the file or name it was kept under."""

    mapping: Mapping
    name: str


def listed() -> list[SavedMapping]:
    return list(SavedMapping.objects.order_by("name"))


def access_saved(key: int) -> SavedMapping:
    """The saved mapping `key`, or NotFound."""
    found = SavedMapping.objects.filter(key=key).first()
    if found is None:
        raise NotFound(es="Ese mapa ya no está guardado.", en="That mapping is no longer kept.")
    return found


def mapping_of(kept: SavedMapping) -> Mapping:
    return Mapping.from_dict(json.loads(kept.mapping))


def save(name: str, shape: dict[str, object], actor: User) -> None:
    """Keep a mapping under `name`, in place of one of the same name."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or checks.personal_data(name):
        raise BadInput(
            es=f"El nombre va de 1 a {LONGEST_NAME} caracteres y no puede ser un correo, un "
            "teléfono ni una tarjeta. El mapa no se ha guardado.",
            en=f"The name has 1 to {LONGEST_NAME} characters and can be no e-mail, telephone or "
            "card. The mapping was not saved.",
        )
    with transaction.atomic():
        SavedMapping.objects.update_or_create(
            name=name,
            defaults={"mapping": json.dumps(shape), "created_by": actor.pk, "created_at": now_ms()},
        )
        audit(actor, "mapping.saved", f"mapping:{name}")


def forget(key: int, actor: User) -> None:
    """Forget a saved mapping. What was imported with it stays as it is."""
    with transaction.atomic():
        kept = access_saved(key)
        audit(actor, "mapping.forgotten", f"mapping:{kept.name}")
        kept.delete()


def fitting(columns: Sequence[str]) -> list[SavedMapping]:
    """Saved mappings whose columns the file has."""
    return [kept for kept in listed() if _fits(mapping_of(kept), columns)]


def last_like(look: Look) -> Like | None:
    """The mapping of the latest import of such a file: it fits, and says something of every
    column we would have guessed."""
    known = set(guessed(look).used_columns())
    imports = Import.objects.exclude(state="undone").order_by("-started_at")
    for one in imports.only("name", "mapping")[:_IMPORTS_ASKED]:
        mapping = Mapping.from_dict(json.loads(one.mapping))
        if known <= set(mapping.used_columns()) and _fits(mapping, look.columns):
            return Like(mapping, one.name)
    return None


def _fits(mapping: Mapping, columns: Sequence[str]) -> bool:
    try:
        mapping.check(columns)
    except BadMapping:
        return False
    return True
