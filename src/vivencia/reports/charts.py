"""The trends of scores and the finding each is titled with. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from vivencia.columns.calendar import Every
from vivencia.lib import formats
from vivencia.lib.address import View
from vivencia.lib.charts.trend import Series, Trend, trend
from vivencia.lib.figures import Figure
from vivencia.lib.period import holding
from vivencia.reports.reading import explain_address, points, variant_of
from vivencia.reports.weakest import Weakest, weakest
from vivencia.scores.definitions import Definition, definition_of
from vivencia.scores.figures import name_of, scale_of
from vivencia.scores.report import Row

TONES = {"csat": "ser", "nps": "exp", "ces": "exc", "coverage": "exc", "rating": "ser"}
HIDDEN = {"es": "oculto", "en": "hidden"}
FEWEST = 2


def nps_by_month(rows: Sequence[Row], language: str) -> Trend | None:
    """Recommendation over the last twelve months; None where there are not even two."""
    return over_time(rows, definition_of("nps"), "month", language)


def over_time(
    rows: Sequence[Row], meaning: Definition, every: Every, language: str
) -> Trend | None:
    """A score over time; None where there are not even two periods."""
    dated = [row for row in rows if row.period is not None]
    if len(dated) < FEWEST:
        return None
    names = {row.period: period_name(row.period, every, language) for row in dated if row.period}
    scale, last = scale_of(meaning), dated[-1].score.value
    said = formats.number(last, language, 1, signed=scale.signed) if last is not None else ""
    label = formats.with_unit(said, scale.unit, language) if said else ""
    return trend(
        [Series(label, points(dated, names), TONES[meaning.measure])],
        label=f"{name_of(meaning, language)}: {', '.join(names.values())}",
        say=lambda value: formats.with_unit(
            formats.number(value, language, signed=scale.signed), scale.unit, language
        ),
        within=(scale.low, scale.high),
        hidden=HIDDEN[formats.tongue(language)],
    )


def period_name(first: dt.date, every: Every, language: str) -> str:
    """A bucket of time as an axis names it."""
    if every == "year":
        return str(first.year)
    if every == "quarter":
        return (
            f"{'T' if formats.tongue(language) == 'es' else 'Q'}{first.month // 3 + 1} {first.year}"
        )
    if every == "month":
        short = formats.SHORT_MONTHS[formats.tongue(language)][first.month - 1]
        return f"{short} {first.year}" if first.month == 1 else short
    return formats.short_day(first, language)


def step(rows: Sequence[Row], name: str, language: str) -> str:
    """What the last step of a series shows, claimed only where it is clear."""
    spanish = formats.tongue(language) == "es"
    dated = [row for row in rows if row.period is not None]
    change = dated[-1].change if dated else None
    if change is None or change.low is None or change.high is None:
        return f"{name} a lo largo del tiempo" if spanish else f"{name} over time"
    if change.low > 0:
        return f"{name}: el último periodo sube" if spanish else f"{name}: the last period is up"
    if change.high < 0:
        return f"{name}: el último periodo baja" if spanish else f"{name}: the last period is down"
    if spanish:
        return f"{name}: el último periodo no cambia de forma clara"
    return f"{name}: no clear change in the last period"


def finding(figures: Sequence[Figure], language: str) -> str:
    """What a comparison of groups shows, as far as their intervals tell them apart."""
    spanish, found = formats.tongue(language) == "es", weakest(figures)
    names = formats.listed([figure.name for figure in found.named], language)
    if len(figures) == 1:
        return "Un solo grupo: nada que comparar" if spanish else "One group: nothing to compare"
    if not found.enough:
        return "Pocas respuestas para comparar" if spanish else "Too few answers to compare"
    if not found.apart:
        return "Ningún grupo se queda claramente atrás" if spanish else "No group is clearly behind"
    if not found.named:
        most = len(found.lowest)
        return (
            f"Lo peor está entre {most} grupos que no se distinguen"
            if spanish
            else f"The weakest is one of {most} groups that can not be told apart"
        )
    if len(found.named) == 1:
        return f"Lo peor está en {names}" if spanish else f"The weakest is {names}"
    return f"Lo peor está entre {names}" if spanish else f"The weakest is one of {names}"


def weakest_title(found: Weakest, language: str) -> str:
    """What the list of touchpoints shows, as far as their intervals tell them apart."""
    spanish = formats.tongue(language) == "es"
    names = formats.listed([figure.name for figure in found.named], language)
    if not found.enough:
        return (
            "Aún no hay dos puntos de contacto que comparar"
            if spanish
            else "There are not yet two touchpoints to compare"
        )
    if found.apart and not found.named:
        most = len(found.lowest)
        return (
            f"Lo más débil está entre {most} puntos que no se distinguen"
            if spanish
            else f"The weakest is one of {most} that can not be told apart"
        )
    if not found.named:
        return (
            "Ningún punto de contacto queda claramente atrás"
            if spanish
            else "No touchpoint is clearly behind"
        )
    one = len(found.named) == 1
    if spanish:
        return f"El punto más débil: {names}" if one else f"Lo más débil está entre {names}"
    return f"The weakest touchpoint: {names}" if one else f"The weakest is one of {names}"


def table_behind(
    rows: Sequence[Row], meaning: Definition, every: Every, view: View, language: str
) -> dict[str, object]:
    """The table behind a trend: (period, value, interval, answers, where it is explained)."""
    scale, lines = scale_of(meaning), []
    for row in rows:
        score = row.score
        if row.period is None:
            continue
        name, over = period_name(row.period, every, language), view.over(holding(every, row.period))
        line = (name, HIDDEN[formats.tongue(language)], "", "", "")
        if score.value is not None and score.low is not None and score.high is not None:
            value = formats.number(score.value, language, scale.decimals, signed=scale.signed)
            ends = (score.low, score.high, language, scale.decimals)
            line = (
                name,
                formats.with_unit(value, scale.unit, language),
                formats.from_to(*ends, unit=scale.unit, signed=scale.signed),
                formats.number(score.n or 0, language),
                explain_address(meaning.measure, over, variant_of(meaning), timed=True),
            )
        lines.append(line)
    return {"lines": lines, "series_name": meaning.name, "series_version": meaning.version}
