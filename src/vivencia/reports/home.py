"""What the home page shows: three lenses over one view, from one look at the columns. No Django."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlencode

from vivencia.lib import formats
from vivencia.lib.address import View
from vivencia.lib.figures import Figure, Lens, Scale
from vivencia.lib.intervals import wilson
from vivencia.lib.period import Period
from vivencia.reports import answers, lived
from vivencia.reports.answers import Counts, months_of
from vivencia.reports.reading import Asker, Ground, figure, of_group
from vivencia.reports.weakest import COMPARABLE, Weakest, weakest
from vivencia.reports.windows import spanning, twelve_months, widened
from vivencia.scores.definitions import Definition, definition_of
from vivencia.scores.figures import scale_of
from vivencia.scores.report import Report, Row
from vivencia.scores.score import HIDDEN_BELOW, INDICATIVE_BELOW, change

# What may say which touchpoint is the weakest. Satisfaction comes first: its answers judge one
# touchpoint, while a recommendation judges all that was lived before.
COMPARED = ("csat", "ces", "nps")
REFERENCE = 56.0  # percent of journeys that use several channels: McKinsey, see definitions.md
POINTS = {"es": "puntos", "en": "points"}
NAMES = {
    "spread": {
        "es": "Distancia entre el mejor punto y el peor",
        "en": "From the worst touchpoint to the best",
    },
    "worst": {"es": "Lo peor: {name}", "en": "Weakest: {name}"},
    "wait": {"es": "Espera", "en": "Wait"},
    "time": {"es": "Duración de un recorrido", "en": "Time of a journey"},
    "multichannel": {"es": "Recorridos con varios canales", "en": "Journeys over several channels"},
}
BETWEEN = {"es": "de «{worst}» a «{best}»", "en": "from “{worst}” to “{best}”"}
LAST = {"es": ", en los últimos {months} meses", "en": ", over the last {months} months"}
MEDIAN = {"es": "mediana", "en": "median"}
MEASURED = {
    "es": "mediana; se midió en el {share} de las interacciones",
    "en": "median; it was measured in {share} of interactions",
}
AGAINST = {
    1: {"es": "por encima de la referencia, {share}", "en": "above the reference, {share}"},
    0: {
        "es": "no se distingue de la referencia, {share}",
        "en": "not told apart from the reference, {share}",
    },
    -1: {"es": "por debajo de la referencia, {share}", "en": "below the reference, {share}"},
}


@dataclass(frozen=True, slots=True)
class Home:
    """The three lenses over one view; `compared` is the period the touchpoints are told by."""

    service: Figure | None
    experience: Figure | None
    ease: Figure | None
    weakest: Weakest
    weakest_measure: str
    compared: Period
    minors: dict[Lens, list[Figure]]
    months: list[Row]


def home(asker: Asker, view: View, ground: Ground) -> Home:
    """Everything the home page says of its answers, each figure over the same view."""
    assert ground.last is not None
    earlier = view.period.before() if view.compare else None
    year, windows = twelve_months(view.period, ground.last), widened(view.period)
    periods = [view.period, *windows.values(), *([earlier] if earlier else [])]
    counts = answers.count(
        asker.columns,
        asker.filters(view, spanning([*periods, year])),
        [definition_of(measure).scale for measure in COMPARED],
        [*periods, *months_of(year)],
        strict=not asker.may_open,
    )

    def report(measure: str, variant: str | None = None) -> Report:
        return counts.report(definition_of(measure, variant), view.period, before=earlier)

    main = {measure: figure(asker, report(measure), view) for measure in COMPARED}
    meaning, found = _weakest(asker, counts, view, windows)
    compared = view.over(windows[found.months])
    top1, agree = (
        figure(asker, report(*named), view)
        for named in (("csat", "csat_top1"), ("ces", "ces_share"))
    )
    excellence = [_worst(found, asker), _spread(asker, counts, meaning, found, compared), agree]
    months = counts.report(definition_of("nps"), year, monthly=True)
    return Home(
        service=main["csat"],
        experience=main["nps"],
        ease=main["ces"],
        weakest=found,
        weakest_measure=meaning.measure,
        compared=compared.period,
        minors={
            "service": [top1] if top1 else [],
            "excellence": [each for each in excellence if each],
        },
        months=months.rows,
    )


def _weakest(
    asker: Asker, counts: Counts, view: View, windows: dict[int, Period]
) -> tuple[Definition, Weakest]:
    """The weakest touchpoint, by the score that compares most of them.

    The period asked for is widened only while too few touchpoints have the answers for it.
    """
    best: tuple[Definition, Weakest] | None = None
    for months, period in windows.items():
        for measure in COMPARED:
            meaning = definition_of(measure)
            rows = counts.report(meaning, period, by="touchpoint").rows
            over = view.over(period)
            named = [row for row in rows if row.by["touchpoint"] is not None]
            found = weakest(
                [of_group(asker, row, meaning, "touchpoint", over) for row in named], months
            )
            if best is None or len(found.ranked) > len(best[1].ranked):
                best = (meaning, found)
        if best and len(best[1].ranked) >= COMPARABLE:
            break
    assert best is not None
    return best


def _worst(found: Weakest, asker: Asker) -> Figure | None:
    """The weakest touchpoint as a figure, where its interval sets it apart."""
    if len(found.named) != 1:
        return None
    name = NAMES["worst"][formats.tongue(asker.language)].format(name=found.named[0].name)
    last = LAST[formats.tongue(asker.language)].format(months=found.months).lstrip(", ")
    note = last if found.months else ""
    return replace(found.named[0], name=name, note=note, lens="excellence")


def _spread(
    asker: Asker, counts: Counts, meaning: Definition, found: Weakest, view: View
) -> Figure | None:
    """How far the best touchpoint is from the worst, with the interval of that difference."""
    if found.worst is None or found.best is None:
        return None
    tongue, scale = formats.tongue(asker.language), scale_of(meaning)
    best, worst = (
        counts.histogram(meaning, view.period, end.name) for end in (found.best, found.worst)
    )
    apart = change(meaning, best, worst) if scale.higher_is_better else change(meaning, worst, best)
    if apart.value is None or apart.low is None or apart.high is None:
        return None
    listed = [("measure", meaning.measure), ("by", "touchpoint"), *view.pairs()]
    return Figure(
        name=NAMES["spread"][tongue],
        scale=Scale(
            0, scale.high - scale.low, POINTS[tongue],
            decimals=scale.decimals, higher_is_better=False,
        ),
        value=apart.value,
        low=max(0.0, apart.low),
        high=apart.high,
        n=(found.worst.n or 0) + (found.best.n or 0),
        definition=meaning.name,
        version=meaning.version,
        explain_url="/scores/?" + urlencode(listed, safe=":."),
        note=_from_to(found, tongue),
        lens="excellence",
    )  # fmt: skip


def _from_to(found: Weakest, tongue: str) -> str:
    """Between which touchpoints, and over how long where that is not the page's own period."""
    assert found.worst is not None
    assert found.best is not None
    ends = BETWEEN[tongue].format(worst=found.worst.name, best=found.best.name)
    return ends + (LAST[tongue].format(months=found.months) if found.months else "")


