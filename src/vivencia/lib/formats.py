"""Numbers, ranges, dates and times as people write them, in Spanish of Spain and in English.

1284 but 48.213 (es), 1,284 (en); 86,5 % (es), 86.5% (en); a real minus; spaces that do not
break. `language` is any code: "es…" is Spanish, everything else English. No Django here, so
that the command line and a notebook write as the pages do.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal

SPACE = "\u00a0"
MINUS = "\u2212"

MONTHS = {
    "es": [
        *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
        *("julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
    ],
    "en": [
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ],
}
SHORT_MONTHS = {
    "es": ["ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sep", "oct", "nov", "dic"],
    "en": ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
}


def tongue(language: str | None) -> str:
    """ "es" or "en", from any language code."""
    return "es" if (language or "").lower().startswith("es") else "en"


# ── numbers ──────────────────────────────────────────────────────────────────


def number(value: float, language: str, decimals: int = 0, *, signed: bool = False) -> str:
    """`value` rounded to `decimals`; with `signed` also a plus before what is above zero."""
    exact = Decimal(str(value))
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN)
    whole, _, rest = f"{abs(rounded):f}".partition(".")
    sign = MINUS if rounded < 0 else "+" if signed and rounded > 0 else ""
    if tongue(language) == "es":
        # Spanish leaves four figures together and groups from five (the Academy's and CLDR's rule)
        grouped = _grouped(whole, ".") if len(whole) > 4 else whole
        return sign + grouped + ("," + rest if rest else "")
    return sign + _grouped(whole, ",") + ("." + rest if rest else "")


def _grouped(digits: str, mark: str) -> str:
    return f"{int(digits):,}".replace(",", mark)


def with_unit(text: str, unit: str, language: str) -> str:
    """`text` followed by its unit: "86,5 %", "86.5%", "4,2 días"."""
    if not unit:
        return text
    tight = unit == "%" and tongue(language) == "en"
    return text + ("" if tight else SPACE) + unit


def percent(value: float, language: str, decimals: int = 1, *, signed: bool = False) -> str:
    """`value`, already in percent, with its sign: "86,5 %" or "86.5%"."""
    return with_unit(number(value, language, decimals, signed=signed), "%", language)


def between(
    low: float,
    high: float,
    language: str,
    decimals: int = 1,
    *,
    unit: str = "",
    signed: bool = False,
) -> str:
    """A range in words: "entre 84,8 y 87,9 %", "between 84.8 and 87.9%"."""
    ends = [number(end, language, decimals, signed=signed) for end in (low, high)]
    ends[1] = with_unit(ends[1], unit, language)
    first, second = ("entre", "y") if tongue(language) == "es" else ("between", "and")
    return f"{first} {ends[0]} {second} {ends[1]}"


def from_to(
    low: float,
    high: float,
    language: str,
    decimals: int = 1,
    *,
    unit: str = "",
    signed: bool = False,
) -> str:
    """A range for brackets and labels: "−13,2 a −0,8", "−13.2 to −0.8"."""
    ends = [number(end, language, decimals, signed=signed) for end in (low, high)]
    joint = "a" if tongue(language) == "es" else "to"
    return f"{ends[0]}{SPACE}{joint}{SPACE}{with_unit(ends[1], unit, language)}"


def file_size(size: int, language: str) -> str:
    """A size in bytes as people read it: "6,4 MB", "812 kB", "90 B"."""
    for power, unit in ((3, "GB"), (2, "MB"), (1, "kB")):
        scaled = size / 1000**power
        if scaled >= 1:
            return with_unit(number(scaled, language, 1 if scaled < 100 else 0), unit, language)
    return with_unit(number(size, language), "B", language)


def listed(words: Sequence[str], language: str) -> str:
    """ "a, b y c", "a, b and c"; Spanish changes y to e before the sound i."""
    if len(words) < 2:
        return "".join(words)
    last = words[-1]
    joint = "and"
    if tongue(language) == "es":
        start = last.lower().lstrip("«\"'")
        joint = "e" if start.startswith(("i", "í", "hi", "hí")) and start[:3] != "hie" else "y"
    return ", ".join(words[:-1]) + f" {joint} {last}"


# ── dates ────────────────────────────────────────────────────────────────────


def day(value: date, language: str, *, year: bool = True) -> str:
    """ "31 de octubre de 2026", "31 October 2026"."""
    words = tongue(language)
    parts = [str(value.day), MONTHS[words][value.month - 1]] + [str(value.year)] * year
    return (f"{SPACE}de{SPACE}" if words == "es" else SPACE).join(parts)


def short_day(value: date, language: str, *, year: bool = False) -> str:
    """ "31 oct", "31 Oct"; with the year "31 oct 2026"."""
    parts = [str(value.day), SHORT_MONTHS[tongue(language)][value.month - 1]]
    return SPACE.join(parts + [str(value.year)] * year)


def month(value: date, language: str, *, year: bool = True) -> str:
    """ "octubre de 2026", "October 2026"."""
    words = tongue(language)
    name = MONTHS[words][value.month - 1]
    return f"{name}{' de' if words == 'es' else ''}{SPACE}{value.year}" if year else name


def clock(value: datetime) -> str:
    """ "9:05", "21:14"."""
    return f"{value.hour}:{value.minute:02d}"


def moment(value: datetime, language: str) -> str:
    """ "31 oct 2026, 21:14", as lists and tables write it."""
    return f"{short_day(value, language, year=True)}, {clock(value)}"


def full_moment(value: datetime, language: str) -> str:
    """ "31 de octubre de 2026 a las 21:14", "31 October 2026 at 21:14"."""
    if tongue(language) == "es":
        hour = "la" if value.hour == 1 else "las"
        return f"{day(value, language)} a {hour}{SPACE}{clock(value)}"
    return f"{day(value, language)} at{SPACE}{clock(value)}"


# ── how long, how long ago ───────────────────────────────────────────────────

DAY_S = 86_400


def duration(milliseconds: float, language: str) -> str:
    """ "850 ms", "4,2 s", "2 min 10 s", "3 h 20 min", "4,2 días": two figures at most."""
    sign = MINUS if milliseconds < 0 else ""
    ms = abs(milliseconds)
    if round(ms) == 0:
        return f"0{SPACE}s"
    if ms < 1000:
        return f"{sign}{round(ms)}{SPACE}ms" if round(ms) < 1000 else f"{sign}1{SPACE}s"
    if ms < 9_950:
        return f"{sign}{_trimmed(ms / 1000, language)}{SPACE}s"
    seconds = round(ms / 1000)
    if seconds < 60:
        return f"{sign}{seconds}{SPACE}s"
    if seconds < 3600:
        return sign + _pair(seconds, 60, "min", "s")
    minutes = round(seconds / 60)
    if minutes < 24 * 60:
        return sign + _pair(minutes, 60, "h", "min")
    days = seconds / DAY_S
    text = _trimmed(days, language) if days < 99.95 else number(days, language)
    words = ("día", "días") if tongue(language) == "es" else ("day", "days")
    return f"{sign}{text}{SPACE}{words[text != '1']}"


def _trimmed(value: float, language: str) -> str:
    """One decimal, dropped when it is a nought."""
    text = number(value, language, 1)
    return text[:-2] if text.endswith("0") else text


def _pair(amount: int, base: int, large: str, small: str) -> str:
    whole, rest = divmod(amount, base)
    return f"{whole}{SPACE}{large}" + (f"{SPACE}{rest}{SPACE}{small}" if rest else "")


_AGO = (  # from this many seconds on: seconds in one, then one and many in each language
    (365 * DAY_S, 365.25 * DAY_S, ("año", "años"), ("year", "years")),
    (60 * DAY_S, 30.44 * DAY_S, ("mes", "meses"), ("month", "months")),
    (14 * DAY_S, 7 * DAY_S, ("semana", "semanas"), ("week", "weeks")),
    (2 * DAY_S, DAY_S, ("día", "días"), ("day", "days")),
    (3600, 3600, ("hora", "horas"), ("hour", "hours")),
    (60, 60, ("minuto", "minutos"), ("minute", "minutes")),
)


def ago(then: datetime, now: datetime, language: str) -> str:
    """ "hace 2 meses", "ayer", "dentro de 3 días": always beside the exact time, never alone."""
    words = tongue(language)
    days = (now.date() - then.date()).days
    apart = abs((now - then).total_seconds())
    if abs(days) == 1 and apart >= 6 * 3600:
        return {"es": ("ayer", "mañana"), "en": ("yesterday", "tomorrow")}[words][days < 0]
    for floor, unit, spanish, english in _AGO:
        if apart >= floor:
            amount = int(apart // unit) or 1
            name = (spanish if words == "es" else english)[amount != 1]
            return _placed(f"{number(amount, language)}{SPACE}{name}", now >= then, words)
    return "ahora mismo" if words == "es" else "just now"


def _placed(text: str, past: bool, words: str) -> str:
    if words == "es":
        return f"hace {text}" if past else f"dentro de {text}"
    return f"{text} ago" if past else f"in {text}"


def time_left(seconds: float, language: str) -> str:
    """How long a task may still take, said roughly: "unos 25 segundos", "about 3 minutes"."""
    spanish = tongue(language) == "es"
    if seconds < 90:
        amount, name = max(5, 5 * round(seconds / 5)), ("seconds", "unos", "segundos")
    elif seconds < 90 * 60:
        amount, name = round(seconds / 60), ("minutes", "unos", "minutos")
    else:
        amount, name = round(seconds / 3600), ("hours", "unas", "horas")
    return (
        f"{name[1]} {number(amount, language)}{SPACE}{name[2]}"
        if spanish
        else f"about {number(amount, language)}{SPACE}{name[0]}"
    )
