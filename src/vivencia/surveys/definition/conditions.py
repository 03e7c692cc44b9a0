"""Rules as a plain form has them: a few lines, all or any of them; and back.

A rule that is richer (brackets, `not` of something else) has no lines: it stays as it is written.
Values are typed as people say them: a number, or the text of a choice in any language.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from vivencia.lib.errors import BadInput
from vivencia.surveys.definition import rules
from vivencia.surveys.definition.piping import in_language
from vivencia.surveys.definition.rules import ORDERS, All, Any, Compare, Not, Rule, Value
from vivencia.surveys.definition.schema import Definition, Element, Text, Type

ANSWERED = "answered"  # written `not {x} empty`
WITHOUT_VALUE = ("empty", ANSWERED)
OPERATORS: dict[str, Text] = {
    "=": {"es": "es", "en": "is"},
    "!=": {"es": "no es", "en": "is not"},
    "in": {"es": "es una de", "en": "is one of"},
    "<": {"es": "es menor que", "en": "is below"},
    "<=": {"es": "es como mucho", "en": "is at most"},
    ">=": {"es": "es al menos", "en": "is at least"},
    ">": {"es": "es mayor que", "en": "is above"},
    "contains": {"es": "incluye", "en": "includes"},
    "empty": {"es": "no se ha respondido", "en": "was not answered"},
    ANSWERED: {"es": "se ha respondido", "en": "was answered"},
}


class Line(NamedTuple):
    """One condition: a question, how it is compared, and with what, as a person types it."""

    name: str
    operator: str
    value: str = ""


class Form(NamedTuple):
    """`joined` is "all" or "any"; `lines` None when the rule is richer than lines can say."""

    joined: str
    lines: list[Line] | None


def form(definition: Definition, text: str, language: str) -> Form:
    """A rule as the form shows it, choices by their texts in `language`."""
    if not text:
        return Form("all", [])
    rule = rules.parse(text)
    parts = rule.rules if isinstance(rule, (All, Any)) else (rule,)
    lines = [_line(definition, part, language) for part in parts]
    found = [line for line in lines if line is not None]
    joined = "any" if isinstance(rule, Any) else "all"
    return Form(joined, found if len(found) == len(lines) else None)


def _line(definition: Definition, part: Rule, language: str) -> Line | None:
    match part:
        case Not(Compare(name, "empty")):
            return Line(name, ANSWERED)
        case Compare(name, operator, values):
            shown = (_shown(definition, name, value, language) for value in values)
            return Line(name, operator, ", ".join(shown))
    return None


def values(definition: Definition, name: str, language: str) -> list[str]:
    """What the answer to a question can be, as a person types it in a line: the steps of a scale,
    choices by their texts, yes and no, the places of a ranking; nothing for words."""
    element = _element(definition, name)
    if element is None:
        return []
    if element.type is Type.consent:
        return ["sí", "no"] if language == "es" else ["yes", "no"]
    if element.type is Type.ranking:
        return [str(place) for place in range(1, len(element.choices) + 1)]
    if element.choices:
        other = ["other"] if element.other else []
        return [in_language(one.text, language) or one.id for one in element.choices] + other
    return [str(step) for step in element.steps()]


def written(definition: Definition, joined: str, lines: Sequence[Line]) -> str:
    """The rule of the lines that name a question; BadInput says what a line lacks."""
    parts = [_rule(definition, line) for line in lines if line.name]
    if not parts:
        return ""
    if len(parts) == 1:
        return rules.written(parts[0])
    return rules.written(Any(tuple(parts)) if joined == "any" else All(tuple(parts)))


def _rule(definition: Definition, line: Line) -> Rule:
    if line.operator not in OPERATORS:
        raise _bad("Elige cómo se compara.", "Choose how it is compared.")
    if line.operator == ANSWERED:
        return Not(Compare(line.name, "empty"))
    if line.operator == "empty":
        return Compare(line.name, "empty")
    typed = line.value.split(",") if line.operator == "in" else [line.value]
    values = tuple(_value(definition, line.name, one.strip()) for one in typed)
    if line.operator in ORDERS and not all(isinstance(one, (int, float)) for one in values):
        raise _bad(f"«{line.value}» no es un número.", f"“{line.value}” is no number.")
    return Compare(line.name, line.operator, values)


def _value(definition: Definition, name: str, typed: str) -> Value:
    if not typed:
        raise _bad("A la condición le falta un valor.", "The condition has no value.")
    element = _element(definition, name)
    if element is not None and element.type is Type.consent:
        return typed.casefold() not in ("no", "false")
    if element is None or not element.choices or element.type is Type.ranking:
        return _number(typed)
    for choice in element.choices:
        if typed.casefold() in {choice.id, *(words.casefold() for words in choice.text.values())}:
            return choice.id
    if element.other and typed == "other":
        return typed
    raise _bad(f"«{typed}» no es una opción de esa pregunta.",
               f"“{typed}” is no choice of that question.")  # fmt: skip


def _number(typed: str) -> Value:
    """A number where one is typed, with a point or a comma; else the words themselves."""
    try:
        number = float(typed.replace(",", "."))
    except ValueError:
        return typed
    if not abs(number) < 1e9:  # nor infinity, nor what is no number
        raise _bad(f"«{typed}» es demasiado.", f"“{typed}” is too much.")
    return int(number) if number == int(number) else round(number, 6)


def _shown(definition: Definition, name: str, value: Value, language: str) -> str:
    element = _element(definition, name)
    if isinstance(value, bool):
        return {"es": ("no", "sí"), "en": ("no", "yes")}["es" if language == "es" else "en"][value]
    for choice in element.choices if element else ():
        words = in_language(choice.text, language)
        if choice.id == value and words and "," not in words:
            return words
    return str(value)


def _element(definition: Definition, name: str) -> Element | None:
    key = name.partition(".")[0]
    return next((element for element in definition.elements() if element.id == key), None)


def _bad(es: str, en: str) -> BadInput:
    return BadInput(es=es, en=en, reason="bad_condition")
