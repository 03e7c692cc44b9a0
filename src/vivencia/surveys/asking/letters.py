"""What an invitation says: the first question inside, in plain text and in HTML.

Nothing in it is fetched from anywhere, and nothing tells that it was opened.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypedDict
from urllib.parse import urlencode

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from vivencia.outbox.compose import LONGEST_SUBJECT, Content
from vivencia.surveys.definition.piping import in_language, pipe
from vivencia.surveys.definition.schema import Definition, Element


class Letter(NamedTuple):
    """What a letter is made of."""

    definition: Definition
    language: str
    url: str  # of the survey, with the person's token
    unsubscribe: str
    organisation: str
    person: Mapping[str, object]
    again: bool = False  # a reminder


def invitation(letter: Letter) -> Content:
    """The words of the invitation in `letter.language`, as a mail carries them."""
    with translation.override(letter.language):
        said = _said(letter)
        html = render_to_string("surveys/asking/invitation.html", {**said}).strip() + "\n"
        return Content(said["subject"], _plain(said), html)


def short(letter: Letter, asked: str) -> Content:
    """The same as a short message: the question `asked`, to be answered by a reply or on the
    page; the page alone where no question can be put that way."""
    with translation.override(letter.language):
        said = _said(letter)
        sender = f"{said['organisation']}: " if said["organisation"] else ""
        begins = sender + (_("a reminder.") + " " if letter.again else "")
        page = _("Or here: %(url)s") % said if asked else said["url"]
        lines = [begins + (asked or said["question"]), page, _("To hear no more, reply STOP.")]
        return Content(said["subject"], "\n".join(lines))


class _Said(TypedDict):
    """The parts of a letter, in its language."""

    subject: str
    greeting: str
    question: str
    scores: list[tuple[int, str]]
    last_score: int | str
    ends: tuple[str, str]
    url: str
    unsubscribe: str
    organisation: str
    language: str


def _plain(said: _Said) -> str:
    """The letter as plain text: no template, since nothing here is escaped."""
    low, high = said["ends"]
    parts = [
        said["greeting"],
        said["question"],
        f"{low} … {high}" if low else "",
        "\n".join(f"{score}: {url}" for score, url in said["scores"]) or said["url"],
        _("One person, one answer. The link works until it is used, or for 30 days."),
        said["organisation"],
        _("If you would rather not be asked again:") + f" {said['unsubscribe']}",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _said(letter: Letter) -> _Said:
    definition, language = letter.definition, letter.language
    first = next(definition.elements(), None)
    title = _filled(letter, in_language(definition.title, language))
    question = _filled(letter, in_language(first.title, language)) if first else title
    scores = _scores(first, letter.url) if first and first == definition.headline() else []
    return {
        "subject": _subject(title, again=letter.again),
        "greeting": _greeting(letter),
        "question": question,
        "scores": scores,
        "last_score": scores[-1][0] if scores else "",
        "ends": _ends(first, language) if first else ("", ""),
        "url": letter.url,
        "unsubscribe": letter.unsubscribe,
        "organisation": letter.organisation,
        "language": language,
    }


def _scores(first: Element, url: str) -> list[tuple[int, str]]:
    """Each score with the link that chooses it; looking at it records nothing."""
    return [(score, f"{url}?{urlencode({'score': score})}") for score in first.steps()]


def _ends(first: Element, language: str) -> tuple[str, str]:
    return in_language(first.ends.low, language), in_language(first.ends.high, language)


def _greeting(letter: Letter) -> str:
    name = " ".join(str(letter.person.get("name", "")).split())[:80]
    return _("Hello, %(name)s:") % {"name": name} if name else _("Hello:")


def _subject(title: str, *, again: bool) -> str:
    """One line, whatever the title holds."""
    subject = " ".join(title.split())
    if again:
        subject = _("A reminder: %(title)s") % {"title": subject}
    return subject[:LONGEST_SUBJECT]


def _filled(letter: Letter, text: str) -> str:
    """The text with what is known of the person; logic-less, and escaped by the templates."""
    return pipe(text, {}, letter.person)
