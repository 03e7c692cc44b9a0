"""What people are contacted for, by which channels, and why they are not. No Django here."""

from __future__ import annotations

from typing import NamedTuple

from vivencia.interactions.record import Sort

Said = dict[str, str]


class Purpose(NamedTuple):
    said: Said
    needs_consent: bool = False  # a yes beforehand; otherwise no "no" is enough
    counts: bool = True  # takes a seat of the budget, and waits while it is quiet


SURVEY, RELATIONSHIP, REMINDER = "survey", "relationship", "reminder"
FOLLOW_UP, NEWS, ASKED_FOR = "follow_up", "news", "asked_for"
PURPOSES: dict[str, Purpose] = {
    RELATIONSHIP: Purpose({"es": "encuesta de relación", "en": "relationship survey"}),
    SURVEY: Purpose({"es": "encuesta tras una interacción", "en": "survey after an interaction"}),
    REMINDER: Purpose({"es": "recordatorio", "en": "reminder"}),
    FOLLOW_UP: Purpose({"es": "seguimiento de una mala nota", "en": "follow-up of a bad score"}),
    NEWS: Purpose({"es": "novedades y ofertas", "en": "news and offers"}, needs_consent=True),
    ASKED_FOR: Purpose(
        {"es": "lo que la persona pidió", "en": "what the person asked for"}, counts=False
    ),
}
# What a person can say yes or no to.
CHOOSABLE = (SURVEY, RELATIONSHIP, NEWS, FOLLOW_UP)
# A reminder goes by what was said about surveys, of whichever sort.
COVERED_BY = {REMINDER: (SURVEY, RELATIONSHIP)}

EMAIL, MESSAGING, PHONE = "email", "messaging", "phone"
CHANNELS: dict[str, Said] = {
    EMAIL: {"es": "correo electrónico", "en": "e-mail"},
    MESSAGING: {"es": "mensajería", "en": "messaging"},
    PHONE: {"es": "teléfono", "en": "telephone"},
}
# What a channel is reached by.
ADDRESS_SORT: dict[str, Sort] = {EMAIL: Sort.email, MESSAGING: Sort.phone, PHONE: Sort.phone}

# Why somebody was not contacted: name, Spanish, English.
_REASONS = (
    ("no_address", "no tenemos a dónde escribirle", "we have no address to write to"),
    ("withdrawn", "dijo que no", "said no"),
    ("no_consent", "no ha dicho que sí", "has not said yes"),
    ("stopped", "su dirección rebotó o llegó una queja", "the address bounced or complained"),
    ("budget", "presupuesto de contacto agotado", "contact budget spent"),
    ("reserved", "sitio reservado a la relación", "seat kept for the relationship survey"),
    ("capacity", "el equipo no puede cerrar más", "the team can close no more"),
    ("not_drawn", "no le tocó en el sorteo", "was not drawn"),
    ("too_old", "pasó hace demasiado", "it happened too long ago"),
    ("nobody", "no se sabe de quién es", "nobody knows whose it is"),
    ("already_asked", "ya se le preguntó por esto", "was asked about this already"),
    ("answered", "ya respondió", "has answered already"),
    ("closed", "la encuesta no está publicada", "the survey is not published"),
    ("paused", "la regla está en pausa", "the rule is paused"),
    ("merged", "dos clientes resultaron ser uno", "two customers turned out to be one"),
    ("late", "se le pasó el momento", "its moment has passed"),
    ("refused", "el destino lo rechazó", "the receiving side refused it"),
    ("cancelled", "alguien lo canceló", "somebody cancelled it"),
    ("erased", "sus datos se borraron", "their data was erased"),
)
REASONS: dict[str, Said] = {name: {"es": es, "en": en} for name, es, en in _REASONS}
