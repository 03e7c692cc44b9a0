"""Why a whole request is refused: status, and the sentence for the sender in both languages."""

from __future__ import annotations

from typing import NamedTuple


class Refusal(NamedTuple):
    status: int
    es: str
    en: str


REFUSALS: dict[str, Refusal] = {
    "bad_json": Refusal(
        400,
        "El cuerpo no es JSON válido en el byte {offset}: {what}. No se ha guardado nada.",
        "The body is not valid JSON at byte {offset}: {what}. Nothing was stored.",
    ),
    "too_deep": Refusal(
        400,
        "El JSON puede anidarse hasta {limit} niveles. No se ha guardado nada.",
        "JSON may be nested {limit} deep at most. Nothing was stored.",
    ),
    "bad_encoding": Refusal(
        400,
        "El cuerpo debe ser UTF-8 y no lo es. No se ha guardado nada.",
        "The body must be UTF-8 and is not. Nothing was stored.",
    ),
    "bad_length": Refusal(
        400,
        "Content-Length y el cuerpo recibido no coinciden. No se ha guardado nada.",
        "Content-Length and the body that came do not agree. Nothing was stored.",
    ),
    "bad_gzip": Refusal(
        400,
        "El cuerpo no es el gzip que anuncia, o está cortado. No se ha guardado nada.",
        "The body is not the gzip it says it is, or is cut off. Nothing was stored.",
    ),
    "no_key": Refusal(
        401,
        "Falta una clave válida: «Authorization: Bearer viv_…», o la clave como usuario de Basic.",
        'A valid key is missing: "Authorization: Bearer viv_…", or the key as the user of Basic.',
    ),
    "no_scope": Refusal(
        403,
        "Esta clave no puede enviar interacciones: le falta el permiso «intake».",
        'This key may not send interactions: it lacks the scope "intake".',
    ),
    "not_found": Refusal(404, "Aquí no hay nada.", "There is nothing here."),
    "method": Refusal(405, "Esta puerta solo admite POST.", "This door takes POST only."),
    "too_large": Refusal(
        413,
        "El cuerpo puede tener {limit} bytes como mucho; envía lotes más pequeños.",
        "A body may have {limit} bytes at most; send smaller batches.",
    ),
    "inflated_too_large": Refusal(
        413,
        "El cuerpo, descomprimido, pasa de {limit} bytes.",
        "The body inflates to more than {limit} bytes.",
    ),
    "too_many_items": Refusal(
        413,
        "Un lote puede tener {limit} elementos como mucho; este trae {n}.",
        "A batch may have {limit} items at most; this one has {n}.",
    ),
    "bad_content_type": Refusal(
        415, "Content-Type debe ser application/json.", "Content-Type must be application/json."
    ),
    "bad_content_encoding": Refusal(
        415, "Content-Encoding puede ser gzip o nada.", "Content-Encoding may be gzip or nothing."
    ),
    "empty": Refusal(
        422,
        "No hay nada que guardar: envía una interacción, o una lista de ellas.",
        "There is nothing to store: send one interaction, or a list of them.",
    ),
    "bad_shape": Refusal(
        422,
        'Envía un objeto, una lista de objetos o {{"batch": […]}}.',
        'Send an object, a list of objects or {{"batch": […]}}.',
    ),
    "envelope": Refusal(
        422,
        "Junto al lote, «{field}» sobra, se repite o no se entiende. No se ha guardado nada.",
        'Beside the batch, "{field}" is unknown, repeated or not understood. Nothing was stored.',
    ),
    "quarantine_full": Refusal(
        429,
        "La cuarentena de esta clave está llena: arregla o descarta lo que espera allí.",
        "This key's quarantine is full: mend or drop what waits there.",
    ),
    "overloaded": Refusal(
        503,
        "Hay demasiado en espera; no se ha perdido nada: vuelve a enviarlo enseguida.",
        "Too much is waiting; nothing is lost: send it again shortly.",
    ),
    "unavailable": Refusal(
        503,
        "Ahora no se puede guardar; no se ha perdido nada: vuelve a enviarlo en unos segundos.",
        "This can not be stored right now; nothing is lost: send it again in a few seconds.",
    ),
    "draining": Refusal(
        503,
        "El servidor se está parando; no se ha perdido nada: vuelve a enviarlo en unos segundos.",
        "The server is stopping; nothing is lost: send it again in a few seconds.",
    ),
}


class BadBody(Exception):
    """The whole request is refused; `more` fills the sentence and goes with the answer."""

    def __init__(self, reason: str, **more: str | int) -> None:
        super().__init__(reason)
        for name, value in more.items():
            if isinstance(value, str):  # a sender's own word may hold half a character
                more[name] = value.encode(errors="replace").decode()
        self.reason = reason
        self.status, es, en = REFUSALS[reason]
        self.es = es.format(**more)
        self.en = en.format(**more)
        self.more = more
