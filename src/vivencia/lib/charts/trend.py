"""A value over time with the band of its interval; loose dots where answers are few."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from vivencia.lib.charts.axis import Axis, length, roomy, ticks

THIN = 30  # below this many a point is only indicative, and no line may lead to it
LABEL_GAP = 18.0  # pixels between two labels at the end of their lines
NARROWEST = 300  # pixels: the width under which a trend is never drawn
LETTER = 7.2  # pixels: one letter of a label
LEFT, WIDTH = 2.0, 96.0  # percent: where the drawn area begins and how wide it is


@dataclass(frozen=True, slots=True)
class Point:
    """One period: `value` with its interval over `n`; all empty where hidden or without data."""

    name: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    hidden: bool = False

    @property
    def thick(self) -> bool:
        return self.value is not None and (self.n is None or self.n >= THIN)


@dataclass(frozen=True, slots=True)
class Series:
    """One line. `tone` is exp, exc, ser or ink; `label` stands at its end."""

    label: str
    points: Sequence[Point]
    tone: str = "ink"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened before the period with this `index`, said in a few words."""

    index: int
    text: str


@dataclass(frozen=True, slots=True)
class Tick:
    place: str
    text: str
    anchor: str = "start"
    zero: bool = False
    text_y: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    tone: str
    path: str
    area: str


@dataclass(frozen=True, slots=True)
class Dot:
    tone: str
    x: str
    y: str
    low: str = ""
    high: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    x: str
    y: str
    text: str
    tone: str = ""
    anchor: str = "middle"


@dataclass(frozen=True, slots=True)
class Trend:
    """What parts/trend.html draws; `top`, `bottom` and `height` are pixels."""

    label: str
    height: str
    top: str
    bottom: str
    drawn: str
    across: tuple[Tick, ...]
    along: tuple[Tick, ...]
    lines: tuple[Line, ...]
    dots: tuple[Dot, ...]
    labels: tuple[Text, ...]
    gaps: tuple[Text, ...]
    events: tuple[Text, ...] = field(default=())


def trend(
    series: Sequence[Series],
    *,
    label: str,
    say: Callable[[float], str],
    within: tuple[float, float] | None = None,
    hidden: str = "",
    events: Sequence[Event] = (),
    height: int = 320,
) -> Trend:
    """The drawing of one or more series over the same periods.

    A line joins only neighbours that both have at least 30 answers; every other point stands
    alone with its interval. `say` writes a value of the axis, `hidden` the word for a period
    that may not be shown, `within` are the ends of the scale.
    """
    names = [point.name for point in series[0].points]
    plot = _Plot(_axis(series, within), len(names), top=22.0, bottom=height - 26.0)
    return Trend(
        label=label,
        height=length(height),
        top=length(plot.top),
        bottom=length(plot.bottom),
        drawn=length(plot.bottom - plot.top),
        across=tuple(plot.across(say)),
        along=tuple(plot.along(names)),
        lines=tuple(line for one in series for line in plot.lines(one)),
        dots=tuple(dot for one in series for dot in plot.dots(one)),
        labels=tuple(plot.labels(series)),
        gaps=tuple(plot.gaps(series, hidden)),
        events=tuple(plot.event(event) for event in events),
    )


def _axis(series: Sequence[Series], within: tuple[float, float] | None) -> Axis:
    known = [
        end
        for one in series
        for point in one.points
        for end in (point.value, point.low, point.high)
        if end is not None
    ]
    return roomy(known, within=within)


