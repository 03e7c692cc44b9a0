"""A survey as a device without network needs it: drawn whole, with its rules as plain data.

The device decides only what to show next; what an answer comes to is decided here, by the
machine, when it arrives.
"""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from vivencia.surveys.answering import steps
from vivencia.surveys.answering.versions import Shown
from vivencia.surveys.builder import look
from vivencia.surveys.definition import drawing, rules
from vivencia.surveys.definition.closing import THANKS
from vivencia.surveys.definition.piping import in_language
from vivencia.surveys.definition.rules import All, Compare, Not, Rule
from vivencia.surveys.definition.schema import Definition, Element, Look, Type


def told(version: Shown, organisation: str) -> dict[str, Any]:
    """Everything the device keeps of the survey."""
    definition = version.definition
    headline = definition.headline()
    return {
        "version": version.key,
        "languages": list(definition.languages),
        "look": look.address(definition.look) if definition.look != Look() else "",
        "first": steps.first_step(definition),
        "score": steps.SCORE,
        "headline": headline.id if headline else "",
        "pages": [
            [page.id, [one.id for one in page.elements if one.type is not Type.file]]
            for page in definition.pages
        ],
        "required": [one.id for one in definition.elements() if one.required],
        "rules": {
            one.id: as_data(one.rule) for one in definition.elements() if one.rule is not None
        },
        "thanks": [
            as_data(rules.parse(words.rule)) if words.rule else None for words in definition.thanks
        ],
        "html": {language: _drawn(definition, language, organisation)
                 for language in definition.languages},
        "words": {language: _words(language) for language in definition.languages},
    }  # fmt: skip


def as_data(rule: Rule) -> list[Any]:
    """The rule as lists: ["and", …], ["or", …], ["not", rule] or [operator, name, values]."""
    match rule:
        case Compare(name, operator, values):
            return [operator, name, list(values)]
        case Not(inner):
            return ["not", as_data(inner)]
    return ["and" if isinstance(rule, All) else "or", *map(as_data, rule.rules)]


def _drawn(definition: Definition, language: str, organisation: str) -> str:
    """Every step and every last word in one language; answers repeated in texts stay places."""
    places = {one.id: f"{{{one.id}}}" for one in definition.elements()}

    def fields(elements: tuple[Element, ...]) -> list[drawing.Field]:
        asked = [one for one in elements if one.type is not Type.file]
        return drawing.fields(asked, language, said=places)

    headline = definition.headline()
    found = [(steps.SCORE, "", fields((headline,)))] if headline else []
    found += [
        (page.id, in_language(page.title, language), fields(page.elements))
        for page in definition.pages
    ]
    thanks = [in_language(words.text, language) for words in definition.thanks]
    context = {
        "steps": found, "thanks": [*thanks, in_language(THANKS, language)],
        "title": in_language(definition.title, language), "organisation": organisation,
        "intro": in_language(definition.intro, language),
    }  # fmt: skip
    with translation.override(_chrome(language)):
        return render_to_string("surveys/channels/kiosk_steps.html", context)


def _words(language: str) -> dict[str, str]:
    with translation.override(_chrome(language)):
        return {
            "missing": _("This needs an answer."),
            "email": _("An e-mail is written like name@example.com."),
            "phone": _("A telephone has 6 to 15 digits; its country code begins with +."),
            "rows": _("A row is still without an answer."),
            "places": _("Give each a place of its own, from 1 on."),
            "waiting": _("Answers waiting to be sent: {n}"),
        }


def _chrome(language: str) -> str:
    return language if language in ("es", "en") else "en"
