"""Questions as a page draws them: names, options and texts in one language, nothing to decide.

    posted(definition, answers)             what a form would post to give these answers
    fields(elements, language, typed, …)    what the template of questions takes

`take` of what `posted` says gives the answers back, so a page is filled again as it was left.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from vivencia.surveys.definition.piping import in_language, pipe
from vivencia.surveys.definition.schema import OTHER, Choice, Definition, Element, Text, Type
from vivencia.surveys.definition.taking import Answers, Posted, Problem

OTHER_TEXT: Text = {"es": "Otra cosa", "en": "Something else"}
# How a type is drawn: one part of the template each.
KINDS: dict[Type, str] = {
    **dict.fromkeys((Type.nps, Type.csat, Type.ces, Type.rating), "scale"),
    Type.choice: "pick",
    Type.choices: "ticks",
    Type.matrix: "matrix",
    Type.ranking: "ranking",
    Type.text: "area",
    Type.email: "email",
    Type.phone: "tel",
    Type.date: "date",
    Type.consent: "consent",
    Type.file: "file",
}


class Option(NamedTuple):
    value: str
    text: str
    checked: bool


class Row(NamedTuple):
    """One row of a matrix, or one thing to rank, with its own name."""

    name: str
    text: str
    options: list[Option]


class Field(NamedTuple):
    """One question, ready to be drawn."""

    name: str
    kind: str
    title: str
    hint: str
    required: bool
    value: str
    options: list[Option]
    rows: list[Row]
    low: str
    high: str
    lines: int
    other: str | None  # what was typed beside "other"; None: it is not offered
    problem: str

    @property
    def described_by(self) -> str:
        """The ids of what a screen reader says with the question."""
        there = {"hint": self.hint, "ends": self.low or self.high, "problem": self.problem}
        return " ".join(f"{self.name}-{part}" for part, words in there.items() if words)


def fields(
    elements: Iterable[Element],
    language: str,
    typed: Posted | None = None,
    problems: Mapping[str, Problem] | None = None,
    said: Mapping[str, object] | None = None,
    person: Mapping[str, object] | None = None,
) -> list[Field]:
    """The questions in `language`, filled with what was `typed`; `said` (piping.said) and
    `person` fill the places of their texts."""
    drawing = _Drawing(language, typed or {}, problems or {}, said or {}, person or {})
    return [drawing.field(element) for element in elements]


def posted(definition: Definition, answers: Answers) -> dict[str, list[str]]:
    """The names and values of a form that was filled so."""
    found: dict[str, list[str]] = {}
    for element in definition.elements():
        if element.id in answers:
            found |= _posted(element, answers[element.id])
        if f"{element.id}.{OTHER}" in answers:
            found[f"{element.id}.{OTHER}"] = [str(answers[f"{element.id}.{OTHER}"])]
    return found


def _posted(element: Element, answer: object) -> dict[str, list[str]]:
    if isinstance(answer, dict):
        return {f"{element.id}.{row}": [picked] for row, picked in answer.items()}
    if isinstance(answer, list) and element.type is Type.ranking:
        return {f"{element.id}.{item}": [str(place)] for place, item in enumerate(answer, 1)}
    if isinstance(answer, list):
        return {element.id: list(answer)}
    if isinstance(answer, bool):
        return {element.id: ["yes"]} if answer else {}
    return {element.id: [str(answer)]}


class _Drawing:
    def __init__(
        self,
        language: str,
        typed: Posted,
        problems: Mapping[str, Problem],
        said: Mapping[str, object],
        person: Mapping[str, object],
    ) -> None:
        self.language = language
        self.typed = typed
        self.problems = problems
        self.said = said
        self.person = person

    def field(self, element: Element) -> Field:
        kind = KINDS[element.type]
        if kind == "area" and element.lines == 1:
            kind = "text"
        problem = self.problems.get(element.id, {})
        return Field(
            name=element.id,
            kind=kind,
            title=self.words(element.title),
            hint=self.words(element.hint),
            required=element.required,
            value=self.value(element.id),
            options=self.options(element),
            rows=self.rows(element),
            low=self.words(element.ends.low),
            high=self.words(element.ends.high),
            lines=element.lines,
            other=self.value(f"{element.id}.{OTHER}") if element.other else None,
            problem=problem.get(self.language) or problem.get("en", ""),
        )

    def words(self, text: Text) -> str:
        return pipe(in_language(text, self.language), self.said, self.person)

    def value(self, name: str) -> str:
        return (self.typed.get(name) or [""])[-1]

    def options(self, element: Element) -> list[Option]:
        """Steps of a scale, or choices; a matrix and a ranking have them by row."""
        picked = self.typed.get(element.id, [])
        if steps := element.steps():
            return [Option(str(step), str(step), str(step) in picked) for step in steps]
        if element.type not in (Type.choice, Type.choices):
            return []
        found = [self.option(choice, picked) for choice in element.choices]
        if element.other:
            found.append(self.option(Choice(id=OTHER, text=OTHER_TEXT), picked))
        return found

    def rows(self, element: Element) -> list[Row]:
        if element.type is Type.matrix:
            return [self.row(element, row, element.choices) for row in element.rows]
        if element.type is Type.ranking:
            places = [
                Choice(id=str(place), text={self.language: str(place)})
                for place in range(1, len(element.choices) + 1)
            ]
            return [self.row(element, item, places) for item in element.choices]
        return []

    def row(self, element: Element, part: Choice, choices: Iterable[Choice]) -> Row:
        name = f"{element.id}.{part.id}"
        picked = self.typed.get(name, [])
        return Row(name, self.words(part.text), [self.option(one, picked) for one in choices])

    def option(self, choice: Choice, picked: list[str]) -> Option:
        return Option(choice.id, self.words(choice.text), choice.id in picked)
