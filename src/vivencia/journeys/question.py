"""What the journeys page is asked: its address read, with what could not be understood. Pure.

    ?activity=channel&edges=40&step=web&starts=app&contains=phone&period=2026-10&where=plan:gold

beside what every page has in common (lib/address.py).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from vivencia.columns.calendar import stretch
from vivencia.columns.filters import Filters
from vivencia.journeys import naming
from vivencia.lib import address
from vivencia.lib.address import Query, View
from vivencia.lib.errors import BadQuestion
from vivencia.lib.period import ALL

OWN = ("activity", "edges", "step", "sort", "order", "variants")
NOT_STEPS = ("scale", "currency", "source")  # fields nobody would call a step of a journey
EDGES, EDGES_SHOWN = (10, 20, 40, 80, 150), 20
VARIANTS, VARIANTS_SHOWN = (10, 50, 200), 10
SORTS = ("count", "from", "to", "median", "p90")
ORDERS = ("count", "steps")


@dataclass(frozen=True, slots=True)
class Question:
    """A request read. `problems` are the words of the address that were left out."""

    view: View
    problems: list[BadQuestion]
    activity: str
    edges: int
    step: str | None
    sort: str
    order: str
    variants: int

    @classmethod
    def of(
        cls, query: Query, *, today: dt.date, fields: Collection[str], table: str = ""
    ) -> Question:
        """The question of an address, about `table` outside the log if any; never fails."""
        view, problems = address.read(
            query, today=today, default=ALL, fields=fields, own=OWN, table=table
        )
        activities = [field for field in fields if field not in NOT_STEPS]
        step = view.word("step")
        return cls(
            view=view,
            problems=problems,
            activity=_one_of(view.word("activity"), activities, "kind", problems),
            edges=int(_one_of(view.word("edges"), _texts(EDGES), str(EDGES_SHOWN), problems)),
            step=naming.read(step) if step else None,
            sort=_one_of(view.word("sort"), _both_ways(SORTS), "-count", problems),
            order=_one_of(view.word("order"), _both_ways(ORDERS), "-count", problems),
            variants=int(
                _one_of(view.word("variants"), _texts(VARIANTS), str(VARIANTS_SHOWN), problems)
            ),
        )

    def filters(self, zone: str) -> Filters:
        """What is left in, in the terms of the columns."""
        over = self.view.period
        return Filters(
            self.view.where,
            *stretch(zone, over.first, over.after),
            starts_with=tuple(map(naming.read, self.view.starts)),
            ends_with=tuple(map(naming.read, self.view.ends)),
            contains=tuple(map(naming.read, self.view.contains)),
        )

    @property
    def whole_journeys(self) -> bool:
        """Whether no journey is left out by how it goes."""
        return not (self.view.starts or self.view.ends or self.view.contains)

    def without_filters(self, problem: BadQuestion) -> Question:
        """The same question with no filter on fields, because of `problem`."""
        return replace(self, view=replace(self.view, where={}), problems=[*self.problems, problem])

    # ── addresses ────────────────────────────────────────────────────────────

    def at(self, **changes: str | None) -> str:
        """The address of the same question with words of its own changed (None drops one)."""
        return self.view.with_rest(**changes).address()

    def at_step(self, activity: str | None) -> str:
        """The address with that step chosen, or none."""
        return self.at(step=None if activity is None else naming.written(activity))

    def by(self, field: str) -> str:
        """The address with another field for a step: what named steps of the old one is dropped."""
        bare = replace(self.view, starts=(), ends=(), contains=())
        return bare.with_rest(activity=field, step=None).address()

    def narrowed(self, how: str, activity: str) -> str:
        """The address of only the journeys that start, end or pass at `activity`, and no step."""
        values = (*getattr(self.view, how), naming.written(activity))
        return self._narrowing(how, tuple(dict.fromkeys(values)))

    def widened(self, how: str) -> str:
        """The address without that filter on whole journeys."""
        return self._narrowing(how, ())

    def _narrowing(self, how: str, values: tuple[str, ...]) -> str:
        if how == "starts":
            return replace(self.view, starts=values).address()
        if how == "ends":
            return replace(self.view, ends=values).address()
        return replace(self.view, contains=values).address()


def _texts(numbers: Sequence[int]) -> list[str]:
    return [str(number) for number in numbers]


def _both_ways(words: Sequence[str]) -> list[str]:
    return [*words, *(f"-{word}" for word in words)]


def _one_of(text: str, allowed: Sequence[str], default: str, problems: list[BadQuestion]) -> str:
    """`text` if it is allowed; else the default, and the problem is told."""
    if not text or text in allowed:
        return text or default
    listed = ", ".join(allowed)
    problems.append(
        BadQuestion(
            es=f"«{text[:40]}» no se puede pedir aquí y se ha dejado fuera. Hay: {listed}.",
            en=f"“{text[:40]}” can not be asked here and was left out. There are: {listed}.",
            reason="unknown_word",
        )
    )
    return default
