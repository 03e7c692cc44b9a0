"""Texts that repeat what a person answered, or who they are: no logic, no format, no reach.

    You gave us a {nps}.     Dear {person.name|customer}:

`{id}` is an answer as `said` words it, `{person.x}` what the channel knows of the person; after
`|` stands what is said when there is nothing. Whoever shows the text escapes it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from vivencia.surveys.definition.answers import Answers
from vivencia.surveys.definition.schema import OTHER, Definition, Element, Text

LONGEST = 200  # of one answer inside a text
_PLACE = re.compile(
    r"\{([a-z][a-z0-9_]{0,31}(?:\.[a-z][a-z0-9_]{0,31})?)(?:\|([^{}|]{0,100}))?\}", re.ASCII
)


def pipe(text: str, answers: Mapping[str, object], person: Mapping[str, object]) -> str:
    """`text` with its places filled, once: what an answer says is never read as a place."""

    def filled(match: re.Match[str]) -> str:
        name, instead = match[1], match[2] or ""
        known: Mapping[str, object] = answers
        if name.startswith("person."):
            known, name = person, name.removeprefix("person.")
        value = known.get(name)
        return _short(value) if value not in (None, "", []) else instead

    return _PLACE.sub(filled, text)


def places(text: str) -> list[str]:
    """The names a text repeats."""
    return [match[1] for match in _PLACE.finditer(text)]


def said(definition: Definition, answers: Answers, language: str) -> dict[str, str]:
    """The answers as a person would say them: a choice by its text, several with commas."""
    words = {}
    for element in definition.elements():
        if element.id in answers:
            words[element.id] = _said(element, answers, language)
    return words


def _said(element: Element, answers: Answers, language: str) -> str:
    value = answers[element.id]
    texts = {choice.id: in_language(choice.text, language) for choice in element.choices}
    texts[OTHER] = str(answers.get(f"{element.id}.{OTHER}", ""))
    if isinstance(value, dict):
        return ", ".join(texts.get(one, "") for one in value.values())
    if isinstance(value, list):
        return ", ".join(filter(None, (texts.get(one, "") for one in value)))
    return texts.get(value, value) if isinstance(value, str) and element.choices else str(value)


def in_language(text: Text, language: str) -> str:
    """The text in `language`, else in any other it is there in, else nothing."""
    return text.get(language) or next(filter(None, text.values()), "")


def _short(value: object) -> str:
    words = " ".join(str(value).split())
    return words if len(words) <= LONGEST else words[: LONGEST - 1] + "…"
