"""What was found about journeys as they are lived: plain rows, ready to print or to draw."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from vivencia.journeys.mining import Times


@dataclass(frozen=True)
class Edge:
    """How often one activity directly follows another, and the time between, in seconds."""

    source: str
    target: str
    count: int
    mean_s: float
    median_s: float
    p90_s: float


@dataclass(frozen=True)
class Variant:
    """One way of going, in activities, and how many journeys went so."""

    steps: tuple[str, ...]
    count: int


@dataclass(frozen=True)
class Loop:
    """An activity that comes back after `between` (itself in a self loop)."""

    activity: str
    between: str
    count: int
    journeys: int


@dataclass(frozen=True)
class Discovery:
    """Journeys as lived.

    edges + journeys = interactions; starts, ends and all variants each add up to journeys.
    `variants` are the most frequent asked for; `variant_count` is how many there are in all.
    `multichannel` counts journeys over at least two channels.
    """

    journeys: int
    interactions: int
    edges: list[Edge]
    variants: list[Variant]
    variant_count: int
    activities: dict[str, int]
    starts: dict[str, int]
    ends: dict[str, int]
    throughput: Times
    self_loops: list[Loop]
    loops_of_two: list[Loop]
    multichannel: int

    def as_dict(self) -> dict[str, Any]:
        """The contract of the command line and the API; numbers are never rounded."""
        return {
            "journeys": self.journeys,
            "interactions": self.interactions,
            "edges": [
                {
                    "from": edge.source,
                    "to": edge.target,
                    "count": edge.count,
                    "mean_s": edge.mean_s,
                    "median_s": edge.median_s,
                    "p90_s": edge.p90_s,
                }
                for edge in self.edges
            ],
            "variants": [{"steps": list(v.steps), "count": v.count} for v in self.variants],
            "variant_count": self.variant_count,
            "starts": self.starts,
            "ends": self.ends,
            "throughput": asdict(self.throughput),
            "self_loops": [asdict(loop) for loop in self.self_loops],
            "loops_of_two": [asdict(loop) for loop in self.loops_of_two],
            "multichannel": self.multichannel,
        }
