"""What a person posted, read by the definition; and what the answers become.

A channel posts names and texts, as a form does; names that begin with `_` are the channel's own:

    nps=9                      scored elements, text, e-mail, phone, date (ISO), file (its key)
    feel=joy  feel.other=…     choice; `other` with its words
    want=app  want=web         choices, one for each
    ten.quality=4              matrix: row and choice
    order.price=1              ranking: the place of each item
    agree=yes                  consent

Answers hold, by element: a whole number, a choice's id, a list of ids (choices; ranking, best
first), {row: choice}, a text, or True (False: consent was asked for and not given); `feel.other`
beside them. Only what is visible counts:
an answer whose question was hidden by a later one is in no score, fact or vault.
"""

from __future__ import annotations

from collections.abc import Mapping

from vivencia.lib.errors import BadInput
from vivencia.surveys.definition import rules
from vivencia.surveys.definition.schema import (
    OTHER,
    WITH_CHOICES,
    Definition,
    Element,
    Page,
    Type,
)
from vivencia.surveys.definition.taking import Answers, Posted, Problem, take_element

__all__ = ["Answers", "Posted", "Problem", "complete", "fact_names", "facts", "is_visible",
           "next_page", "private", "scores", "shown", "take", "take_element",
           "visible"]  # fmt: skip

PRIVATE = frozenset({Type.text, Type.email, Type.phone, Type.date, Type.file})


# ------------------------------------------------------------------ taking what was posted
def take(
    definition: Definition, page_id: str, posted: Posted, before: Answers | None = None
) -> tuple[Answers, dict[str, Problem]]:
    """(answers of that page, problems by element): what is good is there, whatever else is not.

    `before` are the answers of earlier pages: a question they hide is neither required nor kept.
    Raises BadInput (422) for a question or option that the page has not, as no honest form does.
    """
    page = definition.page(page_id)
    _known(page, posted)
    taken: Answers = {}
    problems: dict[str, Problem] = {}
    for element in page.elements:
        found, problem = take_element(element, posted)
        taken.update(found)
        if problem:
            problems[element.id] = problem
    answers = {**(before or {}), **taken}
    asked = next((e for at, e in visible(definition, answers) if at.id == page_id), [])
    for element in asked:
        if element.required and element.id not in taken:
            problems.setdefault(element.id, _missing(element))
        elif element.type is Type.consent and element.id not in problems:
            taken.setdefault(element.id, False)  # asked for, and not given
    there = {element.id for element in asked}
    return (
        {name: value for name, value in taken.items() if name.partition(".")[0] in there},
        {name: problem for name, problem in problems.items() if name in there},
    )


def _known(page: Page, posted: Posted) -> None:
    names = {name for element in page.elements for name in _names_of(element)}
    for name in posted:
        if name not in names and not name.startswith("_"):
            raise BadInput(
                es=f"Esta página no pregunta «{name[:65]}».",
                en=f'This page does not ask "{name[:65]}".',
                reason="unknown_question",
            )


def _names_of(element: Element) -> list[str]:
    """The names a form may post for an element."""
    if element.type is Type.matrix:
        return [f"{element.id}.{row.id}" for row in element.rows]
    if element.type is Type.ranking:
        return [f"{element.id}.{item.id}" for item in element.choices]
    return [element.id, f"{element.id}.{OTHER}"] if element.other else [element.id]


def _missing(element: Element) -> Problem:
    if element.scale():
        return {"es": "Elija una nota.", "en": "Choose a score."}
    if element.type in WITH_CHOICES:
        return {"es": "Elija una opción.", "en": "Choose an option."}
    if element.type is Type.consent:
        return {"es": "Hace falta su consentimiento para seguir.",
                "en": "Your consent is needed to go on."}  # fmt: skip
    return {"es": "Falta responder a esta pregunta.", "en": "This question needs an answer."}


# ------------------------------------------------------------------ the way through
def is_visible(part: Element | Page, answers: Mapping[str, object]) -> bool:
    """Whether a page or an element is asked, given the answers so far."""
    return part.rule is None or rules.holds(part.rule, answers)


def visible(definition: Definition, answers: Answers) -> list[tuple[Page, list[Element]]]:
    """The pages and elements that these answers lead through, in order; no empty page.

    Judged from the first on: an answer given to a question that is hidden now decides nothing.
    A name that is no question's (`plan`, say) is what the channel knows beside the answers.
    """
    own = {element.id for element in definition.elements()}
    seen = {name: one for name, one in answers.items() if name.partition(".")[0] not in own}
    found = []
    for page in definition.pages:
        if not is_visible(page, seen):
            continue
        elements = []
        for element in page.elements:
            if is_visible(element, seen):
                elements.append(element)
                seen.update(_of(element, answers))
        if elements:
            found.append((page, elements))
    return found


