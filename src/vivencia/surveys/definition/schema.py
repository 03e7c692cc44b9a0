"""A survey's definition, format 1: pages of elements with texts in several languages.

`read` takes JSON or its builtins and answers a Definition that every other module may trust:
sizes bounded, ids unique, rules that parse. What makes it ready to be asked (texts in every
language, enough choices) is in obstacles.py, since a draft may still lack it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from enum import StrEnum
from functools import cached_property

import msgspec

from vivencia.lib.errors import BadInput
from vivencia.surveys.definition import rules

Text = dict[str, str]  # by language

FORMAT = 1
MOST_BYTES = 256 * 1024
MOST_PAGES, MOST_ELEMENTS, MOST_CHOICES, MOST_ROWS = 50, 200, 100, 50
MOST_THANKS, MOST_QUOTAS, MOST_LANGUAGES = 20, 50, 10
LONGEST_TEXT, LONGEST_NAME, MOST_LINES = 2000, 32, 20
OTHER = "other"
RESERVED = frozenset({"person"})  # {person.name} is piped from the person, not from an answer

_ID = re.compile(r"[a-z][a-z0-9_]{0,31}", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}", re.ASCII)
_LOCALE = re.compile(r"[a-z]{2,3}(-[A-Z]{2})?", re.ASCII)
_COLOUR = re.compile(r"#[0-9a-f]{6}", re.ASCII)


class Type(StrEnum):
    """What an element asks for."""

    nps = "nps"
    csat = "csat"
    ces = "ces"
    rating = "rating"
    choice = "choice"
    choices = "choices"
    matrix = "matrix"
    ranking = "ranking"
    text = "text"
    email = "email"
    phone = "phone"
    date = "date"
    consent = "consent"
    file = "file"


# The scales an element of a type may have, the usual one first.
SCALES_OF: dict[Type, tuple[str, ...]] = {
    Type.nps: ("nps",),
    Type.csat: ("csat5", "csat3"),
    Type.ces: ("ces7", "ces5"),
    Type.rating: ("rating5", "rating3", "rating7", "rating10"),
}
STEPS: dict[str, tuple[int, int]] = {
    "nps": (0, 10),
    "csat5": (1, 5), "csat3": (1, 3),
    "ces7": (1, 7), "ces5": (1, 5),
    "rating3": (1, 3), "rating5": (1, 5), "rating7": (1, 7), "rating10": (1, 10),
}  # fmt: skip
WITH_CHOICES = frozenset({Type.choice, Type.choices, Type.matrix, Type.ranking})
WITH_OTHER = frozenset({Type.choice, Type.choices})


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True,
            omit_defaults=True, rename={"visible_if": "visibleIf", "rule": "if"}):  # fmt: skip
    """Every part of a definition: what it does not know it refuses, what is usual it leaves out."""


class Choice(_Part, frozen=True):
    """One answer to pick, one row of a matrix or one thing to rank."""

    id: str
    text: Text = {}


class Ends(_Part, frozen=True):
    """What the two ends of a scale mean."""

    low: Text = {}
    high: Text = {}


class Element(_Part, frozen=True, dict=True):
    """One question."""

    id: str
    type: Type
    title: Text = {}
    hint: Text = {}
    required: bool = False
    visible_if: str = ""
    named_scale: str = msgspec.field(default="", name="scale")
    ends: Ends = Ends()
    choices: tuple[Choice, ...] = ()
    rows: tuple[Choice, ...] = ()
    other: bool = False
    lines: int = 1

    def scale(self) -> str | None:
        """The scale its answers are on, None when it is not scored."""
        scales = SCALES_OF.get(self.type)
        return (self.named_scale or scales[0]) if scales else None

    def steps(self) -> range:
        """Every answer of a scored element, lowest first; empty when it is not scored."""
        low, high = STEPS.get(self.scale() or "", (0, -1))
        return range(low, high + 1)

    @cached_property
    def rule(self) -> rules.Rule | None:
        return rules.parse(self.visible_if) if self.visible_if else None


class Page(_Part, frozen=True, dict=True):
    """Questions that are shown together."""

    id: str
    title: Text = {}
    visible_if: str = ""
    elements: tuple[Element, ...] = ()

    @cached_property
    def rule(self) -> rules.Rule | None:
        return rules.parse(self.visible_if) if self.visible_if else None


class Thanks(_Part, frozen=True):
    """Last words for the answers `rule` holds for; without a rule, for all others."""

    rule: str = ""
    text: Text = {}


class Quota(_Part, frozen=True):
    """No more than `limit` answers that `rule` holds for; without a rule, of all."""

    limit: int
    rule: str = ""


class Look(_Part, frozen=True):
    """Three colours, as #rrggbb; the usual ones are those of every other page."""

    accent: str = "#7a5200"
    background: str = "#faf7f1"
    text: str = "#26211a"


