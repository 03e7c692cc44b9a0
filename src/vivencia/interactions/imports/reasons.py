"""Why a row of a file was set aside, in words: the doors' reasons and those only files have."""

from __future__ import annotations

from vivencia.interactions.reasons import REASONS

ROW_REASONS: dict[str, dict[str, str]] = {
    "ragged": {
        "es": "La fila no tiene tantas celdas como columnas hay.",
        "en": "The row does not have as many cells as there are columns.",
    },
    "open_quote": {
        "es": "Hay unas comillas que no se cierran.",
        "en": "A quotation mark is never closed.",
    },
    "bad_encoding": {
        "es": "Hay letras que no se pueden leer con la codificación del archivo.",
        "en": "Some letters can not be read in the encoding of the file.",
    },
    "bad_json": {
        "es": "La línea no es JSON válido.",
        "en": "The line is not valid JSON.",
    },
    "too_deep": {
        "es": "Hay objetos dentro de objetos a más de 32 niveles.",
        "en": "There are objects inside objects beyond 32 levels.",
    },
    "too_many_columns": {
        "es": "Hay más de 4000 nombres distintos de columna.",
        "en": "There are more than 4,000 different column names.",
    },
    "line_too_long": {
        "es": "La línea pasa de 4 MB.",
        "en": "The line is longer than 4 MB.",
    },
    "missing_identity": {
        "es": "No dice de quién es.",
        "en": "It does not say whose it is.",
    },
    "bad_time": {
        "es": "La fecha no existe, falta o no se entiende.",
        "en": "The time does not exist, is missing or can not be read.",
    },
}


def sentence(reason: str, language: str) -> str:
    """The reason in words, in "es…" or else English; the word itself if nobody declared it."""
    said = ROW_REASONS.get(reason) or REASONS.get(reason)
    return said["es" if language.startswith("es") else "en"] if said else reason
