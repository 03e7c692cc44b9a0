"""The coverage map as its page shows it: the finding first, then the grid, then what to ask."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vivencia.columns.chips import add_chip, filter_chips, period_chip
from vivencia.columns.words import value_word
from vivencia.customers.contact.words import EMAIL, MESSAGING
from vivencia.lib import formats
from vivencia.lib.address import View
from vivencia.lib.chips import Chip
from vivencia.lib.figures import Figure
from vivencia.scores.definitions import definition_of
from vivencia.scores.figures import figure_of
from vivencia.scores.report import Row
from vivencia.surveys import catalogue
from vivencia.surveys.definition.piping import in_language
from vivencia.surveys.results.covering import Cell, Map
from vivencia.surveys.results.page import explain_address

COVERAGE = definition_of("coverage")
# The survey of the catalogue that fits what happens at a stage; a channel of its own goes first.
BY_CHANNEL = {"phone": "call", "chat": "chatbot", "store": "branch-visit"}
BY_STAGE = {"buy": "after-delivery", "maintain": "seven-dimensions", "renew": "relationship-nps"}
USUAL = "csat"
BY_MESSAGE = {"messaging", "sms", "whatsapp"}  # who came by a message is asked by one


@dataclass(frozen=True, slots=True)
class CellSaid:
    """A cell with its words; `state` "none" where nobody passes."""

    state: str
    share: float = 0.0
    n: int = 0
    asked: int = 0
    answered: int = 0
    url: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Next:
    """The survey proposed for the emptiest busy cell."""

    where: str
    template: str
    title: str
    rule: str  # the address of a new rule, filled with what happens there


@dataclass(frozen=True, slots=True)
class Page:
    message: str
    figure: Figure | None
    channels: list[str]
    rows: list[tuple[str, list[CellSaid]]]
    next: Next | None
    chips: list[Chip]


def page(found: Map, view: View, fields: list[str], today: dt.date, language: str) -> Page:
    """What coverage.html shows."""
    figure = None
    if found.total.n:
        url = _address(view, [])
        figure = figure_of(Row({}, None, found.total), COVERAGE, language, explain=url)
        figure = replace(figure, of="interactions")
    rows = [
        (
            value_word("stage", stage, language),
            [_cell(one, view, language) for one in found.row(stage)],
        )
        for stage in found.stages
    ]
    return Page(
        message=_message(found, language),
        figure=figure,
        channels=[value_word("channel", one, language) for one in found.channels],
        rows=rows,
        next=_next(found.emptiest, language) if found.emptiest else None,
        chips=[
            period_chip(view, today=today, until=today, language=language),
            *filter_chips(view, language),
            add_chip(view, fields, language),
        ],
    )


def _cell(cell: Cell | None, view: View, language: str) -> CellSaid:
    if cell is None:
        return CellSaid("none")
    name = _where(cell, language)
    if cell.score.value is None:
        return CellSaid("few", name=name)
    where = [("stage", cell.stage or ""), ("channel", cell.channel or "")]
    answered = round(cell.n * cell.score.value / 100)
    return CellSaid(cell.state, cell.score.value, cell.n, cell.asked, answered,
                    _address(view, where), name)  # fmt: skip


def _address(view: View, where: list[tuple[str, str]]) -> str:
    """The page that explains this cell, with its interactions one by one."""
    kept = [(name, value or "") for name, values in view.where.items() for value in values]
    own = {name for name, _ in where}
    return explain_address(
        COVERAGE, [*where, *(one for one in kept if one[0] not in own)], view.period.key
    )


def _where(cell: Cell, language: str) -> str:
    stage = value_word("stage", cell.stage, language)
    channel = value_word("channel", cell.channel, language)
    return _("%(stage)s, by %(channel)s") % {"stage": stage, "channel": channel}


def _message(found: Map, language: str) -> str:
    """Who was never heard, as a person would say it."""
    if found.total.value is None:
        return _("Nothing has happened yet that somebody could be asked about.")
    share = formats.percent(found.total.value, language)
    if found.emptiest is None:
        return _(
            "Of what customers lived, %(share)s has an answer; no busy place is left unheard."
        ) % {"share": share}
    said = {
        "where": _where(found.emptiest, language),
        "n": formats.number(found.emptiest.n, language),
        "share": share,
    }
    if found.emptiest.state == "deaf":
        return (
            ngettext(
                "Nobody was ever heard at «%(where)s»: %(n)s interaction, no answer. In all, "
                "%(share)s have one.",
                "Nobody was ever heard at «%(where)s»: %(n)s interactions, no answer. In all, "
                "%(share)s have one.",
                found.emptiest.n,
            )
            % said
        )
    least = formats.percent(found.emptiest.score.value or 0, language)
    return _(
        "Least is heard at «%(where)s»: %(least)s of %(n)s interactions. In all, %(share)s have "
        "an answer."
    ) % {**said, "least": least}


def _next(cell: Cell, language: str) -> Next:
    template = BY_CHANNEL.get(cell.channel or "") or BY_STAGE.get(cell.stage or "") or USUAL
    title = in_language(
        catalogue.template(template, catalogue.SPAIN).definition.title, formats.tongue(language)
    )
    filled = {"kind": cell.kind, "touchpoint": cell.touchpoint, "slug": template,
              "channel": MESSAGING if cell.channel in BY_MESSAGE else EMAIL}  # fmt: skip
    rule = reverse("new_asking_rule") + "?" + urlencode({k: v for k, v in filled.items() if v})
    return Next(_where(cell, language), template, title, rule)
