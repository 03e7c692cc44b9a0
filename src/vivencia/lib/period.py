"""A stretch of days as people ask for it: a month, a week, the last 90 days, from … to …

Written in addresses as 2026, 2026-Q4, 2026-10, 2026-W40, 2026-10-05, last-90-days,
2026-10-05..2026-10-19 (both days included) or all. Days are calendar days; whoever asks the
columns turns them into moments of the organisation's zone.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Literal

from vivencia.lib import formats
from vivencia.lib.errors import BadQuestion

Sort = Literal["all", "year", "quarter", "month", "week", "day", "last", "range"]
Bucket = Literal["day", "week", "month", "quarter", "year"]
LONGEST_LAST = 3660  # days
ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `first` up to `after`, which is not included; both None for all there is."""

    sort: Sort
    first: dt.date | None = None
    after: dt.date | None = None

    @property
    def last(self) -> dt.date | None:
        """The last day that belongs to it."""
        return self.after - ONE_DAY if self.after else None

    @property
    def days(self) -> int:
        return (self.after - self.first).days if self.first and self.after else 0

    @property
    def key(self) -> str:
        """As it is written in an address; `parse` reads it back on the same day."""
        if self.first is None or self.last is None:
            return "all"
        if self.sort == "week":
            year, week, _ = self.first.isocalendar()
            return f"{year:04d}-W{week:02d}"
        if self.sort == "quarter":
            return f"{self.first.year:04d}-Q{_quarter(self.first)}"
        width = {"year": 4, "month": 7, "day": 10}.get(self.sort)
        if width:
            return self.first.isoformat()[:width]
        return f"last-{self.days}-days" if self.sort == "last" else f"{self.first}..{self.last}"

    def before(self) -> Period | None:
        """The period just before, of the same sort and length; None for all there is, and at the
        beginning of the calendar."""
        if self.first is None or (self.first - dt.date.min).days < max(self.days, 1):
            return None
        if self.sort in ("year", "quarter", "month"):
            return holding(self.sort, self.first - ONE_DAY)
        earlier = self.first - dt.timedelta(days=self.days)
        sort: Sort = "range" if self.sort == "last" else self.sort
        return Period(sort, earlier, self.first)

    def said(self, language: str) -> str:
        """ "octubre de 2026", "semana del 28 de septiembre de 2026", "del 3 al 9 ago 2026"."""
        spanish = formats.tongue(language) == "es"
        if self.first is None or self.last is None:
            return "todo el tiempo" if spanish else "all the time"
        if self.sort == "year":
            return str(self.first.year)
        if self.sort == "quarter":
            number, year = _quarter(self.first), self.first.year
            return f"{number}.º trimestre de {year}" if spanish else f"Q{number} {year}"
        if self.sort == "month":
            return formats.month(self.first, language)
        if self.sort == "day":
            return formats.day(self.first, language)
        if self.sort == "week":
            monday = formats.day(self.first, language)
            return f"semana del {monday}" if spanish else f"week of {monday}"
        if self.sort == "last":
            return f"últimos {self.days} días" if spanish else f"last {self.days} days"
        start = formats.short_day(self.first, language, year=self.first.year != self.last.year)
        end = formats.short_day(self.last, language, year=True)
        return f"del {start} al {end}" if spanish else f"{start} to {end}"

    def since(self, language: str) -> str:
        """How a change against the period before is said: "desde septiembre"."""
        spanish, earlier = formats.tongue(language) == "es", self.before()
        if earlier is None or earlier.first is None or self.first is None:
            return ""
        if self.sort == "month":
            other_year = earlier.first.year != self.first.year
            name = formats.month(earlier.first, language, year=other_year)
            return f"desde {name}" if spanish else f"since {name}"
        if self.sort == "year":
            return f"desde {earlier.first.year}" if spanish else f"since {earlier.first.year}"
        if self.sort == "quarter":
            return "desde el trimestre anterior" if spanish else "since the quarter before"
        if self.sort == "week":
            return "desde la semana anterior" if spanish else "since the week before"
        if self.days == 1:
            return "desde el día anterior" if spanish else "since the day before"
        return (
            f"frente a los {self.days} días anteriores"
            if spanish
            else f"against the {self.days} days before"
        )


