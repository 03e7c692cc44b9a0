"""One number explained: definition, filters, how many and why, and what stands behind it."""

from __future__ import annotations

from dataclasses import dataclass

from vivencia.columns.words import field_word, value_word
from vivencia.interactions.reasons import REASONS
from vivencia.lib import formats
from vivencia.lib.address import View
from vivencia.lib.charts.histogram import Count, Histogram, histogram
from vivencia.lib.errors import BadQuestion
from vivencia.lib.figures import Figure
from vivencia.reports import behind, reading, unheard
from vivencia.reports.behind import MOST_PAGES, Line, Question
from vivencia.reports.mixing import Beside, beside
from vivencia.reports.reading import Asker
from vivencia.reports.tables import meaning_of, one_of
from vivencia.reports.words import EXCLUDED, NOT_STORED
from vivencia.scores import reading as scores
from vivencia.scores.definitions import Definition
from vivencia.scores.report import Report

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
COVERED = {
    "good": {"es": "con respuesta", "en": "answered"},
    "bad": {"es": "", "en": ""},
    "middle": {"es": "sin respuesta", "en": "not answered"},
}
REST = {"es": "no a favor", "en": "not in favour"}  # where a definition counts nobody against
TONES = {"good": "joy2", "middle": "apa", "bad": "dis2"}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why some did not count or were not stored, how many, and where they are listed."""

    said: str
    n: int
    url: str


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
    excluded: list[Reason]
    not_stored: list[Reason]
    notes: Histogram | None
    groups: dict[str, int]
    lines: list[Line]
    quotes: list[Line]
    question: Question
    fate_said: str
    page: int
    before: str
    after: str
    counted_url: str
    file_url: str
    mixed: Beside | None = None  # where answers of anybody are among those of people asked
    silence: str = ""  # how far who was invited and said nothing could move it

    @property
    def left_out(self) -> list[int]:
        return [reason.n for reason in self.excluded]


def explain(asker: Asker, view: View, problems: list[BadQuestion]) -> Explanation:
    """The explanation of the measure, definition and view that an address names."""
    tongue = formats.tongue(asker.language)
    meaning = meaning_of(view, problems, asker.source)
    measure = meaning.measure
    timed = view.word("timed") == "yes"
    report = reading.headline(asker, measure, view, meaning.name, timed=timed)
    figure = reading.figure(asker, report, view, explained=True)
    shown = figure is not None and not figure.hidden
    open_ = asker.may_open and report.counted is not None and not (figure and figure.hidden)
    fate = one_of(view.word("fate"), ["counted", *report.excluded], problems)
    page = _page(view.word("page"), problems)
    question = Question(meaning, asker.filters(view), fate, timed)
    lines, further = (
        behind.page_of(asker.columns, question, page, asker.language) if open_ else ([], False)
    )
    notes = _answers(asker, question) if open_ else {}
    return Explanation(
        definition=meaning,
        title=meaning.title[tongue],
        text=meaning.text[tongue],
        formula=meaning.formula[tongue],
        interval_name=meaning.interval[tongue],
        figure=figure,
        received=report.received,
        counted=report.counted,
        excluded=_excluded(report, view, tongue),
        not_stored=_not_stored(report, tongue, outside=asker.source is not None),
        notes=_notes(meaning, notes, asker.language) if notes else None,
        groups=_grouped(meaning, notes),
        lines=lines,
        quotes=behind.quoted(lines),
        question=question,
        fate_said="" if fate == "counted" else EXCLUDED.get(fate, {}).get(tongue, fate),
        page=page,
        before=_at_page(view, page - 1) if page > 1 else "",
        after=_at_page(view, page + 1) if further else "",
        counted_url=view.with_rest(fate=None, page=None).address() + "#e-i",
        file_url=view.with_rest(page=None, show="csv").address() if lines else "",
        mixed=beside(asker, meaning, view, timed=timed) if shown else None,
        silence=unheard.said(asker, meaning, view) if shown and not asker.source else "",
    )


def citation(found: Explanation, asker: Asker, view: View, *, who: str, stands_at: int) -> str:
    """One line to copy below a figure: whose, what, when, how sure, by which definition, from
    which state of the log. Empty where the figure is hidden."""
    figure, language = found.figure, asker.language
    if figure is None or figure.value is None or figure.low is None or figure.high is None:
        return ""
    scale, spanish = figure.scale, formats.tongue(language) == "es"
    value = formats.number(figure.value, language, scale.decimals, signed=scale.signed)
    ends = formats.from_to(
        figure.low, figure.high, language, scale.decimals, unit=scale.unit, signed=scale.signed
    )
    where = [
        f"{field_word(name, language)}: {'/'.join(value_word(name, v, language) for v in values)}"
        for name, values in view.where.items()
    ]
    of = ", ".join([*([who] if who else []), found.title, view.period.said(language), *where])
    n = formats.number(figure.n or 0, language)
    named = f"{found.definition.name}@{found.definition.version}"
    row = formats.number(stands_at, language)
    day = formats.day(asker.today, language)
    outside = asker.source and asker.source.said(language).removesuffix(".")
    value = formats.with_unit(value, scale.unit, language)
    if spanish:
        return (
            f"{of}: {value} (IC 95 %: de {ends}; n = {n}), definición {named}. "
            f"{outside or f'Registro hasta la interacción n.º {row}, leído'} el {day} "
            f"({asker.zone})."
        )
    return (
        f"{of}: {value} (95% CI: {ends}; n = {n}), definition {named}. "
        f"{outside or f'Log up to interaction no. {row}, read'} on {day} ({asker.zone})."
    )


def _page(text: str, problems: list[BadQuestion]) -> int:
    """The page asked for, from 1; anything else is the first, and said."""
    if not text:
        return 1
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 0
    if 1 <= number <= MOST_PAGES:
        return number
    problems.append(
        BadQuestion(
            es=f"«{text[:40]}» no es una página. Puedes usar un número desde 1.",
            en=f"“{text[:40]}” is no page. You can use a number from 1.",
        )
    )
    return 1


def _at_page(view: View, page: int) -> str:
    return view.with_rest(page=str(page)).address() + "#e-i"


def _answers(asker: Asker, question: Question) -> dict[int, int]:
    """How many answers count at each score."""
    meaning = question.meaning
    return scores.histogram(
        asker.columns,
        meaning.measure,
        question.filters,
        definition=meaning.name,
        timed=question.timed,
    )


def _excluded(report: Report, view: View, tongue: str) -> list[Reason]:
    """Every reason why answers do not count, with the address of their own list."""
    return [
        Reason(
            EXCLUDED.get(reason, {}).get(tongue, reason),
            n,
            view.with_rest(fate=reason, page=None).address() + "#e-i",
        )
        for reason, n in report.excluded.items()
    ]


def _not_stored(report: Report, tongue: str, *, outside: bool) -> list[Reason]:
    """What never became an interaction, of whatever question: no filter reaches it."""
    return [
        Reason(
            NOT_STORED[reason][tongue] if reason in NOT_STORED else _quarantined(reason, tongue),
            n,
            "" if outside or reason in NOT_STORED else "/quarantine/",
        )
        for reason, n in report.not_stored.items()
        if n
    ]


def _quarantined(reason: str, tongue: str) -> str:
    return REASONS.get(reason, {}).get(tongue, reason)


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
    names = NPS_GROUPS if meaning.measure == "nps" else GROUPS if meaning.scale else COVERED
    if meaning.scale and not meaning.bad:
        names = {**names, "middle": REST}
    counts = []
    for note in range(lowest, highest + 1):
        group, n = _group_of(meaning, note), notes.get(note * 1000, 0)
        named = names[group][tongue] if meaning.good else ""
        tone = TONES[group] if meaning.good else "ink"
        counts.append(Count(str(note), n, formats.number(n, language), named, tone))
    said = ", ".join(f"{count.name}: {count.said}" for count in counts)
    return histogram(counts, label=said)