class Definition(_Part, frozen=True, dict=True):
    """A whole survey."""

    format: int
    languages: tuple[str, ...]
    locale: str = ""
    title: Text = {}
    intro: Text = {}
    pages: tuple[Page, ...] = ()
    named_headline: str = msgspec.field(default="", name="headline")
    thanks: tuple[Thanks, ...] = ()
    quotas: tuple[Quota, ...] = ()
    look: Look = Look()

    def elements(self) -> Iterator[Element]:
        """Every element, in the order asked."""
        for page in self.pages:
            yield from page.elements

    def element(self, key: str) -> Element:
        """The element `key`; BadInput when there is none."""
        found = self._by_id.get(key)
        if found is None:
            raise BadInput(
                es=f"Esta encuesta no tiene la pregunta «{key[:LONGEST_NAME]}».",
                en=f'This survey has no question "{key[:LONGEST_NAME]}".',
                reason="unknown_question",
            )
        return found

    def page(self, key: str) -> Page:
        """The page `key`; BadInput when there is none."""
        for page in self.pages:
            if page.id == key:
                return page
        raise BadInput(
            es=f"Esta encuesta no tiene la página «{key[:LONGEST_NAME]}».",
            en=f'This survey has no page "{key[:LONGEST_NAME]}".',
            reason="unknown_page",
        )

    def headline(self) -> Element | None:
        """The element whose score is the survey's own: the one named, else the first scored."""
        if self.named_headline:
            return self._by_id[self.named_headline]
        return next((element for element in self.elements() if element.scale()), None)

    @cached_property
    def _by_id(self) -> dict[str, Element]:
        return {element.id: element for element in self.elements()}


# ------------------------------------------------------------------ reading and writing
def read(raw: bytes | str | dict[str, object]) -> Definition:
    """The definition in `raw`; BadInput names the place where it can not be one."""
    if not isinstance(raw, dict) and len(raw) > MOST_BYTES:
        raise _TOO_LONG
    try:
        if isinstance(raw, dict):
            definition = msgspec.convert(raw, Definition)
        else:
            definition = msgspec.json.decode(raw, type=Definition)
        size = len(written(definition))
    except msgspec.MsgspecError as error:
        raise _bad(
            "definition", f"no se entiende ({error})", f"can not be read ({error})"
        ) from None
    except (UnicodeError, RecursionError):
        raise _bad("definition", "no es texto", "is no text") from None
    if size > MOST_BYTES:
        raise _TOO_LONG
    _check(definition)
    return definition


def written(definition: Definition) -> bytes:
    """The definition as JSON: equal definitions give equal bytes."""
    return msgspec.json.encode(definition, order="deterministic")


def _bad(place: str, es: str, en: str) -> BadInput:
    return BadInput(es=f"{place}: {es}.", en=f"{place}: {en}.", reason="bad_definition")


_TOO_LONG = _bad("definition", "es demasiado larga", "is too long")


def _check(definition: Definition) -> None:
    if definition.format != FORMAT:
        raise _bad("format", "solo se lee el 1", "only 1 is read")
    _languages(definition)
    _at_most(definition.pages, MOST_PAGES, "pages")
    _at_most(list(definition.elements()), MOST_ELEMENTS, "elements")
    _at_most(definition.thanks, MOST_THANKS, "thanks")
    _at_most(definition.quotas, MOST_QUOTAS, "quotas")
    _unique([page.id for page in definition.pages], "pages")
    _unique([element.id for element in definition.elements()], "elements")
    said = _texts_in(definition.languages)
    said(definition.title, "title")
    said(definition.intro, "intro")
    for page in definition.pages:
        said(page.title, f"pages.{page.id}.title")
        _rule(page.visible_if, f"pages.{page.id}.visibleIf")
        for element in page.elements:
            _element(element, said)
    for number, words in enumerate(definition.thanks):
        said(words.text, f"thanks.{number}.text")
        _rule(words.rule, f"thanks.{number}.if")
    for number, quota in enumerate(definition.quotas):
        _rule(quota.rule, f"quotas.{number}.if")
        if not 0 <= quota.limit <= 1_000_000_000:
            raise _bad(f"quotas.{number}.limit", "no es un número de respuestas",
                       "is no number of answers")  # fmt: skip
    _headline(definition)
    _look(definition.look)


