"""How long each class of data stays: what the organisation may choose, and what it chose."""

from __future__ import annotations

from typing import NamedTuple

from django.db import transaction

from vivencia.customers.rights.models import RetentionTerm
from vivencia.lib.clock import DAY_MS
from vivencia.lib.errors import BadInput
from vivencia.people.actions import audit
from vivencia.people.models import User

PEOPLE, WORDS, FILES, MESSAGES, WAITING = "people", "words", "files", "messages", "waiting"
YEAR = 365
FOR_EVER = 0  # that is, until they are erased


class Term(NamedTuple):
    """`choices` in days, FOR_EVER among them where there need be no end; `days` is ours."""

    es: str
    en: str
    days: int
    choices: tuple[int, ...]


_YEARS = (FOR_EVER, 180, YEAR, 2 * YEAR, 3 * YEAR, 5 * YEAR, 10 * YEAR)
_MONTHS = (7, 30, 60, 90)
TERMS: dict[str, Term] = {
    PEOPLE: Term(
        "Personas de las que no se sabe nada: se borran enteras",
        "People nothing is heard of: they are erased whole",
        FOR_EVER, _YEARS,
    ),
    WORDS: Term(
        "Lo que dijeron y los datos sueltos de cada interacción",
        "What they said, and the loose data of each interaction",
        FOR_EVER, _YEARS,
    ),
    FILES: Term(
        "Archivos que enviaron con sus respuestas",
        "Files they sent with their answers",
        FOR_EVER, _YEARS,
    ),
    MESSAGES: Term(
        "El texto de los mensajes enviados",
        "The words of messages that were sent",
        90, _MONTHS,
    ),
    WAITING: Term(
        "Lo que espera en cuarentena y los archivos a medio importar",
        "What waits in quarantine, and files on their way in",
        90, _MONTHS,
    ),
}  # fmt: skip


def chosen() -> dict[str, int]:
    """name -> days, of every class."""
    told = dict(RetentionTerm.objects.values_list("name", "days"))
    return {name: told.get(name, term.days) for name, term in TERMS.items()}


def before(name: str, now: int) -> int | None:
    """What is older than this moment (UTC ms) has to go; None where nothing has to."""
    days = chosen()[name]
    return now - days * DAY_MS if days else None


@transaction.atomic
def choose(actor: User | None, days: dict[str, int]) -> None:
    """Set the terms that are named; what they shorten goes within a day."""
    for name, n in days.items():
        if name not in TERMS or n not in TERMS[name].choices:
            raise BadInput(
                es="Ese plazo no se puede elegir. No se ha cambiado ninguno.",
                en="That term can not be chosen. None was changed.",
            )
        RetentionTerm.objects.update_or_create(name=name, defaults={"days": n})
    audit(actor, "retention.changed", detail=" ".join(f"{k}={v}" for k, v in days.items()))
