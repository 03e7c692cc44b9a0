"""Why an item is set aside: every reason, with the sentence a person reads. No Django here.

A reason is a word for machines (it is counted, filtered and returned to the sender); the
sentence says what is wrong and what to mend.
"""

from __future__ import annotations

from vivencia.lib.errors import BadInput

REASONS: dict[str, dict[str, str]] = {
    "bad_amount": {
        "es": "El importe no es un número con los decimales de su moneda.",
        "en": "The amount is not a number with the decimals of its currency.",
    },
    "bad_choice": {
        "es": "El valor no es uno de los previstos para ese campo.",
        "en": "The value is not one of those the field takes.",
    },
    "bad_currency": {
        "es": "La moneda no es un código de tres letras, o falta junto al importe.",
        "en": "The currency is not a three-letter code, or is missing beside the amount.",
    },
    "bad_duration": {
        "es": "Las duraciones son milisegundos enteros, de cero en adelante.",
        "en": "Durations are whole milliseconds, from zero up.",
    },
    "bad_fact": {
        "es": "Un dato declarado no es del tipo con que se declaró.",
        "en": "A declared fact is not of the sort it was declared with.",
    },
    "bad_id": {
        "es": "El identificador del envío debe tener entre 1 y 255 caracteres.",
        "en": "The id must have from 1 to 255 characters.",
    },
    "bad_identity": {
        "es": "La cuenta, el correo, el teléfono o el dispositivo no tienen una forma válida.",
        "en": "The account, e-mail, telephone or device is not well formed.",
    },
    "bad_scale": {
        "es": "Hay una puntuación sin su escala.",
        "en": "There is a score without its scale.",
    },
    "bad_time": {
        "es": "La fecha no se entiende: usa ISO 8601 o segundos o milisegundos desde 1970.",
        "en": "The time can not be read: use ISO 8601, or seconds or milliseconds since 1970.",
    },
    "bad_type": {
        "es": "Un campo trae otro tipo de valor del que le corresponde.",
        "en": "A field holds another type of value than it takes.",
    },
    "bad_unicode": {
        "es": "Un texto contiene medio carácter Unicode suelto.",
        "en": "A text holds half a Unicode character on its own.",
    },
    "duplicate_key": {
        "es": "El mismo campo aparece dos veces.",
        "en": "The same field appears twice.",
    },
    "id_conflict": {
        "es": "Ese identificador ya llegó con otro contenido; se guardó el primero.",
        "en": "That id already came with another content; the first one was kept.",
    },
    "missing_event": {
        "es": "Falta el nombre del evento.",
        "en": "The name of the event is missing.",
    },
    "missing_identity": {
        "es": "Falta decir quién: userId o anonymousId.",
        "en": "It does not say who: userId or anonymousId.",
    },
    "missing_kind": {
        "es": "Falta decir qué ocurrió (kind).",
        "en": "It does not say what happened (kind).",
    },
    "not_an_object": {
        "es": "El elemento no es un objeto JSON.",
        "en": "The item is not a JSON object.",
    },
    "number_range": {
        "es": "Un número es demasiado grande, o negativo donde no puede serlo.",
        "en": "A number is too large, or below zero where it can not be.",
    },
    "personal_data": {
        "es": "Un campo de clasificación contiene un correo, un teléfono o una tarjeta.",
        "en": "A field for categories holds an e-mail address, a telephone or a card number.",
    },
    "score_range": {
        "es": "La puntuación no es de su escala.",
        "en": "The score is not one its scale takes.",
    },
    "too_large": {
        "es": "El elemento ocupa más de 32 KB.",
        "en": "The item is larger than 32 KB.",
    },
    "too_long": {
        "es": "Un texto de clasificación pasa de 255 caracteres.",
        "en": "A text for categories is longer than 255 characters.",
    },
    "unknown_field": {
        "es": "Hay un campo que no existe; lo propio va en «properties».",
        "en": 'There is a field that does not exist; your own go in "properties".',
    },
    "unknown_type": {
        "es": "El tipo de mensaje no es track, identify, page, screen, group ni alias.",
        "en": "The message's type is not track, identify, page, screen, group or alias.",
    },
    "unstorable": {
        "es": "No se pudo guardar por un fallo del programa; se conserva tal como llegó.",
        "en": "It could not be stored through a fault of the program; it is kept as it came.",
    },
}


class BadItem(BadInput):
    """An item can not be stored as it is. `detail` names the field, never its value."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(**REASONS[reason], reason=reason)
        self.detail = detail
