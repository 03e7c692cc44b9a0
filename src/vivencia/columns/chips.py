"""The filter chips of a view: each says what is chosen and leads to every other choice. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from urllib.parse import urlencode

from vivencia.columns.words import field_word, value_word
from vivencia.lib import formats
from vivencia.lib.address import View
from vivencia.lib.chips import Chip, Choice
from vivencia.lib.period import ALL, Period, holding, last_days, month_of

SAID = {
    "period": {"es": "Periodo", "en": "Period"},
    "add": {"es": "Añadir filtro", "en": "Add a filter"},
    "or": {"es": " o ", "en": " or "},
    "data": {"es": "Datos", "en": "Data"},
    "log": {"es": "el registro", "en": "the log"},
}
MONTHS_OFFERED = 4
RECENT_DAYS = 90


def period_chip(view: View, *, today: dt.date, until: dt.date, language: str) -> Chip:
    """The period, with the others a menu names. `until` is the last day with data."""
    choices = [
        Choice(p.said(language), view.over(p).address(), current=p == view.period)
        for p in offered(today, until)
    ]
    return Chip(
        SAID["period"][formats.tongue(language)],
        view.period.said(language),
        choices=choices,
        form="dates",
        hidden=[(key, value) for key, value in view.pairs() if key != "period"],
        first=view.period.first or month_of(until).first,
        last=view.period.last or until,
    )


def filter_chips(view: View, language: str) -> list[Chip]:
    """One chip for each field that filters, to be taken away."""
    either = SAID["or"][formats.tongue(language)]
    return [
        Chip(
            field_word(name, language),
            either.join(value_word(name, value, language) for value in values),
            on=True,
            remove_url=view.without(name).address(),
        )
        for name, values in view.where.items()
    ]


def add_chip(view: View, fields: Sequence[str], language: str) -> Chip:
    """The chip that adds a filter on one of `fields`."""
    return Chip(
        SAID["add"][formats.tongue(language)],
        form="add",
        fields=[(name, field_word(name, language)) for name in fields],
        hidden=view.pairs(),
    )


def source_chip(tables: Collection[str], shown: str, language: str) -> list[Chip]:
    """The chip that leads from the log to each of the `tables` outside it, and back; none where
    there are none. `shown` is that of the page, empty for the log."""
    if not tables:
        return []
    tongue = formats.tongue(language)
    log = SAID["log"][tongue]
    choices = [Choice(log, "?", current=not shown)]
    choices += [
        Choice(name, "?" + urlencode({"table": name}), current=name == shown) for name in tables
    ]
    return [Chip(SAID["data"][tongue], shown or log, choices=choices)]


def offered(today: dt.date, until: dt.date) -> list[Period]:
    """The periods a menu names: the last months with data, longer stretches, all there is."""
    months = [month_of(until)]
    for _ in range(MONTHS_OFFERED - 1):
        earlier = months[-1].before()
        months += [earlier] if earlier else []
    whole = [holding("quarter", until), holding("year", until)]
    fresh = (today - until).days < RECENT_DAYS
    recent = [last_days(RECENT_DAYS, today), last_days(365, today)] if fresh else []
    return [*months, *recent, *whole, ALL]
