"""A question as a short message, and a short message as an answer. Pure.

words(element, …)        "¿Cómo se quedó?\nA) Con alegría\nB) Con decepción"
understand(element, …)   "b" → what a form would post; None when it says nothing of the sort
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

from vivencia.surveys.definition.piping import in_language, pipe
from vivencia.surveys.definition.schema import OTHER, Element, Type

ASKED = frozenset(Type) - {Type.file}  # a file does not come by message
Posted = dict[str, list[str]]

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_NUMBERS = {
    "cero": 0, "uno": 1, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7,
    "ocho": 8, "nueve": 9, "diez": 10, "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4,
    "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
}  # fmt: skip
_YES, _NO = frozenset({"si", "s", "yes", "y", "vale", "ok"}), frozenset({"no", "n"})
_SKIP = frozenset({"saltar", "paso", "skip", "pass", "-"})
_STOP = frozenset({"baja", "stop", "alto", "cancelar", "unsubscribe", "parar"})
_HELP = frozenset({"ayuda", "help", "?"})

HOW: dict[str, dict[str, str]] = {
    "scale": {"es": "Responda con un número del {low} al {high}.",
              "en": "Answer with a number from {low} to {high}."},
    "pick": {"es": "Responda con una letra.", "en": "Answer with one letter."},
    "ticks": {"es": "Responda con una o varias letras.", "en": "Answer with one or more letters."},
    "order": {"es": "Responda con las letras en su orden, la mejor primero.",
              "en": "Answer with the letters in your order, the best first."},
    "rows": {"es": "Responda con una letra por cada línea.",
             "en": "Answer with a letter for each line."},
    "consent": {"es": "Responda SÍ o NO.", "en": "Answer YES or NO."},
    "free": {"es": "Responda con sus palabras.", "en": "Answer in your own words."},
    "email": {"es": "Responda con su correo.", "en": "Answer with your e-mail."},
    "phone": {"es": "Responda con un teléfono.", "en": "Answer with a telephone."},
    "date": {"es": "Responda con una fecha, como 31/12/2026.",
             "en": "Answer with a date, like 31/12/2026."},
    "skip": {"es": "Para pasar, «-».", "en": "To pass, “-”."},
}  # fmt: skip
_KIND = {
    Type.choice: "pick", Type.choices: "ticks", Type.ranking: "order", Type.matrix: "rows",
    Type.consent: "consent", Type.email: "email", Type.phone: "phone", Type.date: "date",
}  # fmt: skip


def words(
    element: Element,
    language: str,
    said: Mapping[str, str],
    person: Mapping[str, object] = MappingProxyType({}),
) -> str:
    """The question with its options, a line each."""
    lines = [pipe(in_language(element.title, language), said, person)]
    if steps := element.steps():
        low, high = (
            in_language(element.ends.low, language),
            in_language(element.ends.high, language),
        )
        if low or high:
            lines.append(f"{steps[0]} = {low}, {steps[-1]} = {high}")
    lines += [f"· {in_language(row.text, language)}" for row in element.rows]
    lines += [
        f"{letter}) {in_language(choice.text, language)}"
        for letter, choice in zip(_LETTERS, element.choices, strict=False)
    ]
    return "\n".join([*lines, how(element, language)])


def how(element: Element, language: str) -> str:
    """How to answer it, in a sentence."""
    steps = element.steps()
    kind = "scale" if steps else _KIND.get(element.type, "free")
    text = HOW[kind].get(language, HOW[kind]["en"])
    if steps:
        text = text.format(low=steps[0], high=steps[-1])
    if not element.required:
        text += " " + HOW["skip"].get(language, HOW["skip"]["en"])
    return text


def is_stop(text: str) -> bool:
    """Whether somebody says that they want no more of this."""
    return _bare(text) in _STOP


def asks_help(text: str) -> bool:
    return _bare(text) in _HELP


def understand(element: Element, text: str) -> Posted | None:
    """What a form would post for this answer; None when it makes no sense."""
    bare = _bare(text)
    if bare in _SKIP and not element.required:
        return {}
    if steps := element.steps():
        number = _number(bare)
        return {element.id: [str(number)]} if number in steps else None
    if element.type is Type.consent:
        return {element.id: ["yes"]} if bare in _YES else {} if bare in _NO else None
    if element.type is Type.choice:
        return _choice(element, text, bare)
    if element.type is Type.choices:
        picked = _letters(element, bare)
        return {element.id: picked} if picked else None
    if element.type is Type.ranking:
        return _places(element, bare)
    if element.type is Type.matrix:
        return _rows(element, bare)
    if element.type is Type.date:
        return {element.id: [_date(text)]}
    return {element.id: [text.strip()]} if text.strip() else None


def _bare(text: str) -> str:
    """Without capitals, accents and what stands around."""
    plain = unicodedata.normalize("NFD", text.strip().casefold())
    plain = "".join(one for one in plain if not unicodedata.combining(one))
    return plain.strip(" .,;:!¡¿'\"«»()") or plain.strip()


def _number(bare: str) -> int | None:
    """The one number in it: "9", "un 9", "nueve", "9/10", "9 de 10"."""
    bare = re.sub(r"\b(\d{1,2})\s*(?:/|de|of|out of)\s*\d{1,2}\b", r"\1", bare)
    found = [int(one) for one in re.findall(r"(?<![\w.,-])\d{1,2}(?![\w.,]\w|\d)", bare)]
    found += [_NUMBERS[one] for one in bare.split() if one in _NUMBERS and one != "uno"] or (
        [1] if bare == "uno" else []
    )
    return found[0] if len(found) == 1 else None


def _choice(element: Element, text: str, bare: str) -> Posted | None:
    picked = _letters(element, bare)
    if len(picked) == 1:
        return {element.id: picked}
    for choice in element.choices:
        if any(_bare(one) == bare for one in choice.text.values()):
            return {element.id: [choice.id]}
    if element.other and len(bare) > 1:
        return {element.id: [OTHER], f"{element.id}.{OTHER}": [text.strip()]}
    return None


def _letters(element: Element, bare: str) -> list[str]:
    """The choices that letters (or places) name; none when anything else is said."""
    marks = re.findall(r"[a-z0-9]+", bare)
    if len(marks) == 1 and marks[0].isalpha() and 1 < len(marks[0]) <= len(element.choices):
        marks = list(marks[0])  # "abc"
    marks = [one for one in marks if one not in ("y", "and", "e")] or marks
    found = []
    for mark in marks:
        at = _LETTERS.lower().find(mark) if len(mark) == 1 and mark.isalpha() else _place(mark)
        if not 0 <= at < len(element.choices):
            return []
        found.append(element.choices[at].id)
    return list(found)


def _place(mark: str) -> int:
    return int(mark) - 1 if mark.isdecimal() and len(mark) < 3 else -1


def _places(element: Element, bare: str) -> Posted | None:
    picked = _letters(element, bare)
    if not picked or len(set(picked)) != len(picked):
        return None
    return {f"{element.id}.{one}": [str(place)] for place, one in enumerate(picked, 1)}


def _rows(element: Element, bare: str) -> Posted | None:
    picked = _letters(element, bare)
    if len(picked) != len(element.rows):
        return None
    return {f"{element.id}.{row.id}": [one] for row, one in zip(element.rows, picked, strict=True)}


def _date(text: str) -> str:
    """31/12/2026 as forms write it; anything else as it came, to be refused in words."""
    found = re.fullmatch(r"\s*(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\s*", text)
    return f"{found[3]}-{int(found[2]):02}-{int(found[1]):02}" if found else text.strip()
