"""The filter chips of a view: each says what is chosen and leads to every other choice. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from vivencia.lib import formats
from vivencia.lib.address import View
from vivencia.lib.chips import Chip, Choice
from vivencia.lib.period import ALL, Period, last_days, month_of
from vivencia.reports.words import field_word, value_word

SAID = {
    "period": {"es": "Periodo", "en": "Period"},
    "against": {"es": "Frente a", "en": "Against"},
    "nothing": {"es": "nada", "en": "nothing"},
    "before": {"es": "lo anterior", "en": "the one before"},
    "add": {"es": "Añadir filtro", "en": "Add a filter"},
    "or": {"es": " o ", "en": " or "},
}
MONTHS_OFFERED = 4


def chips(
    view: View, *, today: dt.date, until: dt.date, fields: Sequence[str], language: str
) -> list[Chip]:
    """Period, comparison, every filter, and one to add. `until` is the last day with data."""
    tongue = formats.tongue(language)
    word = {name: said[tongue] for name, said in SAID.items()}
    filters = [
        Chip(
            field_word(name, language),
            word["or"].join(value_word(name, value, language) for value in values),
            on=True,
            remove_url=view.without(name).address(),
        )
        for name, values in view.where.items()
    ]
    add = Chip(
        word["add"],
        form="add",
        fields=[(name, field_word(name, language)) for name in fields],
        hidden=view.pairs(),
    )
    return [
        _period(view, word["period"], today, until, language),
        *_against(view, word, language),
        *filters,
        add,
    ]


def offered(today: dt.date, until: dt.date) -> list[Period]:
    """The periods a menu names: the last months with data, longer stretches, all there is."""
    months = [month_of(until)]
    for _ in range(MONTHS_OFFERED - 1):
        earlier = months[-1].before()
        months += [earlier] if earlier else []
    year = Period("year", dt.date(until.year, 1, 1), dt.date(until.year + 1, 1, 1))
    recent = [last_days(90, today), last_days(365, today)] if (today - until).days < 90 else []
    return [*months, *recent, year, ALL]


def _period(view: View, name: str, today: dt.date, until: dt.date, language: str) -> Chip:
    choices = [
        Choice(p.said(language), view.over(p).address(), current=p == view.period)
        for p in offered(today, until)
    ]
    kept = [(key, value) for key, value in view.pairs() if key != "period"]
    return Chip(
        name,
        view.period.said(language),
        choices=choices,
        form="dates",
        hidden=kept,
        first=view.period.first or month_of(until).first,
        last=view.period.last or until,
    )


def _against(view: View, word: dict[str, str], language: str) -> list[Chip]:
    earlier = view.period.before()
    if earlier is None:
        return []
    said = earlier.said(language)
    choices = [
        Choice(said, view.comparing(True).address(), current=view.compare),
        Choice(word["nothing"], view.comparing(False).address(), current=not view.compare),
    ]
    return [Chip(word["against"], said if view.compare else word["nothing"], choices=choices)]
