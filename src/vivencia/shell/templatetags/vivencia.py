"""The words and parts every page uses: {% load vivencia %}.

Filters write numbers and times in the reader's language; tags draw a part from a plain object
of lib.figures, lib.charts or lib.tables. The templates of the parts are in templates/parts/.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django import template
from django.template import Context
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from vivencia.interactions.imports.decisions import raw
from vivencia.interactions.imports.reading import names
from vivencia.lib import clock, formats
from vivencia.lib.charts.flow import flow as lib_flow
from vivencia.lib.charts.histogram import Histogram
from vivencia.lib.charts.ruler import Ruler
from vivencia.lib.charts.sparkline import Sparkline
from vivencia.lib.charts.trend import Trend
from vivencia.lib.figures import Change, Figure, Scale
from vivencia.lib.tables import Cell, Header, Table
from vivencia.shell import cells, marks, navigation, wording

register = template.Library()
_IMPORT = re.compile(r"\bimport:([0-9a-f]{12})\b")


def _language() -> str:
    return get_language() or "en"


# ── words ────────────────────────────────────────────────────────────────────


@register.filter
def number(value: float | None, decimals: int = 0) -> str:
    """{{ 48213|number }} → 48.213"""
    return "" if value is None else formats.number(value, _language(), decimals)


@register.filter
def with_files_named(text: str) -> str:
    """`import:3f2a90c1d4e5` as the file that came with it."""
    shorts = _IMPORT.findall(text)
    named = names(raw(), shorts) if shorts else {}
    return _IMPORT.sub(lambda found: named.get(found[1], found[0]), text)


@register.filter
def signed(value: float | None, decimals: int = 1) -> str:
    """{{ 24|signed }} → +24,0"""
    return "" if value is None else formats.number(value, _language(), decimals, signed=True)


@register.filter
def percent(value: float | None, decimals: int = 1) -> str:
    """{{ 86.5|percent }} → 86,5 %"""
    return "" if value is None else formats.percent(value, _language(), decimals)


@register.filter
def duration(milliseconds: float | None) -> str:
    """{{ 130000|duration }} → 2 min 10 s"""
    return "" if milliseconds is None else formats.duration(milliseconds, _language())


@register.filter
def file_size(size: int) -> str:
    """{{ 6400000|file_size }} → 6,4 MB"""
    return formats.file_size(size, _language())


@register.filter
def counted(n: int, of: str) -> str:
    """{{ 1284|counted:"answers" }} → 1284 respuestas"""
    return wording.counted(n, of, _language())


@register.filter
def day(value: date) -> str:
    """{{ when|day }} → 31 de octubre de 2026"""
    return formats.day(_local(value), _language())


@register.filter
def moment(value: datetime) -> str:
    """{{ when|moment }} → 31 oct 2026, 21:14"""
    return formats.moment(_local(value), _language())


@register.filter
def full_moment(value: datetime) -> str:
    """{{ when|full_moment }} → 31 de octubre de 2026 a las 21:14"""
    return formats.full_moment(_local(value), _language())


def _local(value: Any) -> Any:
    aware = isinstance(value, datetime) and timezone.is_aware(value)
    return timezone.localtime(value) if aware else value


@register.filter
def moment_of_ms(milliseconds: int) -> str:
    """{{ row.happened_at|moment_of_ms }}: UTC milliseconds as a moment of the reader's zone."""
    return moment(clock.moment(milliseconds))


@register.filter
def note_of(thousandths: int) -> str:
    """{{ row.score|note_of }}: a note of the scale, without needless decimals."""
    steps = thousandths / 1000
    return formats.number(steps, _language(), 0 if steps.is_integer() else 1)


@register.simple_tag
def figure_value(figure: Figure) -> str:
    """{% figure_value figure %} → 86,5 %"""
    if figure.value is None:
        return ""
    return wording.amount(figure.value, figure.scale, _language())


@register.simple_tag
def between_ends(figure: Figure) -> str:
    """{% between_ends figure %} → entre 84,8 y 87,9 %"""
    if figure.low is None or figure.high is None:
        return ""
    return wording.interval(figure.low, figure.high, figure.scale, _language())


@register.simple_tag
def ago(value: datetime) -> SafeString:
    """{% ago when %} → a <time> that says "hace 2 meses" and carries the exact moment."""
    here = _local(value)
    now = timezone.localtime() if timezone.is_aware(here) else datetime.now()  # noqa: DTZ005
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        here.isoformat(timespec="seconds"),
        formats.full_moment(here, _language()),
        formats.ago(here, now, _language()),
    )


