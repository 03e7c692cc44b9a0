"""What the audit trail says something was done to, in both languages. Pure.

A thing is a word and a key, `survey:nps-basico`, or one of the words of ALONE. What has no words
is said as it is.
"""

from __future__ import annotations

from collections.abc import Mapping

from vivencia.people.policy_words import Said

THINGS: dict[str, Said] = {
    "alert": ("aviso", "alert"),
    "attachment": ("archivo", "file"),
    "audit": ("entrada", "entry"),
    "blocked": ("datos bloqueados", "blocked data"),
    "call": ("llamada", "call"),
    "conversation": ("conversación", "conversation"),
    "customer": ("cliente", "customer"),
    "department": ("departamento", "department"),
    "device": ("dispositivo", "device"),
    "draft": ("respuesta", "answer"),
    "fact": ("dato", "fact"),
    "field": ("campo", "field"),
    "identity": ("identidad", "identity"),
    "import": ("importación", "import"),
    "invitation": ("invitación", "invitation"),
    "key": ("clave", "key"),
    "mapping": ("mapa de columnas", "mapping"),
    "message": ("envío", "message"),
    "policy": ("regla", "rule"),
    "quarantined": ("elemento", "item"),
    "reason": ("motivo", "reason"),
    "share": ("enlace", "link"),
    "survey": ("encuesta", "survey"),
    "touchpoint": ("punto de contacto", "touchpoint"),
    "upload": ("fichero", "upload"),
    "user": ("persona", "person"),
    "view": ("vista", "view"),
    "watch": ("vigilancia", "watch"),
}
ALONE: dict[str, Said] = {"organisation": ("la organización", "the organisation")}


def named(thing: str, names: Mapping[str, str], language: str) -> str:
    """A thing in words: by its name where `names` has one for it, else by its key."""
    place = 0 if language.startswith("es") else 1
    if thing in ALONE:
        return ALONE[thing][place]
    one, space, more = thing.partition(" ")
    sort, colon, key = one.partition(":")
    if not colon or sort not in THINGS:
        return thing
    return f"{THINGS[sort][place]} {names.get(one, key)}{space}{more}"
