"""Figures put into words and drawings for the parts of the page, in the reader's language."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from vivencia.lib import formats
from vivencia.lib.charts.axis import Axis
from vivencia.lib.charts.bars import Bar, bar
from vivencia.lib.charts.ruler import Mark, Ruler, Size, change_ruler, ruler
from vivencia.lib.figures import Change, Figure, Scale


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a verdict looks: style, mark and word all differ from every other's."""

    style: str
    mark: str
    word: Promise


VERDICTS = {
    "hidden": Verdict("v-hidden", "hidden", gettext_lazy("Hidden")),
    "indicative": Verdict("v-indicative", "half", gettext_lazy("Indicative")),
    "not_conclusive": Verdict("v-inconclusive", "cross", gettext_lazy("Not conclusive")),
    "below_zero": Verdict("v-below", "down", gettext_lazy("Below zero")),
    "good": Verdict("v-good", "point", gettext_lazy("Good")),
    "excellent": Verdict("v-excellent", "up", gettext_lazy("Excellent")),
    "world_class": Verdict("v-world", "star", gettext_lazy("World class")),
    "measured": Verdict("v-measured", "ring", gettext_lazy("Measured")),
    "met": Verdict("v-met", "tick", gettext_lazy("Above target")),
    "missed": Verdict("v-missed", "short", gettext_lazy("Below target")),
    "computing": Verdict("v-hidden", "half", gettext_lazy("Computing")),
}

COUNTED = {
    "answers": ngettext_lazy("%(n)s answer", "%(n)s answers", "count"),
    "journeys": ngettext_lazy("%(n)s journey", "%(n)s journeys", "count"),
    "contacts": ngettext_lazy("%(n)s contact", "%(n)s contacts", "count"),
    "customers": ngettext_lazy("%(n)s customer", "%(n)s customers", "count"),
    "invitations": ngettext_lazy("%(n)s invitation", "%(n)s invitations", "count"),
    "interactions": ngettext_lazy("%(n)s interaction", "%(n)s interactions", "count"),
    "parts": ngettext_lazy("%(n)s part", "%(n)s parts", "count"),
    "rows": ngettext_lazy("%(n)s row", "%(n)s rows", "count"),
    "touchpoints": ngettext_lazy("%(n)s touchpoint", "%(n)s touchpoints", "count"),
}


def counted(n: int, of: str, language: str) -> str:
    """How many of what: "1284 respuestas", "1,284 answers"."""
    words = COUNTED[of] % {"count": n, "n": formats.number(n, language)}
    return str(words).replace(" ", formats.SPACE, 1)


def amount(value: float, scale: Scale, language: str, *, unit: bool = True) -> str:
    """One value of a scale as it is written: "+24,0", "86,5 %", "2 min 10 s"."""
    if scale.sort == "duration":
        return formats.duration(value, language)
    text = formats.number(value, language, scale.decimals, signed=scale.signed)
    return formats.with_unit(text, scale.unit if unit else "", language)


def interval(low: float, high: float, scale: Scale, language: str) -> str:
    """The interval in words: "entre 84,8 y 87,9 %"."""
    if scale.sort == "duration":
        ends = {"low": amount(low, scale, language), "high": amount(high, scale, language)}
        return _("between %(low)s and %(high)s") % ends
    return formats.between(
        low, high, language, scale.decimals, unit=scale.unit, signed=scale.signed
    )


def span(low: float, high: float, scale: Scale, language: str) -> str:
    """The interval as a headline, where it stands for the value: "+0,8 a +65,9"."""
    if scale.sort == "duration":
        joint = "a" if formats.tongue(language) == "es" else "to"
        return f"{amount(low, scale, language)} {joint} {amount(high, scale, language)}"
    return formats.from_to(
        low, high, language, scale.decimals, unit=scale.unit, signed=scale.signed
    )