def shown(page: Page, answers: Answers) -> list[Element]:
    """What a page draws: the visible, and those that an answer on this same page may yet show.

    A page works without scripts, so what may be needed is there, and `take` drops what is not.
    """
    here = {element.id for element in page.elements}
    return [
        element
        for element in page.elements
        if is_visible(element, answers)
        or (element.rule is not None and rules.names(element.rule) & here)
    ]


def next_page(definition: Definition, page_id: str | None, answers: Answers) -> str | None:
    """The page after `page_id` (None: the first) that has something to show; None at the end."""
    ids = [page.id for page in definition.pages]
    start = 0 if page_id is None else ids.index(definition.page(page_id).id) + 1
    kept = _kept(definition, answers)
    for page in definition.pages[start:]:
        if is_visible(page, kept) and shown(page, kept):
            return page.id
    return None


def complete(definition: Definition, answers: Answers) -> bool:
    """Whether every required question that these answers lead through has its answer."""
    return all(
        element.id in answers
        for _, elements in visible(definition, answers)
        for element in elements
        if element.required
    )


def _of(element: Element, answers: Answers) -> Answers:
    names = (element.id, f"{element.id}.{OTHER}")
    return {name: answers[name] for name in names if name in answers}


def _answered(definition: Definition, answers: Answers) -> list[tuple[Element, object]]:
    """The visible elements that have an answer, in order."""
    return [
        (element, answers[element.id])
        for _, elements in visible(definition, answers)
        for element in elements
        if element.id in answers
    ]


def _kept(definition: Definition, answers: Answers) -> Answers:
    """The answers without those to hidden questions."""
    asked = {element.id for _, elements in visible(definition, answers) for element in elements}
    hidden = {element.id for element in definition.elements()} - asked
    return {name: one for name, one in answers.items() if name.partition(".")[0] not in hidden}


# ------------------------------------------------------------------ what answers become
def scores(definition: Definition, answers: Answers) -> list[tuple[Element, int]]:
    """Each scored element answered, with its score in whole thousandths, in the order asked."""
    return [
        (element, value * 1000)
        for element, value in _answered(definition, answers)
        if element.scale() and isinstance(value, int)
    ]


def facts(slug: str, definition: Definition, answers: Answers) -> dict[str, str | float | bool]:
    """What goes to the log as facts, by name: ids of the definition, never anybody's words."""
    found: dict[str, str | float | bool] = {}
    for element, value in _answered(definition, answers):
        for name, one in _facts_of(element, value).items():
            found[".".join((slug, element.id, *filter(None, [name])))] = one
    return found


def _facts_of(element: Element, value: object) -> dict[str, str | float | bool]:
    if element.type is Type.choice and isinstance(value, str):
        return {"": value}
    if element.type is Type.consent:
        return {"": value is True}
    if element.type is Type.matrix and isinstance(value, dict):
        return value
    if element.type is Type.ranking and isinstance(value, list):
        return {item: place for place, item in enumerate(value, 1)}
    if element.type is Type.choices and isinstance(value, list):
        return {option: option in value for option in options_of(element)}
    return {}


def options_of(element: Element) -> list[str]:
    """The ids that can be picked, `other` last."""
    return [choice.id for choice in element.choices] + ([OTHER] if element.other else [])


def fact_names(slug: str, definition: Definition) -> dict[str, str]:
    """Every fact its answers may write, with its sort, to be declared on publishing."""
    found = {}
    for element in definition.elements():
        start = f"{slug}.{element.id}"
        if element.type is Type.choice:
            found[start] = "category"
        elif element.type is Type.consent:
            found[start] = "yesno"
        elif element.type is Type.matrix:
            found |= {f"{start}.{row.id}": "category" for row in element.rows}
        elif element.type is Type.ranking:
            found |= {f"{start}.{item.id}": "number" for item in element.choices}
        elif element.type is Type.choices:
            found |= {f"{start}.{option}": "yesno" for option in options_of(element)}
    return found


def private(definition: Definition, answers: Answers) -> dict[str, str]:
    """What goes to the vault, by element: words, contact details, dates, keys of files."""
    found = {}
    for element, value in _answered(definition, answers):
        if element.type in PRIVATE:
            found[element.id] = str(value)
        if f"{element.id}.{OTHER}" in answers:
            found[f"{element.id}.{OTHER}"] = str(answers[f"{element.id}.{OTHER}"])
    return found
