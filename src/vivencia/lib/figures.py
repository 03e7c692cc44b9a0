"""A figure as a page or a notebook shows it: never a number alone.

The rooms that measure hand over plain objects of this shape; the parts of the page draw them.
No Django, and no word about what is measured.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FEW = 20  # below this many, the range comes first: one value would promise too much

Lens = Literal["", "service", "experience", "excellence"]


@dataclass(frozen=True, slots=True)
class Scale:
    """How the figures of one definition are written and drawn.

    `low` and `high` are the ends of the scale, `edges` the borders between its bands, `goal`
    what the organisation wants to reach. `sort` is "number", or "duration" in milliseconds.
    """

    low: float
    high: float
    unit: str = ""
    out_of: int | None = None
    decimals: int = 1
    signed: bool = False
    edges: tuple[float, ...] = ()
    goal: float | None = None
    higher_is_better: bool = True
    sort: Literal["number", "duration"] = "number"


@dataclass(frozen=True, slots=True)
class Change:
    """The difference to another period, with its own 95 % interval.

    `since` says in the reader's language which period: "desde septiembre", "since September".
    """

    value: float
    low: float
    high: float
    since: str

    @property
    def clear(self) -> bool:
        """Whether the whole interval lies on one side of nought."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True)
class Figure:
    """Value, interval, how many, verdict, definition, change and where it is explained.

    `of` names what was counted (answers, invitations, journeys, contacts, customers, interactions);
    a figure with the verdict "hidden" has neither value nor interval nor n. `weighted` is the
    same figure weighted to what is known of all customers, worth `effective_n` answers.
    """

    name: str
    scale: Scale
    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    verdict: str = "measured"
    of: str = "answers"
    definition: str = ""
    version: int | None = None
    change: Change | None = None
    explain_url: str = ""
    note: str = ""
    lens: Lens = ""
    weighted: Figure | None = None
    effective_n: float | None = None

    @property
    def hidden(self) -> bool:
        return self.verdict == "hidden" or self.value is None

    @property
    def few(self) -> bool:
        """Whether the range must lead, because one value would promise too much."""
        return not self.hidden and self.n is not None and self.n < FEW
