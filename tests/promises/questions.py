"""Questions about scores, drawn by chance, in the words that every door takes.

They are asked of the material of `vivencia.columns.tests.made`.
"""

from __future__ import annotations

import datetime as dt
import random
from typing import NamedTuple

from vivencia.columns.asked import filters_of
from vivencia.columns.calendar import EVERY, Every
from vivencia.columns.filters import Filters
from vivencia.columns.tests.made import START
from vivencia.scores.definitions import MEASURES, variants

FIRST = dt.datetime.fromtimestamp(START / 1000, dt.UTC).date()
WORDS: dict[str, list[str]] = {
    "channel": ["web", "phone", "app", ""],
    "touchpoint": ["checkout", "sucursal", ""],
    "kind": ["page.viewed", "call.ended", "payment.declined", "Alta"],
    "stage": ["discover", "buy", "renew", ""],
    "outcome": ["success", "failure", ""],
    "source": ["api", "import:1"],
    "plan": ["gold", "basic", ""],
    "age": ["7", "30", "89"],
    "vip": ["true", ""],
}
FIELDS = ["channel", "touchpoint", "stage", "plan", "vip"]


class Question(NamedTuple):
    """One question, in the words that every door takes."""

    measure: str
    definition: str
    by: str
    every: Every
    where: list[tuple[str, str]]
    first: dt.date | None
    after: dt.date | None
    rows: tuple[list[str], Every | None]  # what a report is asked for: by which fields, how often

    def pairs(self, joint: str) -> list[str]:
        return [f"{field}{joint}{value}" for field, value in self.where]

    def days(self) -> tuple[str | None, str | None]:
        """The first day, and the first that no longer belongs to it."""
        return (
            self.first.isoformat() if self.first else None,
            self.after.isoformat() if self.after else None,
        )

    def filters(self) -> Filters:
        return filters_of(self.pairs("="), *self.days(), "UTC")


PLAIN = Question("nps", "nps", "channel", "month", [], None, None, (["channel"], None))


def question(draw: random.Random) -> Question:
    name = draw.choice(MEASURES)
    where = [
        (field, value)
        for field in draw.sample(sorted(WORDS), draw.randrange(4))
        for value in draw.sample(WORDS[field], draw.randint(1, min(2, len(WORDS[field]))))
    ]
    first = FIRST + dt.timedelta(days=draw.randrange(40)) if draw.random() < 0.5 else None
    after = (first or FIRST) + dt.timedelta(days=draw.randint(1, 40))
    by, every = draw.choice(FIELDS), draw.choice(EVERY)
    return Question(
        measure=name,
        definition=draw.choice([each.name for each in variants(name)]),
        by=by,
        every=every,
        where=where,
        first=first,
        after=after if first or draw.random() < 0.3 else None,
        rows=draw.choice([([], None), ([by], None), ([by], every)]),
    )
