"""What those who were invited and said nothing could still change of a score, in a sentence."""

from __future__ import annotations

from django.utils.translation import ngettext

from vivencia.lib import formats
from vivencia.scores.definitions import Definition
from vivencia.scores.figures import scale_of
from vivencia.scores.score import HIDDEN_BELOW, Histogram
from vivencia.scores.silence import bounds
from vivencia.surveys.results.funnel import Funnel

INVITED = frozenset({"invited"})  # whose silence is known: nobody else was counted when asked


def said(meaning: Definition, notes: Histogram, sent: Funnel, language: str) -> str:
    """The bounds of one question's score, from the `notes` the invited gave; "" where they are
    fewer than five, or nobody invited was silent."""
    answered = sum(notes.values())
    silent = sent.delivered - answered
    if answered < HIDDEN_BELOW or silent <= 0:
        return ""
    found, scale = bounds(meaning, notes, silent), scale_of(meaning)
    ends = formats.between(
        found.low, found.high, language, scale.decimals, unit=scale.unit, signed=scale.signed
    )
    return ngettext(
        "%(n)s invitation was not answered. Whatever they think, the score of all who were asked "
        "(%(name)s) is %(ends)s.",
        "%(n)s invitations were not answered. Whatever they think, the score of all who were asked "
        "(%(name)s) is %(ends)s.",
        silent,
    ) % {
        "n": formats.number(silent, language),
        "name": meaning.title[formats.tongue(language)],
        "ends": ends,
    }