def _size(change: Change, scale: Scale, language: str, *, signed: bool) -> str:
    """How large a change is: "+1,2 puntos", "2 min 10 s"."""
    value = change.value if signed else abs(change.value)
    if scale.sort == "duration":
        sign = "+" if signed and value > 0 else ""
        return sign + formats.duration(value, language)
    text = formats.number(value, language, scale.decimals, signed=signed)
    return ngettext("%(n)s point", "%(n)s points", 1 if text == "1" else 2) % {"n": text}


@dataclass(frozen=True, slots=True)
class ChangeSaid:
    """A change in two halves: what is certain, then the detail; and its drawing."""

    claim: str
    rest: str
    ruler: Ruler


def change_said(change: Change, scale: Scale, language: str) -> ChangeSaid:
    """A change in words that claim no more than its interval holds."""
    if scale.sort == "duration":
        ends = span(change.low, change.high, scale, language)
    else:
        ends = formats.from_to(change.low, change.high, language, scale.decimals, signed=True)
    if not change.clear:
        claim, tone = _("No clear change"), "flat"
        size = _size(change, scale, language, signed=True)
        rest = f": {size} {change.since} ({ends})"
    else:
        rises = change.value > 0
        size = _size(change, scale, language, signed=False)
        claim = (_("Up %(size)s") if rises else _("Down %(size)s")) % {"size": size}
        rest = f" {change.since} ({ends})"
        tone = "up" if rises == scale.higher_is_better else "down"
    drawn = change_ruler(change.value, change.low, change.high, label=claim + rest, tone=tone)
    return ChangeSaid(claim, rest, drawn)


def _marks(scale: Scale, language: str) -> list[Mark]:
    def end(value: float) -> str:
        if scale.sort == "duration":
            return formats.duration(value, language)
        return formats.with_unit(formats.number(value, language), scale.unit, language)

    marks = [Mark(edge, end(edge), "edge") for edge in scale.edges]
    marks += [Mark(scale.low, end(scale.low), "end"), Mark(scale.high, end(scale.high), "end")]
    if scale.goal is not None:
        marks.append(Mark(scale.goal, _("target %(value)s") % {"value": end(scale.goal)}, "goal"))
    return marks


def figure_said(figure: Figure, language: str) -> str:
    """The figure in one line, for who can not see its drawing."""
    if figure.value is None or figure.low is None or figure.high is None:
        return _("%(name)s: the value is hidden") % {"name": figure.name}
    return f"{figure.name}: {amount(figure.value, figure.scale, language)}, " + interval(
        figure.low, figure.high, figure.scale, language
    )


def ruler_of(figure: Figure, language: str, size: Size = "normal", tone: str = "") -> Ruler:
    """The ruler of a figure on its whole scale, with edges or goal."""
    scale = figure.scale
    shown = not figure.hidden and figure.verdict != "computing"
    bands = [_("below zero"), _("good"), _("excellent"), _("world class")]
    return ruler(
        Axis(scale.low, scale.high),
        figure.value if shown else None,
        figure.low if shown else None,
        figure.high if shown else None,
        label=figure_said(figure, language),
        marks=_marks(scale, language),
        bands=bands if size == "tall" and len(scale.edges) == len(bands) - 1 else (),
        size=size,
        tone=tone,
    )


@dataclass(frozen=True, slots=True)
class BarSaid:
    """One line of a bar chart: the figure, its drawing and its value in words."""

    figure: Figure
    bar: Bar | None
    label: str
    value: str


def bar_of(figure: Figure, language: str) -> BarSaid:
    """The bar of a figure from nought, on its whole scale; none where it is hidden."""
    scale, drawn, value = figure.scale, None, ""
    if figure.value is not None:
        drawn = bar(Axis(scale.low, scale.high), figure.value, figure.low, figure.high)
        value = amount(figure.value, scale, language)
    return BarSaid(figure, drawn, figure_said(figure, language), value)