ALL = Period("all")
FORMS = "2026, 2026-Q4, 2026-10, 2026-W40, 2026-10-05, last-90-days, 2026-10-01..2026-10-15, all"


def month_of(day: dt.date) -> Period:
    """The month that holds `day`."""
    return holding("month", day)


def last_days(days: int, until: dt.date) -> Period:
    """The `days` days up to `until`, which is included."""
    return Period("last", until - dt.timedelta(days=days - 1), until + ONE_DAY)


def parse(text: str, today: dt.date) -> Period:
    """The period an address names; BadQuestion, with the forms there are, for anything else."""
    try:
        if not text.isascii():
            raise ValueError(text)
        return _within_reason(_read(text.strip(), today))
    except (ValueError, OverflowError):
        raise BadQuestion(
            es=f"«{text[:40]}» no es un periodo. Escribe uno así: {FORMS}.",
            en=f"“{text[:40]}” is no period. Write one of these: {FORMS}.",
            reason="unknown_period",
        ) from None


def _within_reason(period: Period) -> Period:
    """The same period; ValueError where the days around it would fall off the calendar."""
    if period.first and period.after and (period.first.year < 1900 or period.after.year >= 2200):
        raise ValueError(period.key)
    return period


def _read(text: str, today: dt.date) -> Period:
    if text == "all":
        return ALL
    if found := re.fullmatch(r"last-(\d{1,4})-days", text):
        days = int(found[1])
        if not 1 <= days <= LONGEST_LAST:
            raise ValueError(text)
        return last_days(days, today)
    if ".." in text:
        first, last = (dt.date.fromisoformat(part) for part in text.split("..", 1))
        if last < first:
            raise _ends_before(first, last)
        return Period("range", first, last + ONE_DAY)
    return _calendar(text)


def _ends_before(first: dt.date, last: dt.date) -> BadQuestion:
    return BadQuestion(
        es=f"Ese periodo acaba el {formats.day(last, 'es')}, antes de empezar el "
        f"{formats.day(first, 'es')}.",
        en=f"That period ends on {formats.day(last, 'en')}, before it begins on "
        f"{formats.day(first, 'en')}.",
        reason="unknown_period",
    )


def _calendar(text: str) -> Period:
    """A year, quarter, month, week or day; ValueError for anything else."""
    if found := re.fullmatch(r"(\d{4})-W(\d{2})", text):
        monday = dt.date.fromisocalendar(int(found[1]), int(found[2]), 1)
        return Period("week", monday, monday + dt.timedelta(days=7))
    if found := re.fullmatch(r"(\d{4})-Q([1-4])", text):
        return holding("quarter", dt.date(int(found[1]), 3 * int(found[2]), 1))
    if re.fullmatch(r"\d{4}", text):
        return holding("year", dt.date(int(text), 1, 1))
    if re.fullmatch(r"\d{4}-\d{2}", text):
        return month_of(dt.date.fromisoformat(f"{text}-01"))
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        day = dt.date.fromisoformat(text)
        return Period("day", day, day + ONE_DAY)
    raise ValueError(text)


def holding(sort: Bucket, day: dt.date) -> Period:
    """The day, week (from Monday), month, quarter or year that holds `day`."""
    if sort == "day":
        return Period("day", day, day + ONE_DAY)
    if sort == "week":
        monday = day - dt.timedelta(days=day.weekday())
        return Period("week", monday, monday + dt.timedelta(days=7))
    months = {"month": 1, "quarter": 3, "year": 12}[sort]
    first = day.replace(month=(day.month - 1) // months * months + 1, day=1)
    after = (first + dt.timedelta(days=31 * months)).replace(day=1)
    return Period(sort, first, after)


def _quarter(day: dt.date) -> int:
    return (day.month - 1) // 3 + 1
