"""The numbers the story is told with: everything here is planted, and truth.json repeats it."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

VERSION = 2  # of the story: raised when the same seed would tell another one

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
MONTHS = 14  # how many the story tells before the month it ends in
LOCAL = HOUR  # the clocks on the wall are an hour ahead of UTC, all year round


class Driver(NamedTuple):
    weight: float  # points of the 0-10 recommendation it adds to a person who lived it lately
    topic: str


# What moves loyalty. A person's latest half year counts, each driver once.
DRIVERS: dict[str, Driver] = {
    "slow_signature": Driver(-3.2, "branch"),  # the branch signature took over SLOW_DAYS
    "invoice_confusing": Driver(-2.4, "invoice"),
    "complaint_refused": Driver(-2.2, "complaint"),
    "card_delayed": Driver(-2.0, "card"),
    "branch_signature": Driver(-1.7, "branch"),
    "payment_declined": Driver(-1.6, "payment"),
    "call_unsolved": Driver(-1.4, "call"),
    "cart_refused": Driver(-1.2, "cart"),
    "identity_failed": Driver(-1.0, "video"),
    "bot_failed": Driver(-0.8, "chatbot"),
    "complaint_solved": Driver(0.9, "complaint"),
}
SLOW_DAYS = 4
# Once branches give no afternoon appointments, what they take rises by up to these factors.
SLOWER_TO_GET, SLOWER_IN_THE_QUEUE, SLOWER_VISITS = 1.8, 1.6, 0.4
SLOWER_CALLS = 14.0  # whoever is not seen calls for help: half an hour instead of two minutes
MEMORY_DAYS = 180

BASE = 8.85  # the recommendation of somebody to whom nothing happened
PERSON_SPREAD, MOMENT_SPREAD = 1.15, 0.75

SEGMENTS = ("jóvenes", "familias", "autónomos", "mayores")
SEGMENT_SHARE = (0.30, 0.38, 0.14, 0.18)
SEGMENT_EFFECT = (0.1, 0.15, -0.55, 0.0)
PLANS = ("basic", "plus", "premium")
PLAN_SHARE = (0.58, 0.30, 0.12)
PLAN_EFFECT = (-0.05, 0.05, 0.35)
ALREADY_CUSTOMER = 0.32  # share of the people who had their account before the story begins

# Share of those asked who answer, by what they would say: those who love answer more.
NPS_RESPONSE = {"promoter": 0.40, "passive": 0.21, "detractor": 0.25}
CSAT_RESPONSE = (0.46, 0.38, 0.28, 0.38, 0.50)  # for 1, 2, 3, 4, 5
CES_RESPONSE = (0.40, 0.36, 0.32, 0.28, 0.32, 0.40, 0.46)  # for 1 to 7
COMMENTS = {"good": 0.34, "mixed": 0.36, "bad": 0.62}  # share of the answers with words

DUPLICATES = 0.004  # share of the rows that come twice
SHARED_DEVICES = 0.03  # share of the people who use the desktop computer of another one

# What a journey is for -> (path in moves.csv, journeys a year and person); 0: begun elsewhere.
GOALS: dict[str, tuple[str, float]] = {
    "abrir cuenta": ("account", 0.0),
    "recibir tarjeta": ("card", 0.35),
    "contratar producto": ("product", 0.75),
    "resolver pago": ("payment", 0.34),
    "entender factura": ("invoice", 0.22),
    "pedir ayuda": ("help", 1.2),
    "reclamar": ("complaint", 0.09),
    "renovar": ("renewal", 0.0),
    "día a día": ("daily", 5.0),
    "estar al día": ("contact", 6.0),
}
GOAL = {name: code for code, name in enumerate(GOALS)}
KEYLESS = ("día a día", "estar al día")  # no journey key: a customer's life between journeys

# The journey as drawn: activity and the channels meant for it (none: any). In this order.
DESIGN: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("page.viewed", ()),
    ("account.compared", ("web",)),
    ("account.requested", ("web", "app")),
    ("identity.checked", ("app",)),
    ("contract.signed", ("app",)),
    ("card.activated", ("app",)),
    ("deposit.made", ("app",)),
)


class Span(NamedTuple):
    """The time of the story, in UTC milliseconds, half-open."""

    start: int
    until: int
    past: int  # lived from here on, told only from `start`: nobody begins without memories
    change: int  # from here on branches give no appointments in the afternoon

    def slowdown(self, at: NDArray[np.int64]) -> NDArray[np.float64]:
        """0 before the change, then rising to 1 within four weeks."""
        return np.clip((at - self.change) / (28 * DAY), 0.0, 1.0)


def span(until: dt.date) -> Span:
    """The months that end as `until` begins; the change is a Monday, 8 weeks earlier."""
    months = until.year * 12 + until.month - 1 - MONTHS
    first = dt.date(months // 12, months % 12 + 1, 1)
    monday = until - dt.timedelta(weeks=8)
    monday -= dt.timedelta(days=monday.weekday())
    start = milliseconds(first)
    return Span(start, milliseconds(until), start - MEMORY_DAYS * DAY, milliseconds(monday))


def milliseconds(day: dt.date) -> int:
    return int(dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC).timestamp()) * 1000
