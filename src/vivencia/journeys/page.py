"""The journeys page, composed: what was found, put into sentences, drawings and tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vivencia.columns.chips import add_chip, filter_chips, period_chip, source_chip
from vivencia.columns.outside.registered import registered
from vivencia.columns.reading import Columns
from vivencia.columns.words import field_word
from vivencia.journeys import finding, naming, reading
from vivencia.journeys.finding import Sentence
from vivencia.journeys.listing import Paths, Shares, paths, shares, transitions
from vivencia.journeys.panel import Panel, loop_said, panel, waiting
from vivencia.journeys.question import EDGES, NOT_STEPS, Question
from vivencia.journeys.reading import Ground, Passing
from vivencia.journeys.report import Discovery, Edge, Loop
from vivencia.journeys.sketch import Band, Box, Sketch, sketch
from vivencia.lib import formats
from vivencia.lib.charts.axis import length
from vivencia.lib.chips import Chip, Choice
from vivencia.lib.clock import moment
from vivencia.lib.figures import Figure, Scale
from vivencia.lib.intervals import wilson
from vivencia.lib.tables import Table

REFERENCE = 56.0  # percent of journeys that use several channels: McKinsey, see definitions.md
INDICATIVE = 30  # journeys from which on the share is more than a hint
WAITS, LOOPS = 5, 6

Name = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class BandSaid:
    """A band of the map with its label; whether it touches the chosen step, and does so `first`."""

    band: Band
    source: str
    target: str
    label: str
    said: str
    chosen: bool
    first: bool = False


@dataclass(frozen=True, slots=True)
class StepSaid:
    """A step as a line of the list that the map becomes on a phone, and as a box of the map."""

    activity: str
    label: str
    count: int
    times: str
    said: str
    url: str
    bar: str
    bar_x: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Wait:
    """A transition and the part of all waiting that goes by in it."""

    source: str
    target: str
    percent: float
    bar: str
    said: str


@dataclass(frozen=True, slots=True)
class LoopSaid:
    label: str
    url: str
    said: str
    bar: str


@dataclass(frozen=True, slots=True)
class Page:
    """What journeys.html shows."""

    message: Sentence
    kicker: str
    problems: list[str]
    chips: list[Chip]
    found: Discovery
    title: str
    drawn: Sketch
    bands: list[BandSaid]
    boxes: list[tuple[Box, StepSaid]]
    map_label: str
    list_of_steps: list[StepSaid]
    sizes: list[Choice]
    part_shown: str
    median: str
    p90: str
    mean: str
    per_journey: float
    panel: Panel | None
    cut: bool
    starts: Shares
    ends: Shares
    waits_title: str
    waits: list[Wait]
    loops: list[LoopSaid]
    channels: Figure | None  # None where no interaction says its channel
    variants: Paths
    table: Table
    reconciled: str
    data_until: dt.datetime | None


def passing(columns: Columns, question: Question, zone: str) -> list[Passing]:
    """Who last lived the chosen step; nobody where only some journeys are looked at."""
    if not question.whole_journeys or question.step is None:
        return []
    filters = question.filters(zone)
    asked = filters.where.get(question.activity)
    if asked is not None and (question.step or None) not in asked:
        return []
    return reading.latest(columns, filters.but(**{question.activity: (question.step or None,)}))


def page(
    found: Discovery,
    question: Question,
    ground: Ground,
    seen: Sequence[Passing],
    language: str,
    *,
    channels: bool,
) -> Page:
    """Everything of the page."""
    name = partial(naming.label, field=question.activity, language=language)
    chosen = question.step if question.step in found.activities else None
    drawn = sketch(found, question.edges, name, chosen)
    steps = _steps(found, drawn, question, name, chosen, language)
    until = _moment(ground.last)
    along = sorted(drawn.boxes, key=lambda box: (box.column, -box.count))
    return Page(
        message=finding.message(found, name, language) if found.journeys else [],
        kicker=question.view.period.said(language),
        problems=[problem.said(language) for problem in question.problems],
        chips=_chips(question, ground, name, until, language),
        found=found,
        title=finding.busiest(found, name, language),
        drawn=drawn,
        bands=_bands(drawn, name, chosen, language),
        boxes=[(box, steps[box.activity]) for box in drawn.boxes],
        map_label=_map_label(drawn, language),
        list_of_steps=[steps[box.activity] for box in along],
        sizes=_sizes(found, question, language),
        part_shown=_part(found, drawn, language),
        median=_lasting(found.throughput.median, language),
        p90=_lasting(found.throughput.p90, language),
        mean=_lasting(found.throughput.mean, language),
        per_journey=found.interactions / found.journeys if found.journeys else 0.0,
        panel=panel(found, question, chosen, seen, name, language) if chosen is not None else None,
        cut=question.view.period.first is not None,
        starts=shares(found.starts, found.journeys, question, name),
        ends=shares(found.ends, found.journeys, question, name),
        waits_title=finding.bottleneck(found, name, language),
        waits=_waits(found, name, language),
        loops=_loops(found, question, name, language),
        channels=_channels(found, language) if channels else None,
        variants=paths(found, question, name),
        table=transitions(found, question, name, language),
        reconciled=finding.reconciled(found, language),
        data_until=until,
    )


# ── chips ────────────────────────────────────────────────────────────────────


def _chips(
    question: Question, ground: Ground, name: Name, until: dt.datetime | None, language: str
) -> list[Chip]:
    """Of what, period, what a step is, which journeys, which interactions, and one more."""
    today = timezone.localdate()
    steps = [field for field in ground.fields if field not in NOT_STEPS]
    choices = [
        Choice(field_word(field, language), question.by(field), current=field == question.activity)
        for field in steps
    ]
    return [
        *source_chip(registered(), question.view.table, language),
        period_chip(
            question.view,
            today=today,
            until=min(timezone.localtime(until).date(), today) if until else today,
            language=language,
        ),
        Chip(_("Each step is"), field_word(question.activity, language).lower(), choices=choices),
        *_journey_chips(question, name, language),
        *filter_chips(question.view, language),
        add_chip(question.view, ground.fields, language),
    ]


def _journey_chips(question: Question, name: Name, language: str) -> list[Chip]:
    said = {"starts": _("They begin with"), "ends": _("They end with"), "contains": _("They pass")}
    either = " o " if formats.tongue(language) == "es" else " or "
    return [
        Chip(
            word,
            either.join(name(naming.read(value)) for value in getattr(question.view, how)),
            on=True,
            remove_url=question.widened(how),
        )
        for how, word in said.items()
        if getattr(question.view, how)
    ]


# ── the map ──────────────────────────────────────────────────────────────────


def _bands(drawn: Sketch, name: Name, chosen: str | None, language: str) -> list[BandSaid]:
    """The bands; of those of the chosen step only the strongest shows its label unasked."""
    said = [_band(band, name, chosen, language) for band in drawn.bands]
    first = next((n for n, one in enumerate(said) if one.chosen), None)
    return [replace(one, first=n == first) for n, one in enumerate(said)]


def _band(band: Band, name: Name, chosen: str | None, language: str) -> BandSaid:
    edge = band.edge
    count = formats.number(edge.count, language)
    half = formats.duration(1000 * edge.median_s, language)
    said = _("From “%(source)s” to “%(target)s”: %(count)s times, %(wait)s") % {
        "source": name(edge.source),
        "target": name(edge.target),
        "count": count,
        "wait": waiting(edge, language),
    }
    return BandSaid(
        band=band,
        source=naming.written(edge.source),
        target=naming.written(edge.target),
        label=f"{count} · {half}",
        said=said,
        chosen=chosen in (edge.source, edge.target),
    )


def _steps(
    found: Discovery,
    drawn: Sketch,
    question: Question,
    name: Name,
    chosen: str | None,
    language: str,
) -> dict[str, StepSaid]:
    most = max((box.count for box in drawn.boxes), default=1)
    steps = {}
    for box in drawn.boxes:
        width = max(6.0, 100 * box.count / most)
        ends = formats.number(box.ends, language)
        steps[box.activity] = StepSaid(
            activity=naming.written(box.activity),
            label=box.label,
            count=box.count,
            times=ngettext("%(n)s time", "%(n)s times", box.count)
            % {"n": formats.number(box.count, language)},
            said=_("%(n)s end here") % {"n": ends} if box.ends else "",
            url=question.at_step(None if box.activity == chosen else box.activity),
            bar=length(width, "%"),
            bar_x=length((100 - width) / 2, "%"),
            chosen=box.activity == chosen,
        )
    return steps


def _map_label(drawn: Sketch, language: str) -> str:
    """The map in one line, for who can not see it."""
    return _("Map of journeys: %(steps)s steps and %(bands)s transitions between them") % {
        "steps": formats.number(len(drawn.boxes), language),
        "bands": formats.number(len(drawn.bands), language),
    }


def _lasting(seconds: float | None, language: str) -> str:
    return formats.duration(1000 * (seconds or 0.0), language)


def _sizes(found: Discovery, question: Question, language: str) -> list[Choice]:
    """How many transitions the map may show: those sizes that differ for these journeys."""
    offered = [n for n in EDGES if n < len(found.edges)]
    offered += [next(iter(n for n in EDGES if n >= len(found.edges)), EDGES[-1])]
    sizes = [
        Choice(
            formats.number(min(n, len(found.edges)), language),
            question.at(edges=str(n)),
            current=min(n, len(found.edges)) == min(question.edges, len(found.edges)),
        )
        for n in dict.fromkeys(offered)
    ]
    return sizes if len(sizes) > 1 else []


def _part(found: Discovery, drawn: Sketch, language: str) -> str:
    """Which part of all that happens the map shows."""
    shown = sum(band.edge.count for band in drawn.bands)
    whole = sum(edge.count for edge in found.edges)
    if not whole or shown == whole:
        return _("The map shows every transition.")
    share = 100 * shown / whole
    return _("The map shows the most frequent transitions: %(share)s of all moves.") % {
        "share": formats.percent(share, language, 0 if 1 <= share <= 99 else 1)
    }


# ── waits, loops, channels ───────────────────────────────────────────────────


def _waits(found: Discovery, name: Name, language: str) -> list[Wait]:
    worst = finding.longest_waits(found, WAITS)
    most = finding.waiting_share(found, worst[0]) if worst else 0.0
    return [_wait(found, edge, most, name, language) for edge in worst] if most else []


def _wait(found: Discovery, edge: Edge, most: float, name: Name, language: str) -> Wait:
    share = finding.waiting_share(found, edge)
    return Wait(
        source=name(edge.source),
        target=name(edge.target),
        percent=100 * share,
        bar=length(100 * share / most, "%"),
        said=waiting(edge, language),
    )


def _loops(found: Discovery, question: Question, name: Name, language: str) -> list[LoopSaid]:
    """The loops most often made, of one step and of two."""
    both: list[Loop] = [*found.self_loops, *found.loops_of_two]
    both.sort(key=lambda loop: -loop.count)
    most = both[0].count if both else 1
    return [
        LoopSaid(
            label=name(loop.activity),
            url=question.at_step(loop.activity),
            said=loop_said(loop, name, language),
            bar=length(100 * loop.count / most, "%"),
        )
        for loop in both[:LOOPS]
    ]


def _channels(found: Discovery, language: str) -> Figure:
    """The share of journeys over several channels, against the reference."""
    share = wilson(found.multichannel, found.journeys)
    low, high = 100 * share.low, 100 * share.high
    if low > REFERENCE:
        note = _("Above the reference: McKinsey counts %(share)s of journeys.")
    elif high < REFERENCE:
        note = _("Below the reference: McKinsey counts %(share)s of journeys.")
    else:
        note = _("Not told apart from the reference: McKinsey counts %(share)s of journeys.")
    known = found.journeys > 0
    return Figure(
        name=_("Journeys over several channels"),
        scale=Scale(0, 100, unit="%", edges=(REFERENCE,)),
        value=100 * found.multichannel / found.journeys if known else None,
        low=low if known else None,
        high=high if known else None,
        n=found.journeys,
        verdict="measured" if found.journeys >= INDICATIVE else "indicative",
        of="journeys",
        lens="experience",
        note=note % {"share": formats.percent(REFERENCE, language, 0)},
    )


def _moment(at: int | None) -> dt.datetime | None:
    return None if at is None else moment(at)
