"""What each column was taken for, in the words of the import pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils import translation
from django.utils.translation import gettext as _

from vivencia.interactions.imports import words
from vivencia.interactions.mapping import Guess, Mapping


def told(guesses: Sequence[Guess], mapping: Mapping, language: str) -> Iterator[str]:
    """A line for each column that is used, those in doubt marked; then those that are not."""
    with translation.override("es" if language.startswith("es") else "en"):
        used = set(mapping.used_columns())
        for one in guesses:
            if one.column in used:
                yield f"{one.column} → {_meant(one)}{_doubt(one)}"
        if rest := [one.column for one in guesses if one.column not in used]:
            yield f"{', '.join(rest)} → {words.LEFT_OUT}"


def _meant(one: Guess) -> str:
    if one.target == "score":
        return str(words.SCALES.get(one.scale, one.scale))
    return words.target_said("score" if one.target == "row_score" else one.target)


def _doubt(one: Guess) -> str:
    return f" ({_('in doubt')})" if one.sure == "ask" else ""
