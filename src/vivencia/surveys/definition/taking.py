"""What a form posted for one element, read as its type has it: the answer, or a problem.

An answer that can be mended is a problem, said at the question; an option that the question
never had is BadInput, since no honest form posts it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping

from vivencia.lib.errors import BadInput
from vivencia.surveys.definition.schema import OTHER, Choice, Element, Type

Answers = dict[str, object]
Problem = dict[str, str]  # one sentence, in Spanish and English
Posted = Mapping[str, list[str]]

LONGEST_ANSWER, LONGEST_LINE = 10_000, 255
_EMAIL = re.compile(r"[^\s@,;:<>()]+@[^\s@,;:<>()]+\.[^\s@,;:<>().]{2,}")
_PHONE = re.compile(r"\+?[\d\s().\-/]{6,24}", re.ASCII)


def take_element(element: Element, posted: Posted) -> tuple[Answers, Problem | None]:
    """(this element's answers, its problem), for channels that ask one question at a time."""
    try:
        return _TAKERS[element.type](element, posted), None
    except _Wrong as wrong:
        return {}, wrong.problem


class _Wrong(Exception):
    def __init__(self, es: str, en: str) -> None:
        super().__init__(en)
        self.problem: Problem = {"es": es, "en": en}


def _text(posted: Posted, name: str, longest: int = LONGEST_ANSWER) -> str:
    """The text posted under `name`, without what no person types; "" when there is none."""
    values = posted.get(name) or [""]
    text = values[-1].replace("\r\n", "\n").replace("\0", "").strip()
    text = text.encode(errors="ignore").decode()  # half a character is none
    if len(text) > longest:
        raise _Wrong(f"Son más de {longest} caracteres: acórtelo un poco.",
                     f"That is over {longest} characters: please shorten it.")  # fmt: skip
    return text


def _take_score(element: Element, posted: Posted) -> Answers:
    text = _text(posted, element.id, LONGEST_LINE)
    if not text:
        return {}
    steps = element.steps()
    if not re.fullmatch(r"\d{1,2}", text, re.ASCII) or int(text) not in steps:
        raise _Wrong(f"La nota va de {steps[0]} a {steps[-1]}.",
                     f"The score goes from {steps[0]} to {steps[-1]}.")  # fmt: skip
    return {element.id: int(text)}


def _take_choice(element: Element, posted: Posted) -> Answers:
    picked = _text(posted, element.id, LONGEST_LINE)
    if not picked:
        return {}
    return {element.id: _option(element, picked, element.choices)} | _others(
        element, posted, [picked]
    )


def _take_choices(element: Element, posted: Posted) -> Answers:
    picked = {_option(element, one, element.choices) for one in posted.get(element.id, ()) if one}
    ids = [choice.id for choice in element.choices] + [OTHER]
    kept = [one for one in ids if one in picked]
    return {element.id: kept} | _others(element, posted, kept) if kept else {}


def _others(element: Element, posted: Posted, picked: list[str]) -> Answers:
    name = f"{element.id}.{OTHER}"
    words = _text(posted, name) if OTHER in picked else ""
    return {name: words} if words else {}


def _take_matrix(element: Element, posted: Posted) -> Answers:
    cells = {}
    for row in element.rows:
        if picked := _text(posted, f"{element.id}.{row.id}", LONGEST_LINE):
            cells[row.id] = _option(element, picked, element.choices)
    if element.required and 0 < len(cells) < len(element.rows):
        raise _Wrong("Falta alguna fila por responder.", "A row is still without an answer.")
    return {element.id: cells} if cells else {}


def _take_ranking(element: Element, posted: Posted) -> Answers:
    places: dict[int, str] = {}
    for item in element.choices:
        text = _text(posted, f"{element.id}.{item.id}", LONGEST_LINE)
        if not text:
            continue
        if not re.fullmatch(r"\d{1,3}", text, re.ASCII) or not 1 <= int(text) <= len(
            element.choices
        ):
            raise _Wrong(f"Los puestos van de 1 a {len(element.choices)}.",
                         f"Places go from 1 to {len(element.choices)}.")  # fmt: skip
        if int(text) in places:
            raise _Wrong(f"Hay dos cosas en el puesto {int(text)}.",
                         f"Two things are in place {int(text)}.")  # fmt: skip
        places[int(text)] = item.id
    if sorted(places) != list(range(1, len(places) + 1)):
        raise _Wrong("Falta un puesto en medio.", "A place in between is missing.")
    if element.required and 0 < len(places) < len(element.choices):
        raise _Wrong("Falta algo por ordenar.", "Something has no place yet.")
    return {element.id: [places[place] for place in sorted(places)]} if places else {}


def _take_text(element: Element, posted: Posted) -> Answers:
    text = _text(posted, element.id)
    return {element.id: text} if text else {}


def _take_email(element: Element, posted: Posted) -> Answers:
    text = _text(posted, element.id, LONGEST_LINE)
    if text and not _EMAIL.fullmatch(text):
        raise _Wrong("Un correo se escribe como nombre@ejemplo.es.",
                     "An e-mail is written like name@example.com.")  # fmt: skip
    return {element.id: text} if text else {}


def _take_phone(element: Element, posted: Posted) -> Answers:
    text = _text(posted, element.id, LONGEST_LINE)
    if text and (not _PHONE.fullmatch(text) or not 6 <= len(re.sub(r"\D", "", text)) <= 15):
        raise _Wrong("Un teléfono son de 6 a 15 cifras; el prefijo empieza por +.",
                     "A telephone has 6 to 15 digits; its country code begins with +.")  # fmt: skip
    return {element.id: text} if text else {}


def _take_date(element: Element, posted: Posted) -> Answers:
    text = _text(posted, element.id, LONGEST_LINE)
    if not text:
        return {}
    try:
        return {element.id: dt.date.fromisoformat(text).isoformat()}
    except ValueError:
        raise _Wrong("Esa fecha no está en el calendario.",
                     "That date is not on the calendar.") from None  # fmt: skip


def _take_consent(element: Element, posted: Posted) -> Answers:
    text = _text(posted, element.id, LONGEST_LINE)
    if text not in ("", "yes"):
        raise _unknown_option(element, text)
    return {element.id: True} if text else {}


def _take_file(element: Element, posted: Posted) -> Answers:
    """The key under which the channel has kept the file; the bytes never come here."""
    text = _text(posted, element.id, LONGEST_LINE)
    return {element.id: text} if text else {}


_TAKERS: dict[Type, Callable[[Element, Posted], Answers]] = {
    **dict.fromkeys((Type.nps, Type.csat, Type.ces, Type.rating), _take_score),
    Type.choice: _take_choice,
    Type.choices: _take_choices,
    Type.matrix: _take_matrix,
    Type.ranking: _take_ranking,
    Type.text: _take_text,
    Type.email: _take_email,
    Type.phone: _take_phone,
    Type.date: _take_date,
    Type.consent: _take_consent,
    Type.file: _take_file,
}


def _option(element: Element, picked: str, options: tuple[Choice, ...]) -> str:
    if any(option.id == picked for option in options) or (element.other and picked == OTHER):
        return picked
    raise _unknown_option(element, picked)


def _unknown_option(element: Element, picked: str) -> BadInput:
    return BadInput(
        es=f"«{element.id}» no tiene la opción «{picked[:32]}».",
        en=f'"{element.id}" has no option "{picked[:32]}".',
        reason="unknown_option",
    )
