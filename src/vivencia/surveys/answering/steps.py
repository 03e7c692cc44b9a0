"""The way through one survey: which step comes, what a post answers, when it is at its end.

Pure. The headline question is a step of its own before its page, so that the score is saved at
once; then the pages follow, each with what is still to be asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

import msgspec

from vivencia.surveys.definition import rules
from vivencia.surveys.definition.answers import (
    Answers,
    Posted,
    Problem,
    is_visible,
    next_page,
    take,
)
from vivencia.surveys.definition.schema import Definition, Element, Page, Type

SCORE = "_score"  # the step of the headline question; no page can have this name
END = ""
# Names of the channel's own that a form posts beside the answers.
SEAL, STEP, FINISH, SEEN, TRAP, LANGUAGE = "_seal", "_step", "_finish", "_seen", "_mail", "_lang"
PART = "_part"  # only some of the step's questions are answered yet: it stays the step
CUSTOMER, SIGNED, SWITCH = "_customer", "_signed", "_switch"


class Step(NamedTuple):
    """What one post came to: all answers, what is wrong with them, and the step that follows."""

    answers: Answers
    problems: dict[str, Problem]
    next: str

    @property
    def ends(self) -> bool:
        return self.next == END and not self.problems


def first_step(definition: Definition, known: Answers | None = None) -> str:
    """The headline question when it stands on the first page with others, else that page."""
    page = next_page(definition, None, known or {})
    if page is None:
        return END
    asked = definition.page(page)
    headline = definition.headline()
    together = headline in asked.elements and len(asked.elements) > 1
    return SCORE if together and headline is not None and headline.rule is None else page


def page_of(definition: Definition, step: str) -> Page:
    """The page a step draws; BadInput for a step the survey has not."""
    return _score_alone(_Same(definition)).pages[0] if step == SCORE else definition.page(step)


def drawn(definition: Definition, step: str, answers: Answers) -> list[Element]:
    """What a step shows: all that is asked, and what an answer on the same page may yet show.

    A headline that was answered on its own step is not asked again on its page.
    """
    page = page_of(definition, step)
    here = {element.id for element in page.elements} - answered_before(definition, step, answers)
    return [
        element
        for element in page.elements
        if element.id in here
        and (
            is_visible(element, answers)
            or (element.rule is not None and bool(rules.names(element.rule) & here))
        )
    ]


def answered_before(definition: Definition, step: str, answers: Answers) -> set[str]:
    """The questions of this page that an earlier step has already answered."""
    headline = definition.headline()
    if step == SCORE or headline is None or headline.id not in answers:
        return set()
    first = first_step(definition)
    return {headline.id} if first == SCORE and headline in definition.page(step).elements else set()


def answer(
    definition: Definition,
    step: str,
    posted: Posted,
    before: Answers,
    files: Mapping[str, str | Problem] | None = None,
) -> Step:
    """What a post of one step comes to. Raises BadInput for what no form of ours can post.

    A channel that asks one question at a time posts what it has of a step as a PART of it: what
    is not asked yet is not missing.
    """
    went = _whole(definition, step, posted, before, files)
    if PART not in posted:
        return went
    answered = {name.partition(".")[0] for name in posted}
    problems = {name: one for name, one in went.problems.items() if name in answered}
    answers = {
        name: one
        for name, one in went.answers.items()
        if one is not False or name in answered or name in before
    }
    return Step(answers, problems, step)


def _whole(
    definition: Definition,
    step: str,
    posted: Posted,
    before: Answers,
    files: Mapping[str, str | Problem] | None,
) -> Step:
    """The same for all of a step.

    Earlier answers to the same page are replaced, so that what is emptied is gone; but a file
    stays until another takes its place, since no form can be filled with it again. What is
    posted as the name of a file is never believed: `files` says it.
    """
    posted = {name: values for name, values in posted.items() if not name.startswith("_")}
    if step == SCORE:
        taken, problems = take(_score_alone(_Same(definition)), SCORE, posted)
        answers = {**before, **taken}
        following = _following(definition, None, answers)
        return Step(answers, problems, following or END)
    page = definition.page(step)
    for name in answered_before(definition, step, before):
        posted.setdefault(name, [str(before[name])])
    for element in page.elements:
        if element.type is Type.file:
            _put_file(element.id, posted, before, files or {})
    own = {element.id for element in page.elements}
    others = {name: one for name, one in before.items() if name.partition(".")[0] not in own}
    taken, problems = take(definition, step, posted, others)
    answers = {**others, **taken}
    asked = {element.id for element in drawn(definition, step, answers)}
    refused = {name: one for name, one in (files or {}).items() if isinstance(one, dict)}
    problems |= {name: one for name, one in refused.items() if name in asked}
    return Step(answers, problems, _following(definition, step, answers) or END)


def _put_file(
    name: str,
    posted: dict[str, list[str]],
    before: Answers,
    files: Mapping[str, str | Problem],
) -> None:
    posted.pop(name, None)
    kept = files.get(name) or before.get(name)
    if isinstance(kept, str):
        posted[name] = [kept]


def files_of(definition: Definition, answers: Answers) -> dict[str, str]:
    """The names of the files among the answers, by question."""
    files = (one.id for one in definition.elements() if one.type is Type.file)
    return {name: str(answers[name]) for name in files if name in answers}


def _following(definition: Definition, page: str | None, answers: Answers) -> str | None:
    """The next page that has something left to ask: a score alone on its page was asked before."""
    found = next_page(definition, page, answers)
    while found is not None and not drawn(definition, found, answers):
        found = next_page(definition, found, answers)
    return found


def has_files(definition: Definition, step: str) -> bool:
    return any(one.type is Type.file for one in page_of(definition, step).elements)


def typed(posted: Mapping[str, list[str]]) -> dict[str, list[str]]:
    """What a person typed, without the channel's own names: shown again beside a problem."""
    return {name: values for name, values in posted.items() if not name.startswith("_")}


class _Same:
    """A definition as a key: the same object is the same."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition

    def __hash__(self) -> int:
        return id(self.definition)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.definition is self.definition


@lru_cache(maxsize=256)
def _score_alone(same: _Same) -> Definition:
    """The survey as if it asked its headline question alone."""
    headline = same.definition.headline()
    elements = (msgspec.structs.replace(headline, required=True),) if headline else ()
    page = Page(id=SCORE, elements=elements)
    return msgspec.structs.replace(same.definition, pages=(page,), named_headline="")
