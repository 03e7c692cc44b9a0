"""One number explained: definition, filters, how many and why, and what stands behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from vivencia.lib import formats
from vivencia.lib.address import View
from vivencia.lib.charts.histogram import Count, Histogram, histogram
from vivencia.lib.errors import BadQuestion
from vivencia.lib.figures import Figure
from vivencia.reports import reading
from vivencia.reports.reading import Asker
from vivencia.reports.tables import one_of
from vivencia.reports.words import EXCLUDED, value_word
from vivencia.scores import reading as scores
from vivencia.scores.definitions import MEASURES, Definition, definition_of, variants
from vivencia.scores.report import Report

PAGE = 50
GROUPS = {
    "good": {"es": "a favor", "en": "in favour"},
    "middle": {"es": "ni una cosa ni otra", "en": "neither"},
    "bad": {"es": "en contra", "en": "against"},
}
NPS_GROUPS = {
    "good": {"es": "promotores", "en": "promoters"},
    "middle": {"es": "pasivos", "en": "passives"},
    "bad": {"es": "detractores", "en": "detractors"},
}
TONES = {"good": "joy2", "middle": "apa", "bad": "dis2"}


@dataclass(frozen=True, slots=True)
class Explanation:
    """What explain.html shows. `counted` None: the figure is hidden, and so are its counts."""

    definition: Definition
    title: str
    text: str
    formula: str
    interval_name: str
    figure: Figure | None
    received: int | None
    counted: int | None
    excluded: list[tuple[str, str, int]]
    notes: Histogram | None
    groups: dict[str, int]
    rows: list[dict[str, Any]]
    fate: str
    page: int
    before: str
    after: str

    @property
    def left_out(self) -> list[int]:
        return [n for _, _, n in self.excluded]


def explain(asker: Asker, view: View, problems: list[BadQuestion]) -> Explanation:
    """The explanation of the measure, definition and view that an address names."""
    tongue = formats.tongue(asker.language)
    measure = one_of(view.word("measure"), MEASURES, problems)
    names = [each.name for each in variants(measure)]
    asked = view.word("definition")
    meaning = definition_of(measure, one_of(asked, names, problems) if asked else None)
    report = reading.headline(asker, measure, view, meaning.name)
    figure = reading.figure(asker, report, view, explained=True)
    open_ = asker.may_open and report.counted is not None and not (figure and figure.hidden)
    fate = one_of(view.word("fate"), ["counted", *report.excluded], problems)
    page = int(view.word("page")) if view.word("page").isdecimal() else 1
    rows = _behind(asker, view, meaning, fate, page) if open_ else []
    same_scale = meaning.scale == definition_of(measure).scale
    notes = (
        scores.histogram(asker.columns, measure, asker.filters(view))
        if open_ and same_scale
        else {}
    )
    return Explanation(
        definition=meaning,
        title=meaning.title[tongue],
        text=meaning.text[tongue],
        formula=meaning.formula[tongue],
        interval_name=meaning.interval[tongue],
        figure=figure,
        received=report.received,
        counted=report.counted,
        excluded=_excluded(report, tongue),
        notes=_notes(meaning, notes, asker.language) if notes else None,
        groups=_grouped(meaning, notes),
        rows=rows[:PAGE],
        fate=fate,
        page=page,
        before=view.with_rest(page=str(page - 1)).address() if page > 1 else "",
        after=view.with_rest(page=str(page + 1)).address() if len(rows) > PAGE else "",
    )


def _excluded(report: Report, tongue: str) -> list[tuple[str, str, int]]:
    """(reason, its sentence, how many), for every reason there is."""
    return [
        (reason, EXCLUDED.get(reason, {}).get(tongue, reason), n)
        for reason, n in report.excluded.items()
    ]


def _behind(
    asker: Asker, view: View, meaning: Definition, fate: str, page: int
) -> list[dict[str, Any]]:
    """One page of interactions, and one more to know whether another page follows."""
    found = scores.behind(
        asker.columns,
        meaning.measure,
        filters=asker.filters(view),
        definition=meaning.name,
        fate=fate,
        page=page,
        size=PAGE,
    )
    further = len(found) == PAGE and scores.behind(
        asker.columns,
        meaning.measure,
        filters=asker.filters(view),
        definition=meaning.name,
        fate=fate,
        page=page * PAGE + 1,
        size=1,
    )
    rows = [
        {
            **row,
            "channel": value_word("channel", row.get("channel"), asker.language),
            "touchpoint": row.get("touchpoint") or "",
        }
        for row in found
    ]
    return rows + ([{}] if further else [])


def _group_of(meaning: Definition, note: int) -> str:
    if meaning.good and meaning.good[0] <= note <= meaning.good[1]:
        return "good"
    if meaning.bad and meaning.bad[0] <= note <= meaning.bad[1]:
        return "bad"
    return "middle"


def _grouped(meaning: Definition, notes: dict[int, int]) -> dict[str, int]:
    """How many answers are for, against and neither, under this definition."""
    found = {"good": 0, "middle": 0, "bad": 0}
    for thousandths, n in notes.items():
        found[_group_of(meaning, thousandths // 1000)] += n
    return found


def _notes(meaning: Definition, notes: dict[int, int], language: str) -> Histogram | None:
    """How often each note was given; only for scales of whole steps."""
    lowest, highest, whole = meaning.answers
    if not whole:
        return None
    tongue = formats.tongue(language)
    names = NPS_GROUPS if meaning.measure == "nps" else GROUPS
    counts = []
    for note in range(lowest, highest + 1):
        group, n = _group_of(meaning, note), notes.get(note * 1000, 0)
        named = names[group][tongue] if meaning.good else ""
        tone = TONES[group] if meaning.good else "ink"
        counts.append(Count(str(note), n, formats.number(n, language), named, tone))
    said = ", ".join(f"{count.name}: {count.said}" for count in counts)
    return histogram(counts, label=said)
