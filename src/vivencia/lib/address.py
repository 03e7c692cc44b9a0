"""The address of a view: its period, comparison and filters, read from it and written to it.

    ?period=2026-10&compare=none&where=channel:web&where=channel:app&where=plan:

`where` is OR inside one field and AND between fields; nothing after the colon means "without a
value". What can not be read is left out and said, with what would be allowed: an address typed
by hand never breaks a page.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from vivencia.lib import period as periods
from vivencia.lib.errors import BadQuestion
from vivencia.lib.period import Period

Query = Mapping[str, Sequence[str]]  # every value of every name, as request.GET.lists()
MOST_FILTERS = 50
JOURNEY_FILTERS = ("starts", "ends", "contains")


@dataclass(frozen=True, slots=True)
class View:
    """What a page is to show. `rest` keeps what belongs to the page itself (by, sort, page …);
    `table` is the table outside the log it is of, where it is."""

    period: Period
    compare: bool = True
    where: Mapping[str, tuple[str | None, ...]] = field(default_factory=dict)
    starts: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()
    rest: tuple[tuple[str, str], ...] = ()
    table: str = ""

    def pairs(self) -> list[tuple[str, str]]:
        """Names and values of the whole address, in a fixed order."""
        named = [("table", self.table)] if self.table else []
        named += [("period", self.period.key)]
        named += [] if self.compare else [("compare", "none")]
        named += [
            ("where", f"{name}:{value or ''}")
            for name, values in self.where.items()
            for value in values
        ]
        named += [(name, value) for name in JOURNEY_FILTERS for value in getattr(self, name)]
        return [*named, *self.rest]

    def address(self) -> str:
        """The query of this view, to stand after a path."""
        return "?" + urlencode(self.pairs(), safe=":.")

    def over(self, period: Period) -> View:
        """The same view of another period."""
        return replace(self, period=period)

    def comparing(self, yes: bool) -> View:
        return replace(self, compare=yes)

    def having(self, name: str, value: str | None) -> View:
        """Also let in what has `value` in the field `name`."""
        values = self.where.get(name, ())
        if value in values:
            return self
        return replace(self, where={**self.where, name: (*values, value)})

    def only(self, name: str, value: str | None) -> View:
        """Let in nothing but `value` in the field `name`."""
        return replace(self, where={**self.where, name: (value,)})

    def without(self, name: str) -> View:
        """The same view with no filter on the field `name`."""
        return replace(self, where={key: kept for key, kept in self.where.items() if key != name})

    def with_rest(self, **changes: str | None) -> View:
        """The same view with words of the page itself set anew, or dropped (None)."""
        kept = [(name, value) for name, value in self.rest if name not in changes]
        kept += [(name, value) for name, value in changes.items() if value is not None]
        return replace(self, rest=tuple(kept))

    def word(self, name: str) -> str:
        """The last value of one of the page's own words; empty if there is none."""
        return dict(self.rest).get(name, "")


def read(
    query: Query,
    *,
    today: dt.date,
    default: Period,
    fields: Collection[str],
    own: Collection[str] = (),
    table: str = "",
) -> tuple[View, list[BadQuestion]]:
    """The view an address asks for, and what in it could not be understood.

    `fields` are those that may filter, `own` the words of the page itself, `table` the table
    outside the log it is of, if any. Days of a form (from, to) become the period, a field and a
    value of a form a filter.
    """
    problems: list[BadQuestion] = []
    view = View(
        period=_period(query, today, default, problems),
        compare=_compare(query, problems),
        where=_where(query, fields, problems),
        rest=tuple((name, value) for name in own for value in query.get(name, ()) if value),
        **{name: tuple(v for v in query.get(name, ()) if v) for name in JOURNEY_FILTERS},
        table=table,
    )
    return view, problems


def _last(query: Query, name: str) -> str:
    values = query.get(name) or [""]
    return values[-1].strip()


def _period(query: Query, today: dt.date, default: Period, problems: list[BadQuestion]) -> Period:
    text = _last(query, "period")
    if _last(query, "from") or _last(query, "to"):
        text = f"{_last(query, 'from')}..{_last(query, 'to')}"
    if not text:
        return default
    try:
        return periods.parse(text, today)
    except BadQuestion as problem:
        problems.append(problem)
        return default


def _compare(query: Query, problems: list[BadQuestion]) -> bool:
    text = _last(query, "compare")
    if text not in ("", "previous", "none"):
        problems.append(
            BadQuestion(
                es=f"No se puede comparar con «{text[:40]}». Puedes escribir previous o none.",
                en=f"There is no comparing with “{text[:40]}”. You can write previous or none.",
                reason="unknown_comparison",
            )
        )
    return text != "none"


def _where(
    query: Query, fields: Collection[str], problems: list[BadQuestion]
) -> dict[str, tuple[str | None, ...]]:
    asked = [text.partition(":") for text in query.get("where", ())]
    if _last(query, "field"):
        asked.append((_last(query, "field"), ":", _last(query, "value")))
    where: dict[str, tuple[str | None, ...]] = {}
    for name, _, value in asked[:MOST_FILTERS]:
        if name not in fields:
            problems.append(_unknown(name, fields))
        elif (value or None) not in where.get(name, ()):
            where[name] = (*where.get(name, ()), value or None)
    return where


def _unknown(name: str, fields: Collection[str]) -> BadQuestion:
    listed = ", ".join(sorted(fields))
    return BadQuestion(
        es=f"No hay ningún campo «{name[:40]}»; ese filtro se ha dejado fuera. Hay: {listed}.",
        en=f"There is no field “{name[:40]}”; that filter was left out. There are: {listed}.",
        reason="unknown_field",
    )
