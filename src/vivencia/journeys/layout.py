"""Where each activity of a map stands: columns left to right, rows top to bottom. Pure.

Sugiyama's way in its plainest form: an order in which few journeys go backwards (Eades, Lin and
Smyth 1993), columns by longest way along it, rows by the middle of the neighbours. The page lays
the map out with dagre; this one serves where no script runs, in notebooks and on paper.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from vivencia.journeys.report import Edge

_SWEEPS = 4


class Place(NamedTuple):
    """A column and a row, both from 0."""

    column: int
    row: int


Bend = tuple[str, str, int]  # where a way from one activity to another crosses a column
Node = str | Bend


class Map(NamedTuple):
    """Where activities stand, and through which places each forward transition goes."""

    places: dict[str, Place]
    ways: dict[tuple[str, str], list[Place]]


def lay_out(activities: Iterable[str], edges: Sequence[Edge]) -> Map:
    """The map of these activities, the same for the same input.

    A way over several columns takes a place of its own in each, so that it passes no activity.
    """
    names = sorted(activities)
    linked = [edge for edge in edges if edge.source != edge.target]
    order = forward_order(names, linked)
    columns: dict[Node, int] = {}
    columns.update(_columns(order, linked))
    nodes: list[Node] = list(order)
    pieces: list[tuple[Node, Node, int]] = []
    for edge in linked:
        crossed = range(columns[edge.source] + 1, columns[edge.target])
        bends: list[Node] = [(edge.source, edge.target, column) for column in crossed]
        columns.update({bend: bend[2] for bend in bends if isinstance(bend, tuple)})
        nodes += bends
        pieces += [(a, b, edge.count) for a, b in pairwise([edge.source, *bends, edge.target])]
    placed = _rows(nodes, columns, pieces)
    return Map(
        {name: placed[name] for name in order},
        {
            (edge.source, edge.target): [
                placed[edge.source, edge.target, column]
                for column in range(columns[edge.source] + 1, columns[edge.target])
            ]
            for edge in linked
        },
    )


def forward_order(names: Sequence[str], edges: Sequence[Edge]) -> list[str]:
    """`names` in an order along which much flows forwards and little back."""
    flow_out: dict[str, int] = defaultdict(int)
    flow_in: dict[str, int] = defaultdict(int)
    for edge in edges:
        flow_out[edge.source] += edge.count
        flow_in[edge.target] += edge.count
    left = dict.fromkeys(names)
    front: list[str] = []
    back: list[str] = []
    while left:
        sinks = [name for name in left if not flow_out[name]]
        sources = [name for name in left if not flow_in[name]]
        if sources:
            taken = sources[0]
        elif sinks:
            taken = sinks[0]
        else:
            taken = max(left, key=lambda name: flow_out[name] - flow_in[name])
        (back if sinks and not sources else front).append(taken)
        del left[taken]
        for edge in edges:
            if edge.source == taken:
                flow_in[edge.target] -= edge.count
            if edge.target == taken:
                flow_out[edge.source] -= edge.count
    return front + back[::-1]


def _columns(order: Sequence[str], edges: Sequence[Edge]) -> dict[str, int]:
    """The column of each activity: one past the furthest that leads to it."""
    at = {name: place for place, name in enumerate(order)}
    columns = dict.fromkeys(order, 0)
    for name in order:
        for edge in edges:
            if edge.target == name and at[edge.source] < at[name]:
                columns[name] = max(columns[name], columns[edge.source] + 1)
    return columns


def _rows(
    nodes: Sequence[Node], columns: Mapping[Node, int], pieces: Sequence[tuple[Node, Node, int]]
) -> dict[Node, Place]:
    """Rows that keep neighbours near: each goes to the weighted middle of those it touches."""
    near: dict[Node, list[tuple[Node, int]]] = defaultdict(list)
    for a, b, weight in pieces:
        near[a].append((b, weight))
        near[b].append((a, weight))
    layers: dict[int, list[Node]] = defaultdict(list)
    for node in nodes:
        layers[columns[node]].append(node)
    row = {node: place for layer in layers.values() for place, node in enumerate(layer)}
    for sweep in range(_SWEEPS):
        for column in sorted(layers, reverse=bool(sweep % 2)):
            middle = {node: _middle(node, row, near[node]) for node in layers[column]}
            layers[column].sort(key=middle.__getitem__)
            row.update({node: place for place, node in enumerate(layers[column])})
    return {node: Place(columns[node], row[node]) for node in nodes}


def _middle(node: Node, row: Mapping[Node, int], near: Sequence[tuple[Node, int]]) -> float:
    weight = sum(w for _, w in near)
    return sum(row[other] * w for other, w in near) / weight if weight else float(row[node])
