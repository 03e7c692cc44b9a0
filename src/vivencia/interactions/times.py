"""Times of one column, however they are written, as UTC milliseconds. No Django here.

    times = Times(zone="Europe/Madrid")
    for batch: times.watch(cells)      # the whole column tells whether 3/4 is April or March
    times.settle()                     # raises BadMapping where it can not be told
    times.read("29/03/2026 18:22") -> Moment(1774801320000, True)

Read without a format: ISO 8601, YYYYMMDD (and YYYYMMDDHHMMSS), day/month/year or
month/day/year with or without a time, seconds or milliseconds since 1970.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from vivencia.interactions.checks import of_calendar
from vivencia.interactions.reasons import BadItem
from vivencia.interactions.strptime import compiled
from vivencia.lib.errors import BadMapping

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_EPOCH_THERE = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - of times that name no offset
_EPOCH_DAY = dt.date(1970, 1, 1).toordinal()
_MILLISECONDS_FROM = 100_000_000_000  # below: seconds (to the year 5138); from here: ms
_MICROSECONDS_FROM = 100_000_000_000_000
_REMEMBERED = 200_000

_NUMBER = re.compile(r"-?\d{1,16}(?:\.\d+)?", re.ASCII)
_COMPACT = re.compile(r"(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])", re.ASCII)
_COMPACT_TIME = re.compile(_COMPACT.pattern + r"([01]\d|2[0-3])[0-5]\d[0-5]\d", re.ASCII)
_SLASHED = re.compile(
    r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})"
    r"(?:[ ,T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,6})\d*)?)?\s*([AaPp]\.?\s?[Mm]\.?)?)?",
    re.ASCII,
)
_YEAR_SLASH = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})", re.ASCII)
_OFFSET_WORDS = re.compile(r"\s*(?:UTC|GMT)$")
_SPACED_OFFSET = re.compile(r"\s+(?=[+-]\d{2}:?\d{2}$)")


class Moment(NamedTuple):
    """UTC milliseconds, and whether that local time exists (clocks skip an hour in spring)."""

    ms: int
    exists: bool


class Times:
    """How one column writes its times. `format` is strptime's; `zone` is for times without one;
    `order`, "day" or "month", says which of the two stands first and settles it.

    A local time that the clocks skip is read with the offset before the change and said not to
    exist; one that comes twice is its first.
    """

    def __init__(
        self,
        format: str | None = None,  # noqa: A002
        zone: str | None = None,
        column: str = "",
        order: str | None = None,
    ) -> None:
        self.column = column
        self.zone = _zone(zone)
        self.day_first: bool | None = order == "day" if order else None
        self._format = compiled(format) if format else None
        self._shift = _shifts(self.zone)
        self._seen: set[str] = set()
        self._saw_day_first = self._saw_month_first = self._saw_either = ""
        self._known: dict[object, Moment | None] = {}

    # ── the order of day and month ───────────────────────────────────────────

    def watch(self, cells: Iterable[object]) -> None:
        """Learn from some of the column; called until `settle()`."""
        if self._format or self.day_first is not None:
            return
        starts = {cell.lstrip()[:10] for cell in cells if type(cell) is str} - self._seen
        if len(self._seen) < _REMEMBERED:
            self._seen |= starts
        for start in starts:
            if (parts := re.match(r"(\d{1,2})([/.-])(\d{1,2})\2\d\d", start)) is None:
                continue
            first, second = int(parts[1]), int(parts[3])
            if first > 12 >= second:
                self._saw_day_first = start
            elif second > 12 >= first:
                self._saw_month_first = start
            elif first != second:
                self._saw_either = start

    def examples(self) -> list[str]:
        """The few cells that told all that is known."""
        told = (self._saw_either, self._saw_month_first, self._saw_day_first)
        return [cell for cell in told if cell]

    def settle(self) -> None:
        """Decide from what was watched. BadMapping: both orders, or nothing that tells."""
        if self.day_first is not None:
            return
        if self._saw_day_first and self._saw_month_first:
            raise BadMapping(
                es=f"En «{self.column}» hay fechas con el día delante "
                f"({self._saw_day_first.strip()}) y con el mes delante "
                f"({self._saw_month_first.strip()}). Di el formato en [time] format.",
                en=f'In "{self.column}" some dates have the day first '
                f"({self._saw_day_first.strip()}), others the month "
                f"({self._saw_month_first.strip()}). Give the format in [time] format.",
                reason="mixed_dates",
            )
        if self._saw_day_first or self._saw_month_first:
            self.day_first = bool(self._saw_day_first)
        elif self._saw_either:
            raise self._undecided()

    def _undecided(self) -> BadMapping:
        example = self._saw_either.strip()
        mark = next((mark for mark in "/.-" if mark in example), "/")
        day, month = f"%d{mark}%m{mark}%Y", f"%m{mark}%d{mark}%Y"
        return BadMapping(
            es=f"¿Es {example} día{mark}mes o mes{mark}día? Ninguna fecha de «{self.column}» "
            f'lo aclara. Dilo en [time]: order = "day" ({day}) u order = "month" ({month}).',
            en=f"Is {example} day{mark}month or month{mark}day? No date in "
            f'"{self.column}" tells. Say it in [time]: order = "day" ({day}) or '
            f'order = "month" ({month}).',
            reason="day_or_month",
        )

    # ── reading ──────────────────────────────────────────────────────────────

    def read(self, cell: object) -> Moment | None:
        """The moment of a cell; None if it can not be read as one."""
        key = (cell, True) if type(cell) is bool else cell
        try:
            return self._known[key]
        except KeyError:
            pass
        if len(self._known) > _REMEMBERED:
            self._known.clear()
        moment = self._known[key] = self._read(cell)
        return moment

    def read_all(self, cells: Sequence[Any]) -> Sequence[tuple[int, bool] | None]:
        """`read` of each cell; ISO 8601 dates with times are read together, far quicker."""
        try:
            if self._format is None and {cell[4] for cell in cells} == {"-"}:
                times = list(map(dt.datetime.fromisoformat, cells))
                if times[0].tzinfo is not None or self.zone is None:
                    epoch = EPOCH if times[0].tzinfo is not None else _EPOCH_THERE
                    moments = [(_ms(time - epoch), True) for time in times]
                    of_calendar(min(moments)[0])
                    of_calendar(max(moments)[0])
                    return moments
        except (TypeError, ValueError, IndexError, OverflowError, BadItem):
            pass  # some cell is of another form, or an offset takes it off the calendar
        return list(map(self.read, cells))

    def _read(self, cell: object) -> Moment | None:
        if isinstance(cell, bool) or cell is None:
            return None
        try:
            if self._format:
                return self._placed(self._format(str(cell).strip()))
            if isinstance(cell, str):
                return self._told(cell.strip())
            if isinstance(cell, (int, float)):
                return _epoch(cell) if not isinstance(cell, int) else self._told(str(cell))
            if isinstance(cell, dt.datetime):
                return self._placed(cell)
            if isinstance(cell, dt.date):
                return self._placed(dt.datetime(cell.year, cell.month, cell.day))  # noqa: DTZ001
        except (ValueError, OverflowError, BadItem):
            pass
        return None

    def _told(self, text: str) -> Moment | None:
        """A text whose form tells how it is meant."""
        if _NUMBER.fullmatch(text):
            if len(text) == 8 and _COMPACT.fullmatch(text):
                return self._placed(dt.datetime.fromisoformat(text))
            if len(text) == 14 and _COMPACT_TIME.fullmatch(text):
                return self._placed(dt.datetime.fromisoformat(f"{text[:8]}T{text[8:]}"))
            return _epoch(float(text) if "." in text else int(text))
        if text[2:3] in "/.-" or text[1:2] in "/.-":
            return self._slashed(text)
        if text[4:5] in "/.":
            text = _YEAR_SLASH.sub(lambda p: f"{p[1]}-{p[2]:0>2}-{p[3]:0>2}", text, count=1)
        try:
            return self._placed(dt.datetime.fromisoformat(text))
        except ValueError:
            text = _SPACED_OFFSET.sub("", _OFFSET_WORDS.sub("+00:00", text).replace(",", "."))
            return self._placed(dt.datetime.fromisoformat(text))

    def _slashed(self, text: str) -> Moment | None:
        parts = _SLASHED.fullmatch(text)
        if parts is None:
            return None
        day, _, month, year, hour, minute, seconds, fraction, half = parts.groups()
        if not self._day_leads(day, month):
            day, month = month, day
        hours = int(hour or 0)
        if half:
            if not 1 <= hours <= 12:
                return None
            hours = hours % 12 + (12 if half[0] in "pP" else 0)
        return self._placed(
            dt.datetime(  # noqa: DTZ001
                _full_year(year), int(month), int(day), hours, int(minute or 0),
                int(seconds or 0), int((fraction or "0").ljust(6, "0")),
            )
        )  # fmt: skip

    def _day_leads(self, first: str, second: str) -> bool:
        """What `settle()` decided; without it, what this one date tells, or ValueError."""
        if self.day_first is not None:
            return self.day_first
        if int(first) <= 12 and int(second) <= 12 and int(first) != int(second):
            raise ValueError(first)
        return int(first) > 12 or int(first) == int(second)

    def _placed(self, time: dt.datetime) -> Moment:
        """The instant of a time: its own offset if it has one, else that of the zone."""
        if time.tzinfo is not None:
            return Moment(int(of_calendar(_ms(time - EPOCH))), True)
        minutes = (time.toordinal() - _EPOCH_DAY) * 1440 + time.hour * 60 + time.minute
        shift, exists = self._shift(minutes)
        return Moment(
            minutes * 60_000 + time.second * 1000 + time.microsecond // 1000 - shift, exists
        )


def _shifts(zone: ZoneInfo | None) -> Callable[[int], tuple[int, bool]]:
    """A function from local minutes since 1970 to (ms ahead of UTC, whether they exist)."""
    if zone is None:
        return lambda minutes: (0, True)

    def shift(minutes: int) -> tuple[int, bool]:
        # Since 1970 clocks have changed on a quarter of an hour, everywhere.
        return exactly(minutes - minutes % 15 if minutes > 0 else minutes)

    @lru_cache(maxsize=65_536)
    def exactly(minutes: int) -> tuple[int, bool]:
        local = dt.datetime(1970, 1, 1) + dt.timedelta(minutes=minutes)  # noqa: DTZ001
        there = local.replace(tzinfo=zone)
        offset = there.utcoffset() or dt.timedelta()
        again = there.astimezone(dt.UTC).astimezone(zone)
        return _ms(offset), again.replace(tzinfo=None) == local

    return shift


def _epoch(number: float) -> Moment:
    """Seconds, milliseconds or microseconds since 1970, told by how large they are."""
    if abs(number) >= _MICROSECONDS_FROM:
        number = number / 1000
    elif abs(number) < _MILLISECONDS_FROM:
        number = number * 1000
    return Moment(round(of_calendar(number)), True)


def _ms(delta: dt.timedelta) -> int:
    return (delta.days * 86_400 + delta.seconds) * 1000 + delta.microseconds // 1000


def _full_year(text: str) -> int:
    """26 is 2026, 97 is 1997 (the POSIX rule: 69 to 99 are of the last century)."""
    year = int(text)
    return year if len(text) == 4 else year + (1900 if year >= 69 else 2000)


def _zone(name: str | None) -> ZoneInfo | None:
    """None for UTC."""
    if not name or name.upper() in ("UTC", "Z"):
        return None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # not found, not a name, a folder
        raise BadMapping(
            es=f"No se conoce la zona horaria «{name}». Ejemplo: Europe/Madrid.",
            en=f'The time zone "{name}" is not known. An example: Europe/Madrid.',
            reason="zone",
        ) from None
