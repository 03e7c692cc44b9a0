"""The filter chips of a view: each says what is chosen and leads to every other choice. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from vivencia.columns.chips import add_chip, filter_chips, period_chip
from vivencia.lib import formats
from vivencia.lib.address import View
from vivencia.lib.chips import Chip, Choice

AGAINST = {"es": "Frente a", "en": "Against"}
NOTHING = {"es": "nada", "en": "nothing"}


def chips(
    view: View, *, today: dt.date, until: dt.date, fields: Sequence[str], language: str
) -> list[Chip]:
    """Period, comparison, every filter, and one to add. `until` is the last day with data."""
    return [
        period_chip(view, today=today, until=until, language=language),
        *_against(view, language),
        *filter_chips(view, language),
        add_chip(view, fields, language),
    ]


def _against(view: View, language: str) -> list[Chip]:
    """The period before, and nothing; no chip where there is no period before."""
    earlier, tongue = view.period.before(), formats.tongue(language)
    if earlier is None:
        return []
    said = earlier.said(language)
    choices = [
        Choice(said, view.comparing(True).address(), current=view.compare),
        Choice(NOTHING[tongue], view.comparing(False).address(), current=not view.compare),
    ]
    return [Chip(AGAINST[tongue], said if view.compare else NOTHING[tongue], choices=choices)]