# ── what comes after the answers: waits and journeys, which no rollup holds ──


def service_lived(asker: Asker, view: View) -> list[Figure]:
    """The median wait, and what it was measured of."""
    found, tongue = lived.waits(asker.columns, asker.filters(view)), formats.tongue(asker.language)
    if not found.wait.n:
        return []
    share = formats.percent(100 * found.wait.n / found.lived, asker.language)
    said = MEASURED[tongue].format(share=share)
    return [_lasting(NAMES["wait"][tongue], found.wait, "contacts", "service", said)]


def experience_lived(asker: Asker, view: View) -> list[Figure]:
    """The share of journeys over several channels, where any channel is known, and their time."""
    found = lived.journeys(asker.columns, asker.filters(view))
    tongue = formats.tongue(asker.language)
    where = "/journeys/" + replace(view, rest=()).address()
    time = _lasting(NAMES["time"][tongue], found.time, "journeys", "experience", MEDIAN[tongue])
    if not found.journeys:
        return []
    share = [_multichannel(found, asker.language, where)] if found.channels else []
    return [*share, replace(time, explain_url=where)]


def _multichannel(found: lived.Lived, language: str, where: str) -> Figure:
    low, high = (100 * end for end in wilson(found.multichannel, found.journeys))
    side = (low > REFERENCE) - (high < REFERENCE)
    share = formats.percent(REFERENCE, language, 0)
    shown = found.journeys >= HIDDEN_BELOW
    return Figure(
        name=NAMES["multichannel"][formats.tongue(language)],
        scale=Scale(0, 100, unit="%", edges=(REFERENCE,)),
        value=100 * found.multichannel / found.journeys if shown else None,
        low=low if shown else None,
        high=high if shown else None,
        n=found.journeys if shown else None,
        verdict=_verdict(found.journeys),
        of="journeys",
        explain_url=where,
        note=AGAINST[side][formats.tongue(language)].format(share=share) if shown else "",
        lens="experience",
    )


def _lasting(name: str, found: lived.Middle, of: str, lens: Lens, note: str) -> Figure:
    """A median time as a figure, hidden where it would tell of fewer than five."""
    shown = found.n >= HIDDEN_BELOW
    return Figure(
        name=name,
        scale=Scale(0, found.high or 0, sort="duration", higher_is_better=False),
        value=found.median if shown else None,
        low=found.low if shown else None,
        high=found.high if shown else None,
        n=found.n if shown else None,
        verdict=_verdict(found.n),
        of=of,
        note=note if shown else "",
        lens=lens,
    )


def _verdict(n: int) -> str:
    if n < HIDDEN_BELOW:
        return "hidden"
    return "indicative" if n < INDICATIVE_BELOW else "measured"
