"""What keeps a definition from being asked: each with its place and a sentence for whoever edits.

`schema.read` refuses what can not be a definition at all; a draft may still have all of these.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from typing import NamedTuple

from vivencia.lib.errors import BadInput
from vivencia.surveys.definition import contrast, piping, rules
from vivencia.surveys.definition.schema import WITH_CHOICES, Definition, Element, Text, Type

FEWEST_CHOICES = 2
# Others are told by their code.
_LANGUAGES = {"es": ("español", "Spanish"), "en": ("inglés", "English")}
# Answers that say who somebody is: an anonymous survey does not ask for them.
IDENTIFYING = frozenset({Type.email, Type.phone, Type.file})


class Obstacle(NamedTuple):
    """`place` is an element's id, or one of: survey, thanks, quotas, look."""

    place: str
    es: str
    en: str


def obstacles(
    definition: Definition, *, anonymous: bool = False, known: Set[str] = frozenset()
) -> list[Obstacle]:
    """Everything to mend before publishing, in order; `known` are names rules may use beside
    the questions (facts of the customer)."""
    found = [*_whole(definition)]
    asked: set[str] = set()
    for page in definition.pages:
        for element in page.elements:
            found += _element(element, definition.languages)
            found += _rule(element.id, page.visible_if, asked | known)
            here = asked | known | {one.id for one in page.elements} - {element.id}
            found += _rule(element.id, element.visible_if, here)
            found += _piped(element.id, [element.title, element.hint], asked)
            if anonymous and element.type in IDENTIFYING:
                found.append(Obstacle(element.id, *_NOT_ANONYMOUS))
        asked |= {element.id for element in page.elements}
    found += _end(definition, asked, known)
    return found + [_unreadable(fault) for fault in contrast.faults(definition.look)]


_NOT_ANONYMOUS = (
    "La encuesta es anónima y esta pregunta dice quién responde. Quítala.",
    "The survey is anonymous and this question says who answers. Remove it.",
)


def _whole(definition: Definition) -> Iterator[Obstacle]:
    if not any(True for _ in definition.elements()):
        yield Obstacle("survey", "Añade al menos una pregunta.", "Add at least one question.")
    yield from _said("survey", definition.title, definition.languages, "el título", "the title")
    yield from _all_or_none("survey", definition.intro, definition.languages)


def _element(element: Element, languages: tuple[str, ...]) -> Iterator[Obstacle]:
    yield from _said(element.id, element.title, languages, "la pregunta", "the question")
    for text in (element.hint, element.ends.low, element.ends.high):
        yield from _all_or_none(element.id, text, languages)
    if element.type in WITH_CHOICES and len(element.choices) < FEWEST_CHOICES:
        yield Obstacle(
            element.id, "Le faltan opciones: al menos dos.", "It needs choices: at least two."
        )
    if element.type is Type.matrix and not element.rows:
        yield Obstacle(element.id, "Le faltan filas.", "It needs rows.")
    for pick in (*element.choices, *element.rows):
        yield from _said(element.id, pick.text, languages, "una opción", "a choice")


def _said(
    place: str, text: Text, languages: tuple[str, ...], es: str, en: str
) -> Iterator[Obstacle]:
    for language in languages:
        if not text.get(language, "").strip():
            in_es, in_en = _LANGUAGES.get(language, (f"«{language}»", f"“{language}”"))
            yield Obstacle(place, f"Falta {es} en {in_es}.", f"Missing: {en} in {in_en}.")


def _all_or_none(place: str, text: Text, languages: tuple[str, ...]) -> Iterator[Obstacle]:
    """A text that may be missing is missing in every language or in none."""
    if any(words.strip() for words in text.values()):
        yield from _said(place, text, languages, "un texto", "a text")


def _rule(place: str, text: str, may_ask: Set[str]) -> Iterator[Obstacle]:
    if not text:
        return
    try:
        unknown = sorted(rules.names(rules.parse(text)) - may_ask)
    except BadInput as error:
        yield Obstacle(place, error.es, error.en)
        return
    for name in unknown:
        yield Obstacle(
            place,
            f"Su condición depende de «{name}», que no se pregunta antes.",
            f'Its condition depends on "{name}", which is not asked before.',
        )


def _piped(place: str, texts: list[Text], asked: Set[str]) -> Iterator[Obstacle]:
    names = {name for text in texts for words in text.values() for name in piping.places(words)}
    for name in sorted(names):
        if not name.startswith("person.") and name.partition(".")[0] not in asked:
            yield Obstacle(
                place,
                f"Su texto repite «{name}», que no se pregunta en una página anterior.",
                f'Its text repeats "{name}", which is not asked on an earlier page.',
            )


def _end(definition: Definition, asked: Set[str], known: Set[str]) -> Iterator[Obstacle]:
    for words in definition.thanks:
        yield from _said("thanks", words.text, definition.languages, "un texto", "a text")
        yield from _rule("thanks", words.rule, asked | known)
        yield from _piped("thanks", [words.text], asked)
    for quota in definition.quotas:
        yield from _rule("quotas", quota.rule, asked | known)


def _unreadable(fault: contrast.Fault) -> Obstacle:
    es, en = {"text": ("El texto", "The text"), "accent": ("El color", "The accent")}[fault.colour]
    ratio = f"{fault.ratio:.2f}"
    return Obstacle(
        "look",
        f"{es} no se lee sobre el fondo: contraste {ratio.replace('.', ',')}, hace falta 4,5.",
        f"{en} can not be read on the background: contrast {ratio}, 4.5 is needed.",
    )
