"""What an activity is called on a page: a declared kind's sentence, else the text it came with."""

from __future__ import annotations

from vivencia.columns.words import FIELDS, value_word
from vivencia.interactions import kinds
from vivencia.interactions.vocabulary import VALUES
from vivencia.lib import formats

NO_VALUE = {"es": "(vacío)", "en": "(empty)"}
YES_NO = {"yes": {"es": "Sí", "en": "Yes"}, "no": {"es": "No", "en": "No"}}
IN_ADDRESS = "∅"  # how an address writes the empty activity, as an empty word is no word


def label(activity: str, field: str, language: str) -> str:
    """`activity` of `field` as a person reads it."""
    tongue = formats.tongue(language)
    if not activity:
        return NO_VALUE[tongue]
    if field == "kind":
        kind = kinds.kind_of(activity)
        return kind.sentence[tongue] if kind else activity
    if field not in FIELDS and activity in YES_NO:  # a declared fact
        return YES_NO[activity][tongue]
    said = value_word(field, activity, language)
    return said[:1].upper() + said[1:] if activity in VALUES.get(field, {}) else said


def written(activity: str) -> str:
    """`activity` as an address carries it; `read` turns it back."""
    return activity or IN_ADDRESS


def read(text: str) -> str:
    """The activity an address names."""
    return "" if text == IN_ADDRESS else text
