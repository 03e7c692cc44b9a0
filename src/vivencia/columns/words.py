"""What the fields that filter and group are called, and their values. Pure."""

from __future__ import annotations

from vivencia.interactions.vocabulary import said
from vivencia.lib import formats

FIELDS = {
    "kind": {"es": "Qué pasó", "en": "What happened"},
    "touchpoint": {"es": "Punto de contacto", "en": "Touchpoint"},
    "channel": {"es": "Canal", "en": "Channel"},
    "device": {"es": "Dispositivo", "en": "Device"},
    "place": {"es": "Lugar", "en": "Place"},
    "brand": {"es": "Marca", "en": "Brand"},
    "department": {"es": "Departamento", "en": "Department"},
    "stage": {"es": "Etapa", "en": "Stage"},
    "initiated_by": {"es": "Quién empezó", "en": "Who began"},
    "outcome": {"es": "Resultado", "en": "Outcome"},
    "scale": {"es": "Escala", "en": "Scale"},
    "currency": {"es": "Moneda", "en": "Currency"},
    "item": {"es": "Producto", "en": "Item"},
    "source": {"es": "Procedencia", "en": "Source"},
    # facts of every answer to a survey
    "survey": {"es": "Encuesta", "en": "Survey"},
    "question": {"es": "Pregunta", "en": "Question"},
    "entry": {"es": "Cómo llegó", "en": "How it came"},
    "complete": {"es": "Completa", "en": "Complete"},
    "language": {"es": "Idioma", "en": "Language"},
    "version": {"es": "Versión", "en": "Version"},
}
EMPTY = {"es": "sin valor", "en": "no value"}
YES_NO = {True: {"es": "sí", "en": "yes"}, False: {"es": "no", "en": "no"}}


def field_word(field: str, language: str) -> str:
    """The name of a field; a declared fact keeps the name its organisation gave it."""
    return FIELDS.get(field, {}).get(formats.tongue(language), field)


def value_word(field: str, value: str | float | bool | None, language: str) -> str:
    """One value of a field; the organisation's own words stay as they are."""
    tongue = formats.tongue(language)
    if value is None:
        return EMPTY[tongue]
    if isinstance(value, bool):
        return YES_NO[value][tongue]
    if isinstance(value, float):
        return formats.number(value, language, 0 if value == int(value) else 2)
    return said(field, value, language)
