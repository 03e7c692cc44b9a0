"""A map of journeys as shapes: boxes, bands between them and the small arrows of who leaves. Pure.

Everything is in pixels of the drawing; whoever draws it (a page, a notebook) only writes it down.
A band is as wide as its volume, and bands leave and enter a box side by side.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap

from vivencia.journeys.layout import Map, Place, lay_out
from vivencia.journeys.report import Discovery, Edge

WIDTH = 156  # of a box
GAP_X, GAP_Y = 74, 36
LINE = 17  # of text
MARGIN = 30
THICKEST = 40.0  # all bands on one side of the busiest box together
THINNEST = 2.0
LETTERS = 19  # of one line in a box
LINES = 2
ARROW = 7.0
OWN_EDGES = 8  # of a chosen activity that is not among the most frequent


@dataclass(frozen=True, slots=True)
class Box:
    """An activity: where it stands, its label in lines that fit, and how many end there."""

    activity: str
    x: float
    y: float
    height: float
    lines: tuple[str, ...]
    label: str
    count: int
    ends: int
    column: int

    @property
    def middle(self) -> float:
        return self.y + self.height / 2

    @property
    def right(self) -> float:
        return self.x + WIDTH

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def count_y(self) -> float:
        return self.height - 12

    @property
    def exit_y(self) -> float:
        return self.height + 14

    @property
    def texts(self) -> list[tuple[int, str]]:
        """Each line of the label and where it stands, from the top of the box."""
        return [(21 + LINE * number, line) for number, line in enumerate(self.lines)]


@dataclass(frozen=True, slots=True)
class Band:
    """A transition: the middle line of its band, and where its label stands.

    `back` bands go against the map's direction, or turn on the same box; they end in `arrow`.
    """

    edge: Edge
    path: str
    thick: float
    label_x: float
    label_y: float
    back: bool = False
    arrow: str = ""


@dataclass(frozen=True, slots=True)
class Sketch:
    width: float
    height: float
    boxes: tuple[Box, ...]
    bands: tuple[Band, ...]


def sketch(
    found: Discovery, most: int, name: Callable[[str], str], chosen: str | None = None
) -> Sketch:
    """The `most` most frequent transitions and the activities they join.

    Where `chosen` is not among them, it comes with its own most frequent transitions. Without
    a transition, the most frequent activities stand side by side.
    """
    edges = found.edges[:most]
    if chosen is not None and not any(chosen in (edge.source, edge.target) for edge in edges):
        own = [edge for edge in found.edges if chosen in (edge.source, edge.target)]
        edges = edges + own[:OWN_EDGES]
    names = {each for edge in edges for each in (edge.source, edge.target)}
    names = names or set(list(found.activities)[:most])
    names |= {chosen} if chosen is not None else set()
    drawn = lay_out(names, edges)
    boxes = _boxes(found, drawn, name)
    bands = _Bands(drawn, boxes, edges).all()
    width = MARGIN + max((box.right for box in boxes.values()), default=0) + MARGIN
    height = max((_bottom(drawn, boxes, edge) for edge in edges), default=0)
    height = max(height, *(box.bottom for box in boxes.values()), 0) + MARGIN + GAP_Y / 2
    return Sketch(width, height, tuple(boxes.values()), tuple(bands))


def _bottom(drawn: Map, boxes: Mapping[str, Box], edge: Edge) -> float:
    """How far down a band reaches, where it runs under the boxes."""
    return max(boxes[edge.source].bottom, boxes[edge.target].bottom)


def _pitch() -> float:
    return LINE * LINES + 34 + GAP_Y


def _boxes(found: Discovery, drawn: Map, name: Callable[[str], str]) -> dict[str, Box]:
    rows = _rows(drawn)
    made = {}
    for activity, place in drawn.places.items():
        label = name(activity)
        lines = _lines(label)
        height = 34.0 + LINE * len(lines)
        middle = _level(place, rows)
        made[activity] = Box(
            activity=activity,
            x=MARGIN + place.column * (WIDTH + GAP_X),
            y=middle - height / 2,
            height=height,
            lines=lines,
            label=label,
            count=found.activities.get(activity, 0),
            ends=found.ends.get(activity, 0),
            column=place.column,
        )
    return made


def _lines(label: str) -> tuple[str, ...]:
    """The label in at most two lines; what does not fit is cut with an ellipsis."""
    lines = wrap(label, LETTERS, max_lines=LINES, placeholder="…") or [label[:LETTERS]]
    return tuple(lines)


def _rows(drawn: Map) -> list[int]:
    """How many places each column takes, bends included."""
    taken: dict[int, int] = defaultdict(int)
    for place in _places(drawn):
        taken[place.column] = max(taken[place.column], place.row + 1)
    return [taken[column] for column in range(max(taken, default=-1) + 1)]


def _places(drawn: Map) -> Iterable[Place]:
    yield from drawn.places.values()
    for way in drawn.ways.values():
        yield from way


def _level(place: Place, rows: Sequence[int]) -> float:
    """The middle of a place; shorter columns stand centred beside longer ones."""
    above = (max(rows) - rows[place.column]) / 2
    return MARGIN + GAP_Y / 2 + (place.row + above + 0.5) * _pitch()


class _Bands:
    """The bands of one map: how wide, from which port to which, by which way."""

    def __init__(self, drawn: Map, boxes: Mapping[str, Box], edges: Sequence[Edge]) -> None:
        self.drawn, self.boxes, self.edges, self.rows = drawn, boxes, edges, _rows(drawn)
        self.per_one = THICKEST / max(1, self._busiest())
        self.ports = self._ports()

    def all(self) -> list[Band]:
        """Thin ones last, so that they are not hidden under broad ones."""
        return [self._band(edge) for edge in self.edges]

    def _busiest(self) -> int:
        sides: dict[tuple[str, str], int] = defaultdict(int)
        for edge in self.edges:
            sides["from", edge.source] += edge.count
            sides["to", edge.target] += edge.count
        return max(sides.values(), default=1)

    def _thick(self, edge: Edge) -> float:
        return max(THINNEST, edge.count * self.per_one)

    def _onwards(self, edge: Edge) -> bool:
        return self.boxes[edge.source].column < self.boxes[edge.target].column

    def _ways(self, edge: Edge) -> list[tuple[float, float]]:
        """(x, y) of the places between the boxes of a band that goes onwards."""
        return [
            (MARGIN + place.column * (WIDTH + GAP_X), _level(place, self.rows))
            for place in self.drawn.ways.get((edge.source, edge.target), [])
        ]

    def _ports(self) -> dict[tuple[str, Edge], float]:
        """The height at which each band leaves and enters, in the order of where it comes from."""
        sides: dict[tuple[str, str], list[tuple[float, Edge]]] = defaultdict(list)
        for edge in filter(self._onwards, self.edges):
            source, target, way = self.boxes[edge.source], self.boxes[edge.target], self._ways(edge)
            sides["from", edge.source].append((way[0][1] if way else target.middle, edge))
            sides["to", edge.target].append((way[-1][1] if way else source.middle, edge))
        ports = {}
        for (side, activity), bands in sides.items():
            bands.sort(key=lambda pair: (pair[0], pair[1].source, pair[1].target))
            widths = [self._thick(edge) for _, edge in bands]
            top = self.boxes[activity].middle - sum(widths) / 2
            for (_, edge), width in zip(bands, widths, strict=True):
                ports[side, edge] = top + width / 2
                top += width
        return ports

    def _band(self, edge: Edge) -> Band:
        if edge.source == edge.target:
            return self._loop(edge)
        return self._forward(edge) if self._onwards(edge) else self._backward(edge)

    def _forward(self, edge: Edge) -> Band:
        x, y = self.boxes[edge.source].right, self.ports["from", edge]
        path, first = f"M{_n(x)} {_n(y)}", (0.0, 0.0)
        stops = [*self._ways(edge), (self.boxes[edge.target].x, self.ports["to", edge])]
        for number, (left, level) in enumerate(stops):
            half = (x + left) / 2
            path += f"C{_n(half)} {_n(y)} {_n(half)} {_n(level)} {_n(left)} {_n(level)}"
            first = (half, (y + level) / 2) if number == 0 else first
            if number < len(stops) - 1:
                path += f"H{_n(left + WIDTH)}"
                x = left + WIDTH
            y = level
        return Band(edge, path, self._thick(edge), first[0], first[1] + 4)

    def _backward(self, edge: Edge) -> Band:
        """Down from one box into the top of the other, up into its bottom, or under both."""
        source, target = self.boxes[edge.source], self.boxes[edge.target]
        x1, x2 = source.x + WIDTH * 0.3, target.x + WIDTH * 0.5
        if target.y >= source.bottom:
            y1, y2, turn = source.bottom, target.y, 1
        elif target.bottom <= source.y:
            y1, y2, turn = source.y, target.bottom, -1
        else:
            return self._under(edge, x1, x2)
        reach = turn * max(40.0, abs(y2 - y1) / 2)
        tip = y2 - turn * ARROW
        path = _arc(x1, y1, y1 + reach, x2, tip - reach, tip)
        arrow = _arrow(x2, y2, turn)
        return Band(
            edge, path, self._thick(edge), (x1 + x2) / 2, (y1 + y2) / 2 + 4, back=True, arrow=arrow
        )

    def _under(self, edge: Edge, x1: float, x2: float) -> Band:
        low1, low2 = self.boxes[edge.source].bottom, self.boxes[edge.target].bottom
        deep = max(low1, low2) + GAP_Y + 8
        path = _arc(x1, low1, deep, x2, deep, low2 + ARROW)
        label_y = max(low1, low2) + GAP_Y * 0.8
        arrow = _arrow(x2, low2, -1)
        return Band(edge, path, self._thick(edge), (x1 + x2) / 2, label_y, back=True, arrow=arrow)

    def _loop(self, edge: Edge) -> Band:
        """A turn over the top of the box."""
        box = self.boxes[edge.source]
        x1, x2, top = box.x + WIDTH * 0.7, box.x + WIDTH * 0.36, box.y - 34
        path = (
            f"M{_n(x1)} {_n(box.y)}C{_n(x1 + 12)} {_n(top)} {_n(x2 - 12)} {_n(top)} "
            f"{_n(x2)} {_n(box.y - ARROW)}"
        )
        arrow = _arrow(x2, box.y, 1)
        thick = min(self._thick(edge), 14.0)
        return Band(edge, path, thick, (x1 + x2) / 2, top + 2, back=True, arrow=arrow)


def _arc(x1: float, y1: float, out: float, x2: float, into: float, y2: float) -> str:
    """A curve that leaves and arrives upright; `out` and `into` are how far it swings."""
    return f"M{_n(x1)} {_n(y1)}C{_n(x1)} {_n(out)} {_n(x2)} {_n(into)} {_n(x2)} {_n(y2)}"


def _arrow(x: float, y: float, turn: int) -> str:
    """A head whose tip stands at (x, y), pointing down (turn 1) or up (−1)."""
    base = y - turn * ARROW
    return f"M{_n(x)} {_n(y)}L{_n(x - 5)} {_n(base)}L{_n(x + 5)} {_n(base)}z"


def _n(value: float) -> str:
    """A number as SVG takes it, to a tenth of a pixel."""
    return f"{value:.1f}".removesuffix(".0")
