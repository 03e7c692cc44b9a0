"""The page of scores: what it asks, the table of its groups, and that table as a file."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import cast

from django.utils.translation import gettext as _

from vivencia.columns.calendar import EVERY, Every
from vivencia.columns.chips import source_chip
from vivencia.columns.engines import Source
from vivencia.columns.outside.registered import registered
from vivencia.columns.words import field_word
from vivencia.lib import formats
from vivencia.lib.address import View
from vivencia.lib.chips import Chip, Choice
from vivencia.lib.errors import BadQuestion
from vivencia.lib.figures import Figure
from vivencia.lib.tables import Cell, Column, Table, headers
from vivencia.reports.words import EVERY as EVERY_WORDS
from vivencia.scores.definitions import MEASURES, Definition, definition_of, variants
from vivencia.scores.figures import NAMES

UNASKED = "-n"  # the largest groups first


@dataclass(frozen=True, slots=True)
class ScoresQuestion:
    """Which score the page shows, grouped by which field, over which periods."""

    measure: str
    definition: str | None
    by: str
    every: Every
    sort: str
    show: str

    @classmethod
    def of(
        cls,
        view: View,
        fields: Collection[str],
        problems: list[BadQuestion],
        source: Source | None = None,
    ) -> ScoresQuestion:
        """The question of a view; what it can not be is added to `problems` and left out."""
        meaning = meaning_of(view, problems, source)
        return cls(
            measure=meaning.measure,
            definition=None if meaning == definition_of(meaning.measure) else meaning.name,
            by=one_of(view.word("by"), ["channel", *fields], problems),
            every=cast("Every", one_of(view.word("every"), ["month", *EVERY], problems)),
            sort=view.word("sort"),
            show=view.word("show"),
        )


def askable(source: Source | None) -> list[Definition]:
    """The definitions that can be asked of the log, or of a table outside it: those of its scale.
    Raises BadQuestion where there are none."""
    found = [each for measure in MEASURES for each in variants(measure)]
    if source is not None:
        found = [each for each in found if each.scale and each.scale == source.scale]
    if found:
        return found
    raise BadQuestion(
        es="De esta tabla no se calcula ningún indicador: su mapa no dice una escala conocida. "
        "Mira sus recorridos.",
        en="No score is worked out of this table: its mapping names no scale we know. Look at its "
        "journeys.",
        reason="no_score",
    )


def meaning_of(view: View, problems: list[BadQuestion], source: Source | None) -> Definition:
    """The definition a view asks for; what it can not be is added to `problems` and left out."""
    known = askable(source)
    measure = one_of(view.word("measure"), dict.fromkeys(e.measure for e in known), problems)
    names = [each.name for each in known if each.measure == measure]
    asked = view.word("definition")
    return definition_of(measure, one_of(asked, names, problems) if asked else names[0])


def one_of(text: str, allowed: Collection[str], problems: list[BadQuestion]) -> str:
    """`text` if it is allowed, else the first that is, and a problem if something was asked."""
    if text in allowed:
        return text
    if text:
        listed = ", ".join(dict.fromkeys(allowed))
        problems.append(
            BadQuestion(
                es=f"«{text[:40]}» no se puede pedir aquí. Puedes usar: {listed}.",
                en=f"“{text[:40]}” can not be asked here. You can use: {listed}.",
            )
        )
    return next(iter(allowed))


def menus(
    asked: ScoresQuestion,
    view: View,
    fields: Sequence[str],
    language: str,
    source: Source | None = None,
) -> list[Chip]:
    """Of what, which score, which definition of it, grouped by what, over which periods."""
    known = askable(source)
    tongue = formats.tongue(language)

    def choices(name: str, options: dict[str, str], now: str) -> list[Choice]:
        return [
            Choice(text, view.with_rest(**{name: key}).address(), current=key == now)
            for key, text in options.items()
        ]

    named = {each.name: each.title[tongue] for each in known if each.measure == asked.measure}
    definition = asked.definition or definition_of(asked.measure).name
    measures = [
        Choice(
            NAMES[measure][tongue],
            view.with_rest(measure=measure, definition=None).address(),
            current=measure == asked.measure,
        )
        for measure in dict.fromkeys(each.measure for each in known)
    ]
    groups = {field: field_word(field, language) for field in fields if field != "scale"}
    every = {key: said[tongue] for key, said in EVERY_WORDS.items()}
    meanings = Chip(
        _("Definition"), named[definition], choices=choices("definition", named, definition)
    )
    return [
        *source_chip(registered(), view.table, language),
        Chip(_("Measure"), NAMES[asked.measure][tongue], choices=measures),
        *([meanings] if len(named) > 1 else []),
        Chip(_("By"), groups[asked.by].lower(), choices=choices("by", groups, asked.by)),
        Chip(_("Over time"), every[asked.every], choices=choices("every", every, asked.every)),
    ]


def groups_table(
    asked: ScoresQuestion, figures: Sequence[Figure], view: View, language: str
) -> Table:
    """The groups, sorted by the address, each value leading to its explanation."""
    weighted = any(figure.weighted for figure in figures)
    columns = [
        Column(field_word(asked.by, language), "name"),
        Column(_("Value"), "value", numeric=True),
        Column(_("Interval"), numeric=True),
        *([Column(_("Weighted"), numeric=True)] if weighted else []),
        Column(_("How many answers"), "n", numeric=True),
        Column(_("Verdict")),
    ]
    order = asked.sort or UNASKED
    return Table(
        caption=_("%(score)s by %(field)s")
        % {"score": asked.measure.upper(), "field": field_word(asked.by, language).lower()},
        headers=headers(columns, order, lambda sort: view.with_rest(sort=sort).address()),
        rows=[_row(figure, language, weighted=weighted) for figure in in_order(figures, order)],
        exports=[
            (name, view.with_rest(show=kind).address())
            for kind, name in (
                ("csv", "CSV"),
                ("xlsx", "XLSX"),
                ("parquet", "Parquet"),
                ("json", "JSON"),
            )
        ],
    )


def in_order(figures: Sequence[Figure], order: str) -> list[Figure]:
    """Sorted by name, value or n; hidden ones last, whichever way."""
    key, down = order.lstrip("-"), order.startswith("-")
    if key not in ("name", "value", "n"):
        key, down = "n", True
    known = [figure for figure in figures if getattr(figure, key) is not None]
    unknown = [figure for figure in figures if getattr(figure, key) is None]
    return sorted(known, key=lambda figure: getattr(figure, key), reverse=down) + unknown


def _row(figure: Figure, language: str, *, weighted: bool) -> list[Cell]:
    scale = figure.scale
    name = Cell(figure.name)
    beside = [_weighted(figure.weighted, language)] if weighted else []
    if figure.value is None or figure.low is None or figure.high is None or figure.n is None:
        hidden = Cell(_("hidden"), tone="quiet")
        return [name, hidden, Cell(""), *beside, Cell(""), Cell("", verdict="hidden")]
    value = formats.number(figure.value, language, scale.decimals, signed=scale.signed)
    interval = formats.from_to(
        figure.low, figure.high, language, scale.decimals, unit=scale.unit, signed=scale.signed
    )
    return [
        name,
        Cell(formats.with_unit(value, scale.unit, language), figure.explain_url),
        Cell(interval),
        *beside,
        Cell(formats.number(figure.n, language)),
        Cell("", verdict=figure.verdict),
    ]


def _weighted(figure: Figure | None, language: str) -> Cell:
    """The weighted value of a group, and how many answers its own are worth."""
    if figure is None or figure.value is None or figure.effective_n is None:
        return Cell(_("hidden"), tone="quiet")
    scale = figure.scale
    value = formats.number(figure.value, language, scale.decimals, signed=scale.signed)
    return Cell(
        _("%(value)s (worth %(n)s)")
        % {
            "value": formats.with_unit(value, scale.unit, language),
            "n": formats.number(figure.effective_n, language),
        }
    )