@register.simple_tag
def mark(name: str) -> SafeString:
    """{% mark "up" %}: a small drawing beside a word."""
    return marks.mark(name)


@register.simple_tag
def lens_mark(lens: str) -> SafeString:
    """{% lens_mark "service" %}: the drawing of a lens."""
    return marks.lens_mark(lens)


@register.filter
def time_left(seconds: float) -> str:
    """{{ 24|time_left }} → unos 25 segundos"""
    return formats.time_left(seconds, _language())


@register.simple_tag(takes_context=True)
def top_line(context: Context) -> list[navigation.Entry]:
    """{% top_line as nav %}: the places this person may go to, the current one marked."""
    request = context.get("request")
    path = request.path if request is not None else ""
    return navigation.entries(context.get("can") or frozenset(), path)


# ── parts ────────────────────────────────────────────────────────────────────


@register.inclusion_tag("parts/score.html")
def score(figure: Figure, level: int = 3, size: str = "normal") -> dict[str, Any]:
    """{% score figure %}: value, verdict, ruler, n in words, change, explain."""
    language, scale = _language(), figure.scale
    said: dict[str, Any] = {"figure": figure, "level": level, "size": size}
    said["busy"] = figure.verdict == "computing"
    said["ruler"] = wording.ruler_of(figure, language, "tall" if size == "large" else "normal")
    if figure.value is not None:
        said["value"] = wording.amount(figure.value, scale, language, unit=False)
        said["whole_value"] = wording.amount(figure.value, scale, language)
        said["tight_unit"] = scale.unit == "%" and formats.tongue(language) == "en"
    if figure.low is not None and figure.high is not None:
        said["interval"] = wording.interval(figure.low, figure.high, scale, language)
        said["span"] = wording.span(figure.low, figure.high, scale, language)
    return said


@register.simple_tag
def verdict(name: str) -> SafeString:
    """{% verdict "good" %}: a chip told apart by word, mark and outline; colour only helps."""
    return cells.verdict(name)


@register.inclusion_tag("parts/change.html")
def change(value: Change, scale: Scale) -> dict[str, Any]:
    """{% change figure.change figure.scale %}: coloured only where the interval is clear of 0."""
    return {"change": wording.change_said(value, scale, _language())}


@register.inclusion_tag("parts/ruler.html")
def ruler(drawn: Ruler) -> dict[str, Any]:
    """{% ruler drawn %}: an interval on its scale."""
    return {"ruler": drawn}


@register.inclusion_tag("parts/dots.html")
def dots(figures: list[Figure], worst: str = "") -> dict[str, Any]:
    """{% dots figures worst=name %}: one line per figure, its ruler and its value."""
    language = _language()
    rows = [
        {
            "figure": figure,
            "ruler": wording.ruler_of(figure, language, "mini"),
            "value": ""
            if figure.value is None
            else wording.amount(figure.value, figure.scale, language),
        }
        for figure in figures
    ]
    return {"rows": rows, "worst": worst}


@register.inclusion_tag("parts/bars.html")
def bars(figures: list[Figure]) -> dict[str, Any]:
    """{% bars figures %}: one bar per figure from nought, its interval over it, n beside it."""
    return {"rows": [wording.bar_of(figure, _language()) for figure in figures]}


@register.inclusion_tag("parts/trend.html")
def trend(drawn: Trend) -> dict[str, Any]:
    """{% trend drawn %}: a value over time, with the band of its interval."""
    return {"trend": drawn}


@register.inclusion_tag("parts/histogram.html")
def histogram(drawn: Histogram) -> dict[str, Any]:
    """{% histogram drawn %}: how often each note was given."""
    return {"histogram": drawn}


@register.inclusion_tag("parts/sparkline.html")
def sparkline(drawn: Sparkline) -> dict[str, Any]:
    """{% sparkline drawn %}: a line the size of a word."""
    return {"spark": drawn}


@register.inclusion_tag("parts/flow.html")
def flow(counted: int, excluded: list[int]) -> dict[str, Any]:
    """{% flow counted excluded %}: received = counted + excluded, as one bar."""
    out = sum(excluded)
    parts = lib_flow([counted, *excluded])
    return {"received": counted + out, "counted": counted, "excluded": out, "parts": parts}


@register.inclusion_tag("parts/table.html")
def table(shown: Table) -> dict[str, Any]:
    """{% table shown %}: sorted by its address, stacked on phones, exported."""
    return {"table": shown}


@register.simple_tag
def row(headers: Sequence[Header], shown: Sequence[Cell]) -> SafeString:
    """{% row table.headers cells %}: the cells of one row, each under its header."""
    return cells.row(headers, shown)
