"""A map of journeys as SVG text, for notebooks: nothing but the drawing, no script, no font."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from vivencia.journeys.report import Discovery
from vivencia.journeys.sketch import WIDTH, Band, Box, sketch

_INK, _PAPER, _LINE, _EDGE = "#26211a", "#fffdf9", "#877d6d", "#6a45a6"


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
    drawn = sketch(found, most_edges, lambda activity: activity)
    parts = [_edge(band) for band in drawn.bands] + [_box(box) for box in drawn.boxes]
    told = f"{found.journeys} journeys, {found.interactions} interactions"
    return Drawing(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {drawn.width:.0f} '
        f'{drawn.height:.0f}" width="{drawn.width:.0f}" height="{drawn.height:.0f}" role="img" '
        f'font-family="sans-serif" font-size="12"><title>{told}</title>{"".join(parts)}</svg>'
    )


def _box(box: Box) -> str:
    lines = "".join(
        f'<text x="14" y="{y}" fill="{_INK}" font-weight="600">{escape(line)}</text>'
        for y, line in box.texts
    )
    return (
        f'<g transform="translate({box.x:.1f} {box.y:.1f})"><title>{escape(box.label)}</title>'
        f'<rect width="{WIDTH}" height="{box.height:.0f}" rx="6" fill="{_PAPER}" '
        f'stroke="{_LINE}"/>{lines}'
        f'<text x="14" y="{box.count_y:.0f}" fill="{_INK}">{box.count:,}</text></g>'
    )


def _edge(band: Band) -> str:
    edge = band.edge
    arrow = f'<path d="{band.arrow}" fill="{_EDGE}"/>' if band.arrow else ""
    return (
        f"<g><title>{escape(edge.source)} → {escape(edge.target)}: {edge.count:,}, "
        f'median {edge.median_s:,.0f} s</title><path d="{band.path}" fill="none" '
        f'stroke="{_EDGE}" stroke-opacity="0.45" stroke-width="{band.thick:.1f}"/>{arrow}</g>'
    )