def _languages(definition: Definition) -> None:
    languages = definition.languages
    _at_most(languages, MOST_LANGUAGES, "languages")
    if not languages or not all(_LANGUAGE.fullmatch(language) for language in languages):
        raise _bad("languages", "hace falta al menos un idioma, como «es»",
                   'at least one language is needed, such as "es"')  # fmt: skip
    if len(set(languages)) < len(languages):
        raise _bad("languages", "un idioma está dos veces", "a language is there twice")
    if definition.locale and not _LOCALE.fullmatch(definition.locale):
        raise _bad("locale", "no es como «es-MX»", 'is not like "es-MX"')


def _element(element: Element, said: Callable[[Text, str], None]) -> None:
    place = f"elements.{element.id}"
    said(element.title, f"{place}.title")
    said(element.hint, f"{place}.hint")
    said(element.ends.low, f"{place}.ends.low")
    said(element.ends.high, f"{place}.ends.high")
    _rule(element.visible_if, f"{place}.visibleIf")
    if element.named_scale and element.named_scale not in SCALES_OF.get(element.type, ()):
        raise _bad(f"{place}.scale", "esa pregunta no tiene esa escala",
                   "that question has no such scale")  # fmt: skip
    if not 1 <= element.lines <= MOST_LINES:
        raise _bad(f"{place}.lines", f"son de 1 a {MOST_LINES}", f"is 1 to {MOST_LINES}")
    _picks(element.choices, MOST_CHOICES, f"{place}.choices", said, element.type in WITH_CHOICES)
    _picks(element.rows, MOST_ROWS, f"{place}.rows", said, element.type is Type.matrix)
    if element.other and element.type not in WITH_OTHER:
        raise _bad(f"{place}.other", "esta pregunta no tiene «otro»",
                   'this question has no "other"')  # fmt: skip
    if element.other and any(choice.id == OTHER for choice in element.choices):
        raise _bad(f"{place}.choices", "«other» ya es la opción abierta",
                   '"other" is the open choice already')  # fmt: skip


def _picks(
    picks: tuple[Choice, ...],
    most: int,
    place: str,
    said: Callable[[Text, str], None],
    has_them: bool,
) -> None:
    if picks and not has_them:
        raise _bad(place, "esta pregunta no las tiene", "this question has none")
    _at_most(picks, most, place)
    _unique([pick.id for pick in picks], place)
    for pick in picks:
        said(pick.text, f"{place}.{pick.id}.text")


def _texts_in(languages: tuple[str, ...]) -> Callable[[Text, str], None]:
    """A check that a text is in these languages only, bounded, and written in characters."""

    def said(text: Text, place: str) -> None:
        for language, words in text.items():
            if language not in languages:
                raise _bad(place, "hay un idioma que la encuesta no tiene",
                           "has a language that the survey has not")  # fmt: skip
            if len(words) > LONGEST_TEXT or "\0" in words:
                raise _bad(f"{place}.{language}", f"son más de {LONGEST_TEXT} caracteres",
                           f"is over {LONGEST_TEXT} characters")  # fmt: skip

    return said


def _rule(text: str, place: str) -> None:
    if text:
        try:
            rules.parse(text)
        except BadInput as error:
            raise _bad(place, error.es.rstrip("."), error.en.rstrip(".")) from None


def _headline(definition: Definition) -> None:
    if not definition.named_headline:
        return
    named = [e for e in definition.elements() if e.id == definition.named_headline]
    if not named or not named[0].scale():
        raise _bad("headline", "no es una pregunta con nota", "is no scored question")


def _look(look: Look) -> None:
    for name in ("accent", "background", "text"):
        if not _COLOUR.fullmatch(getattr(look, name)):
            raise _bad(f"look.{name}", "un color se escribe #rrggbb",
                       "a colour is written #rrggbb")  # fmt: skip


def _unique(ids: list[str], place: str) -> None:
    for key in ids:
        if not _ID.fullmatch(key) or (place == "elements" and key in RESERVED):
            raise _bad(f"{place}.{key[:LONGEST_NAME]}",
                       "un nombre son letras minúsculas, cifras y _, y empieza por letra",
                       "a name is small letters, digits and _, and begins with a letter",
                       )  # fmt: skip
    if len(set(ids)) < len(ids):
        raise _bad(place, "un nombre está dos veces", "a name is there twice")


def _at_most(items: object, most: int, place: str) -> None:
    if len(items) > most:  # type: ignore[arg-type]
        raise _bad(place, f"son más de {most}", f"more than {most}")
