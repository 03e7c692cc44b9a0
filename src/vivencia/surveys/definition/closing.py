"""How a survey ends: the last words a person reads, and the quotas their answers fill."""

from __future__ import annotations

from vivencia.surveys.definition import rules
from vivencia.surveys.definition.answers import Answers
from vivencia.surveys.definition.schema import Definition, Text

THANKS: Text = {"es": "Gracias por su respuesta.", "en": "Thank you for your answer."}


def thanks(definition: Definition, answers: Answers) -> Text:
    """The last words, by language: the first whose rule holds, else those without a rule."""
    for words in definition.thanks:
        if words.rule and rules.holds(rules.parse(words.rule), answers):
            return words.text
    return next((words.text for words in definition.thanks if not words.rule), THANKS)


def quotas(definition: Definition, answers: Answers) -> list[int]:
    """The places, in `definition.quotas`, of the quotas that these answers count in."""
    return [
        place
        for place, quota in enumerate(definition.quotas)
        if not quota.rule or rules.holds(rules.parse(quota.rule), answers)
    ]
