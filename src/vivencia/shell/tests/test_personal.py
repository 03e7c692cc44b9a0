"""P9: each text or binary field of each room is declared in its personal.py.

FIELDS names what is personal ("table.column") with purpose, basis, retention and class;
NOT_PERSONAL names the rest, so that no field is forgotten.
"""

import importlib

import pytest
from django.apps import apps
from django.db import models

TEXTS = (models.CharField, models.TextField, models.BinaryField, models.JSONField)
ROOMS = [config for config in apps.get_app_configs() if config.name.startswith("vivencia.")]
BASES = {"contract", "legitimate interest", "consent", "legal duty"}


def fields(room: object) -> set[str]:
    """Each column of a room's tables that can hold text or bytes."""
    return {
        f"{model._meta.db_table}.{field.column}"
        for model in room.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, TEXTS)
    }


@pytest.mark.parametrize(
    "room", [room for room in ROOMS if fields(room)], ids=lambda room: room.label
)
def test_no_field_is_forgotten(room: object) -> None:
    declared = importlib.import_module(f"{room.name}.personal")
    personal, rest = set(declared.FIELDS), set(declared.NOT_PERSONAL)
    assert not personal & rest, "declared twice"
    assert fields(room) - personal - rest == set(), "not declared"
    assert rest - fields(room) == set(), "not there"
    for name, why in declared.FIELDS.items():
        assert why["basis"] in BASES, name
        assert why["retention"], name
        assert why["class"], name
        assert why["purpose"]["es"], name
        assert why["purpose"]["en"], name


def test_control_a_forgotten_field_is_noticed() -> None:
    declared = importlib.import_module("vivencia.people.personal")
    without = set(declared.FIELDS) - {"people_user.email"} | set(declared.NOT_PERSONAL)
    assert fields(apps.get_app_config("people")) - without == {"people_user.email"}
