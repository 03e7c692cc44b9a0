"""A map of journeys as SVG text, for notebooks: nothing but the drawing, no script, no font."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from vivencia.journeys.layout import Map, Place, lay_out
from vivencia.journeys.report import Discovery, Edge

_WIDTH, _HEIGHT = 168, 46  # of a box
_GAP_X, _GAP_Y = 84, 40
_MARGIN = 40
_THICKEST = 14.0
_INK, _PAPER, _LINE, _EDGE = "#26211a", "#fffdf9", "#877d6d", "#6a45a6"
_LONGEST = 24  # letters of a name that fit a box


@dataclass(frozen=True)
class Drawing:
    """An SVG that notebooks show."""

    svg: str

    def _repr_svg_(self) -> str:
        return self.svg

    def __str__(self) -> str:
        return self.svg


def draw(found: Discovery, *, most_edges: int = 30) -> Drawing:
    """The `most_edges` most frequent transitions and the activities they join."""
    edges = found.edges[:most_edges]
    names = {name for edge in edges for name in (edge.source, edge.target)} or set(
        found.activities
    )
    drawn = lay_out(names, edges)
    places = drawn.places
    taken = [*places.values(), *(place for way in drawn.ways.values() for place in way)]
    columns = 1 + max((place.column for place in taken), default=0)
    rows = 1 + max((place.row for place in taken), default=0)
    width = 2 * _MARGIN + columns * (_WIDTH + _GAP_X) - _GAP_X
    height = 2 * _MARGIN + rows * (_HEIGHT + _GAP_Y) - _GAP_Y
    most = max((edge.count for edge in edges), default=1)
    parts = [_edge(edge, drawn, most) for edge in edges]
    parts += [_box(name, place, found.activities) for name, place in places.items()]
    told = f"{found.journeys} journeys, {found.interactions} interactions"
    return Drawing(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img" font-family="sans-serif" '
        f'font-size="12"><title>{told}</title>{"".join(parts)}</svg>'
    )


def _corner(place: Place) -> tuple[int, int]:
    return (
        _MARGIN + place.column * (_WIDTH + _GAP_X),
        _MARGIN + place.row * (_HEIGHT + _GAP_Y),
    )


def _box(name: str, place: Place, counts: Mapping[str, int]) -> str:
    x, y = _corner(place)
    short = name if len(name) <= _LONGEST else name[: _LONGEST - 1] + "…"
    return (
        f'<g><title>{escape(name)}</title><rect x="{x}" y="{y}" width="{_WIDTH}" '
        f'height="{_HEIGHT}" rx="6" fill="{_PAPER}" stroke="{_LINE}"/>'
        f'<text x="{x + 10}" y="{y + 19}" fill="{_INK}" font-weight="600">{escape(short)}</text>'
        f'<text x="{x + 10}" y="{y + 36}" fill="{_INK}">{counts.get(name, 0):,}</text></g>'
    )


def _edge(edge: Edge, drawn: Map, most: int) -> str:
    source, target = drawn.places[edge.source], drawn.places[edge.target]
    bends = drawn.ways.get((edge.source, edge.target), [])
    thick = max(1.0, _THICKEST * edge.count / most)
    return (
        f'<path d="{_way(source, target, bends)}" fill="none" '
        f'stroke="{_EDGE}" stroke-opacity="0.45" stroke-width="{thick:.1f}">'
        f"<title>{escape(edge.source)} → {escape(edge.target)}: {edge.count:,}, "
        f"median {edge.median_s:,.0f} s</title></path>"
    )


def _way(source: Place, target: Place, bends: Sequence[Place]) -> str:
    """The curve from one box to another: over itself, onwards, or back underneath."""
    (x1, y1), (x2, y2) = _corner(source), _corner(target)
    if source == target:
        left, right = x1 + _WIDTH // 3, x1 + 2 * _WIDTH // 3
        return f"M{left} {y1}C{left} {y1 - 30} {right} {y1 - 30} {right} {y1}"
    if target.column > source.column:
        return _onwards(source, target, bends)
    low = max(y1, y2) + _HEIGHT + _GAP_Y // 2
    start, end = x1 + _WIDTH // 2, x2 + _WIDTH // 2
    return f"M{start} {y1 + _HEIGHT}C{start} {low} {end} {low} {end} {y2 + _HEIGHT}"


def _onwards(source: Place, target: Place, bends: Sequence[Place]) -> str:
    x, y = _corner(source)
    x, y = x + _WIDTH, y + _HEIGHT // 2
    way = f"M{x} {y}"
    for place in (*bends, target):
        left, top = _corner(place)
        level, half = top + _HEIGHT // 2, (left - x) // 2
        way += f"C{x + half} {y} {left - half} {level} {left} {level}"
        if place is not target:
            way += f"H{left + _WIDTH}"
        x, y = left + _WIDTH, level
    return way
