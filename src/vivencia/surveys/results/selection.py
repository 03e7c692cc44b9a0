"""Which answers of a survey a page or file speaks of: a period and filters, read from its address.

All of an anonymous survey's answers are told together: with answers that enter a few at a time, two
selections would differ by few people sooner or later (promise P7, held against everybody).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from django.utils.text import slugify

from vivencia.columns.calendar import stretch
from vivencia.columns.chips import add_chip, filter_chips, period_chip
from vivencia.columns.filters import Filters
from vivencia.columns.reading import Columns
from vivencia.columns.words import field_word, value_word
from vivencia.interactions.reading import facts
from vivencia.lib import address
from vivencia.lib.address import Query, View
from vivencia.lib.chips import Chip, Choice
from vivencia.lib.errors import BadQuestion
from vivencia.lib.period import ALL
from vivencia.surveys.models import Survey
from vivencia.surveys.results.asked import QUESTION, SURVEY
from vivencia.surveys.results.carrying import CARRIED, carried

OWN = ("ticked",)  # words of an address that are a page's own
NOT_SEGMENTS = frozenset({SURVEY, QUESTION, "held"})
MENU = 20  # values a menu lists; a field that has more is typed

Where = Mapping[str, tuple[str | None, ...]]  # field -> the values let in


@dataclass(frozen=True, slots=True)
class Selection:
    """The answers left in. `values` are those each field has among them, None for empty."""

    view: View = field(default_factory=lambda: View(ALL))
    filters: Filters = field(default_factory=Filters)
    values: Mapping[str, Sequence[str | None]] = field(default_factory=dict)
    problems: Sequence[BadQuestion] = ()
    fields: Sequence[str] = ()
    is_fixed: bool = False  # all answers, whatever was asked for

    @property
    def is_whole(self) -> bool:
        """Whether it is every answer there is."""
        return self.view.period == ALL and not self.view.where

    @property
    def is_filtered(self) -> bool:
        """Whether answers are left out by what they carry, not only by when they came."""
        return bool(self.view.where)

    @property
    def name(self) -> str:
        """What it adds to the name of a file; "" for every answer."""
        if self.is_whole:
            return ""
        chosen = ["-".join([name, *(one or "" for one in values)])
                  for name, values in self.view.where.items()]  # fmt: skip
        return f"-{slugify('-'.join([self.view.period.key.replace('..', '-'), *chosen]))}"

    def address(self, **own: str | None) -> str:
        """The query of the same answers on any page of the survey's, with words of that page; ""
        where a page shows them by itself."""
        pairs = self.view.with_rest(**own).pairs()
        kept = [pair for pair in pairs if pair != ("period", ALL.key)]
        return "?" + urlencode(kept, safe=":.") if kept else ""

    def having(self, where: Where) -> Where:
        """Its filters and those of `where`: what both say of a field is what they share."""
        both = dict(self.view.where)
        for name, values in where.items():
            kept = both.get(name, values)
            both[name] = tuple(value for value in values if value in kept)
        return both

    def said(self, language: str) -> str:
        """ "octubre de 2026; Canal: web o app"."""
        chosen = [f"{chip.name}: {chip.value}" for chip in filter_chips(self.view, language)]
        return "; ".join([self.view.period.said(language), *chosen])

    def chips(self, today: dt.date, language: str) -> list[Chip]:
        """Period, each filter to be taken away, and a menu of the values of every other field;
        none where all answers are told together."""
        if self.is_fixed:
            return []
        menus = {
            name: values for name, values in self.values.items()
            if 1 < len(values) <= MENU and name not in self.view.where
        }  # fmt: skip
        typed = [name for name in self.fields if len(self.values.get(name, ())) > MENU]
        return [
            period_chip(self.view, today=today, until=today, language=language),
            *filter_chips(self.view, language),
            *(self._menu(name, values, language) for name, values in menus.items()),
            *([add_chip(self.view, typed, language)] if typed else []),
        ]

    def _menu(self, name: str, values: Sequence[str | None], language: str) -> Chip:
        told = sorted((value_word(name, one, language), one or "") for one in values)
        choices = [
            Choice(word, self.view.having(name, one or None).address()) for word, one in told
        ]
        return Chip(field_word(name, language), choices=choices)


def selected(
    columns: Columns, survey: Survey, headlines: Mapping[str, str], query: Query, *,
    today: dt.date, zone: str, may_open: bool,
) -> Selection:  # fmt: skip
    """What an address asks for; what it can not mean is left out and stands in `problems`."""
    fields = [*CARRIED, *_segments()]
    view, problems = address.read(query, today=today, default=ALL, fields=fields, own=OWN)
    if survey.anonymous or not may_open:
        whole = View(ALL, rest=view.rest)
        return Selection(whole, problems=[_together()] * (whole != view), is_fixed=True)
    found = Selection(view, _filters(view, zone), problems=problems, fields=fields)
    try:
        values = carried(columns, survey.slug, headlines, fields, found.filters)
    except BadQuestion as problem:  # a value that its field can not have
        bare = replace(view, where={})
        found = Selection(bare, _filters(bare, zone), problems=[*problems, problem], fields=fields)
        values = carried(columns, survey.slug, headlines, fields, found.filters)
    return replace(found, values=values)


def _segments() -> list[str]:
    """Declared facts an answer may have; not what was answered, which its further scores lack."""
    known: Collection[str] = set(Survey.objects.values_list("slug", flat=True))
    ours = {*CARRIED, *NOT_SEGMENTS}
    return [
        one.name for one in facts()
        if one.is_in_the_log and one.name not in ours and one.name.partition(".")[0] not in known
    ]  # fmt: skip


def _filters(view: View, zone: str) -> Filters:
    over = view.period
    return Filters(view.where, *stretch(zone, over.first, over.after))


def _together() -> BadQuestion:
    return BadQuestion(
        es="Todas las respuestas se muestran juntas, sin periodo ni filtros: la diferencia entre "
        "dos selecciones podría delatar a unas pocas personas.",
        en="All answers are told together, with no period and no filters: the difference between "
        "two selections could give a few people away.",
        reason="told_together",
    )