@dataclass(frozen=True, slots=True)
class _Plot:
    axis: Axis
    count: int
    top: float
    bottom: float

    def share(self, index: int) -> float:
        return 0.5 if self.count == 1 else index / (self.count - 1)

    def x(self, index: int) -> str:
        return length(LEFT + WIDTH * self.share(index), "%")

    def y(self, value: float) -> float:
        return self.axis.down(value, self.top, self.bottom)

    def across(self, say: Callable[[float], str]) -> Iterator[Tick]:
        for value in ticks(self.axis.low, self.axis.high):
            y = self.y(value)
            zero = value == 0 or value == self.axis.low
            yield Tick(length(y), say(value), zero=zero, text_y=length(y - 5))

    def along(self, names: Sequence[str]) -> Iterator[Tick]:
        """Names of periods, thinned so that they can not touch on a phone; first and last stay."""
        room = NARROWEST / (max(len(name) for name in names) * LETTER + 12)
        every, last = max(1, -(-self.count // max(2, int(room)))), self.count - 1
        for index, name in enumerate(names):
            if index == last or (index % every == 0 and last - index >= every):
                anchor = "middle"
                if self.count > 1 and index in (0, last):
                    anchor = "start" if index == 0 else "end"
                yield Tick(self.x(index), name, anchor)

    def lines(self, one: Series) -> Iterator[Line]:
        indexed = list(enumerate(one.points))
        for thick, run in groupby(indexed, key=lambda pair: pair[1].thick):
            stretch = list(run)
            if thick and len(stretch) > 1:
                yield Line(one.tone, self._path(stretch), self._area(stretch))

    def _path(self, stretch: list[tuple[int, Point]]) -> str:
        return _joined([(self.share(i), self.axis.share(p.value or 0.0)) for i, p in stretch])

    def _area(self, stretch: list[tuple[int, Point]]) -> str:
        if any(p.low is None or p.high is None for _, p in stretch):
            return ""
        upper = [(self.share(i), self.axis.share(p.high or 0.0)) for i, p in stretch]
        lower = [(self.share(i), self.axis.share(p.low or 0.0)) for i, p in stretch]
        return _joined(upper + lower[::-1]) + "z"

    def dots(self, one: Series) -> Iterator[Dot]:
        points = one.points
        for index, point in enumerate(points):
            if point.value is None:
                continue
            before = index > 0 and points[index - 1].thick
            after = index + 1 < self.count and points[index + 1].thick
            if not point.thick or not (before or after):
                yield self._loose(one.tone, index, point)
            elif not after:
                yield Dot(one.tone, self.x(index), length(self.y(point.value)))

    def _loose(self, tone: str, index: int, point: Point) -> Dot:
        low, high = (
            length(self.y(end)) if end is not None else "" for end in (point.low, point.high)
        )
        return Dot(tone, self.x(index), length(self.y(point.value or 0.0)), low, high)

    def labels(self, series: Sequence[Series]) -> Iterator[Text]:
        """Names at the end of the lines, above the band, moved apart where they would touch."""
        ends = [(self._above(one), one) for one in series if one.label]
        floor = -LABEL_GAP
        for y, one in sorted(ends, key=lambda end: end[0]):
            floor = max(y, floor + LABEL_GAP, 12.0)
            yield Text(length(LEFT + WIDTH, "%"), length(floor), one.label, one.tone, "end")

    def _above(self, one: Series) -> float:
        """Clear of everything of this series that lies under its label."""
        reach = len(one.label) * LETTER / NARROWEST
        tops = [
            point.high if point.high is not None else point.value
            for index, point in enumerate(one.points)
            if point.value is not None and self.share(index) >= 1 - reach - 0.5 / self.count
        ]
        return min(map(self.y, tops), default=self.bottom) - 10

    def gaps(self, series: Sequence[Series], word: str) -> Iterator[Text]:
        """The word for hidden, where no series of that period may be shown."""
        middle = length((self.top + self.bottom) / 2)
        for index in range(self.count):
            column = [one.points[index] for one in series]
            if word and any(p.hidden for p in column) and all(p.value is None for p in column):
                yield Text(self.x(index), middle, word)

    def event(self, event: Event) -> Text:
        anchor = "start" if self.share(event.index) < 0.6 else "end"
        return Text(self.x(event.index), length(self.bottom - 12), event.text, anchor=anchor)


def _joined(places: Sequence[tuple[float, float]]) -> str:
    """A path through places (across, up), both 0…1, in a viewBox of 100 × 100."""
    steps = (f"{length(100 * x)} {length(100 - 100 * y)}" for x, y in places)
    return "M" + "L".join(steps)
