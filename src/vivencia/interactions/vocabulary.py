"""What the log's own values are called, once for every page, in both languages. Pure."""

from __future__ import annotations

from vivencia.lib import formats

Said = dict[str, str]  # "es" and "en"

STAGES: dict[str, Said] = {
    "discover": {"es": "descubrir", "en": "discover"},
    "select": {"es": "elegir", "en": "select"},
    "buy": {"es": "comprar", "en": "buy"},
    "use": {"es": "usar", "en": "use"},
    "maintain": {"es": "mantener", "en": "maintain"},
    "renew": {"es": "renovar", "en": "renew"},
}
INITIATORS: dict[str, Said] = {
    "customer": {"es": "el cliente", "en": "the customer"},
    "company": {"es": "la empresa", "en": "the company"},
    "system": {"es": "el sistema", "en": "the system"},
}
OUTCOMES: dict[str, Said] = {
    "success": {"es": "conseguido", "en": "success"},
    "failure": {"es": "fallido", "en": "failure"},
    "abandoned": {"es": "abandonado", "en": "abandoned"},
}
CHANNELS: dict[str, Said] = {
    "app": {"es": "app", "en": "app"},
    "chat": {"es": "chat", "en": "chat"},
    "email": {"es": "correo", "en": "email"},
    "mail": {"es": "carta", "en": "letter"},
    "messaging": {"es": "mensajería", "en": "messaging"},
    "phone": {"es": "teléfono", "en": "phone"},
    "social": {"es": "redes sociales", "en": "social media"},
    "store": {"es": "en persona", "en": "in person"},
    "web": {"es": "web", "en": "web"},
}
ENTRIES: dict[str, Said] = {
    "invited": {"es": "por invitación", "en": "invited"},
    "identified": {"es": "identificada por la página", "en": "identified by the page"},
    "open": {"es": "por enlace abierto", "en": "by open link"},
    "kiosk": {"es": "en un quiosco", "en": "at a kiosk"},
    "imported": {"es": "traída de un fichero", "en": "brought in a file"},
}
COMPLETE: dict[str, Said] = {
    "yes": {"es": "sí", "en": "yes"},
    "no": {"es": "no, a medias", "en": "no, left halfway"},
}
LANGUAGES: dict[str, Said] = {
    "es": {"es": "español", "en": "Spanish"},
    "en": {"es": "inglés", "en": "English"},
}
VALUES: dict[str, dict[str, Said]] = {
    "stage": STAGES, "initiated_by": INITIATORS, "outcome": OUTCOMES, "channel": CHANNELS,
    "entry": ENTRIES, "complete": COMPLETE, "language": LANGUAGES,
}  # fmt: skip


def said(field: str, value: str, language: str) -> str:
    """A value in words; an organisation's own word stays as it is."""
    return VALUES.get(field, {}).get(value, {}).get(formats.tongue(language), value)


def titled(field: str, value: str, language: str) -> str:
    """The same, to stand alone: with a capital."""
    text = said(field, value, language)
    return text[:1].upper() + text[1:]
