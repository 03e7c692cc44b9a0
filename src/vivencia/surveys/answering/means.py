"""How a post comes, what it comes to, and how it is refused. No Django."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from vivencia.interactions.record import Interaction
from vivencia.lib.errors import Conflict, NotFound
from vivencia.surveys.answering.steps import END
from vivencia.surveys.definition.answers import Answers, Problem


class Means(NamedTuple):
    """How a post came: through which browser, page and channel. A channel that is no page (a
    telephone, a message) says `shown_at` as soon as its question was put."""

    browser: bytes  # chance that only this browser, device or conversation has
    at: int  # UTC ms
    language: str
    channel: str = ""  # "": the link's own
    shown_at: int | None = None  # when the page was shown that sent it; None: no page did
    version: int = 0  # what that page showed; 0: what is published now
    seen: bool = True
    trapped: bool = False
    at_home: bool = True  # whether the browser itself says it has been here
    person: str | None = None  # a customer whose signature was checked
    network: bytes | None = None  # of open links: a keyed hash of the network, or of the device
    late: bool = False  # it comes by a way that has ended since: kept, and held
    files: Mapping[str, str | Problem] = {}  # by question: the name of a kept file, or why not


class Outcome(NamedTuple):
    """What a post came to, and what enters the log with it."""

    step: str  # what comes next; END at the end
    answers: Answers
    problems: dict[str, Problem] = {}
    doubt: str = ""
    held: bool = False
    interactions: list[Interaction] = []

    @property
    def finished(self) -> bool:
        return self.step == END and not self.problems and not self.doubt


def received() -> Conflict:
    return Conflict(
        es="Ya habíamos recibido su respuesta. Gracias.",
        en="We had already received your answer. Thank you.",
        reason="received",
    )


def replayed() -> Conflict:
    return Conflict(
        es="Este formulario ya se envió. Recargue la página e inténtelo de nuevo.",
        en="This form was already sent. Refresh the page and try again.",
        reason="replayed",
    )


def dead() -> NotFound:
    """Unknown, expired, used elsewhere: nobody is told which."""
    return NotFound(
        es="Este enlace ya no lleva a ninguna encuesta.",
        en="This link no longer leads to a survey.",
        reason="link",
    )
