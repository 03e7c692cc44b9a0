"""The step chosen on the map: where people come from, where they go, how long they wait."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vivencia.journeys.question import Question
from vivencia.journeys.reading import Passing
from vivencia.journeys.report import Discovery, Edge, Loop
from vivencia.lib import formats
from vivencia.lib.charts.axis import length
from vivencia.lib.clock import moment

WAYS_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Way:
    """One way into or out of a step. `wait` says how long; `median` and `p90` draw it."""

    label: str
    count: int
    share: str
    url: str = ""
    wait: str = ""
    median: str = ""
    p90: str = ""


@dataclass(frozen=True, slots=True)
class Ways:
    """All the ways on one side: shown + others + edge of the journey = the step's count."""

    shown: list[Way]
    others: int
    others_count: int


@dataclass(frozen=True, slots=True)
class Narrowing:
    """A link that keeps only the journeys that do something at this step."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Visitor:
    """A customer who was here, and when."""

    number: int
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Panel:
    """What the panel of a step shows."""

    label: str
    said: str
    came: Ways
    went: Ways
    loops: list[str]
    narrowings: list[Narrowing]
    visitors: list[Visitor]
    release_url: str


def panel(
    found: Discovery,
    question: Question,
    step: str,
    passing: Sequence[Passing],
    name: Callable[[str], str],
    language: str,
) -> Panel:
    """The panel of `step`, which is one of the activities found."""
    told = _Telling(question, found.activities[step], name, language)
    into = [edge for edge in found.edges if edge.target == step]
    out = [edge for edge in found.edges if edge.source == step]
    starts, ends = found.starts.get(step, 0), found.ends.get(step, 0)
    return Panel(
        label=name(step),
        said=_said(found.activities[step], starts, ends, language),
        came=told.ways(into, lambda edge: edge.source, starts, _("They begin here")),
        went=told.ways(out, lambda edge: edge.target, ends, _("They end here")),
        loops=_loops(found, step, name, language),
        narrowings=[
            Narrowing(_("Only those that pass here"), question.narrowed("contains", step)),
            Narrowing(_("Only those that begin here"), question.narrowed("starts", step)),
            Narrowing(_("Only those that end here"), question.narrowed("ends", step)),
        ],
        visitors=[Visitor(one.customer, moment(one.latest)) for one in passing],
        release_url=question.at_step(None),
    )


def _said(count: int, starts: int, ends: int, language: str) -> str:
    """How often a step is lived, and how many journeys begin and end with it."""
    times = ngettext("%(n)s time", "%(n)s times", count) % {"n": formats.number(count, language)}
    return _("%(times)s · %(starts)s journeys begin here, %(ends)s end here") % {
        "times": times,
        "starts": formats.number(starts, language),
        "ends": formats.number(ends, language),
    }


class _Telling:
    """The ways of one step, with their waits on one common scale."""

    def __init__(
        self, question: Question, count: int, name: Callable[[str], str], language: str
    ) -> None:
        self.question, self.count, self.name, self.language = question, count, name, language

    def ways(
        self, edges: Sequence[Edge], other: Callable[[Edge], str], edge_count: int, edge_word: str
    ) -> Ways:
        """The most frequent ways; `edge_count` journeys begin or end here instead."""
        shown = edges[:WAYS_SHOWN]
        longest = max((edge.p90_s for edge in shown), default=0.0)
        ways = [self._way(edge, other(edge), longest) for edge in shown]
        if edge_count:
            ways.append(Way(edge_word, edge_count, self._share(edge_count)))
        ways.sort(key=lambda way: -way.count)
        rest = edges[WAYS_SHOWN:]
        return Ways(ways, len(rest), sum(edge.count for edge in rest))

    def _way(self, edge: Edge, other: str, longest: float) -> Way:
        place = 100 / longest if longest else 0.0
        return Way(
            label=self.name(other),
            count=edge.count,
            share=self._share(edge.count),
            url=self.question.at_step(other),
            wait=waiting(edge, self.language),
            median=length(edge.median_s * place, "%"),
            p90=length(edge.p90_s * place, "%"),
        )

    def _share(self, count: int) -> str:
        return length(100 * count / self.count, "%")


def waiting(edge: Edge, language: str) -> str:
    """How long a transition takes, in words."""
    times = {
        "median": formats.duration(1000 * edge.median_s, language),
        "p90": formats.duration(1000 * edge.p90_s, language),
    }
    if edge.count == 1 or times["median"] == times["p90"]:
        return times["median"]
    return _("half in %(median)s, 9 in 10 in %(p90)s") % times


def loop_said(loop: Loop, name: Callable[[str], str], language: str) -> str:
    """How often a loop is made, in words."""
    times = ngettext("%(n)s time", "%(n)s times", loop.count) % {
        "n": formats.number(loop.count, language)
    }
    journeys = ngettext("in %(n)s journey", "in %(n)s journeys", loop.journeys) % {
        "n": formats.number(loop.journeys, language)
    }
    if loop.activity == loop.between:
        return _("Comes again at once: %(times)s %(journeys)s") % {
            "times": times,
            "journeys": journeys,
        }
    return _("Goes to “%(between)s” and comes back: %(times)s %(journeys)s") % {
        "between": name(loop.between),
        "times": times,
        "journeys": journeys,
    }


def _loops(found: Discovery, step: str, name: Callable[[str], str], language: str) -> list[str]:
    return [
        loop_said(loop, name, language)
        for loop in (*found.self_loops, *found.loops_of_two)
        if loop.activity == step
    ][:3]
