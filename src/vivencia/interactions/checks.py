"""What a value must be to enter the log: each function returns it ready, or raises BadItem.

Pure and without Django: the HTTP doors, the imports and the rooms that act share these rules.
"""

from __future__ import annotations

import datetime as dt
import re
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from vivencia.interactions.reasons import BadItem
from vivencia.interactions.record import (
    EARLIEST_OVER_HTTP,
    FUTURE_ALLOWED_MS,
    SCALES,
    Initiator,
    Outcome,
    Stage,
)

LONGEST_WORD = 255
LARGEST = 2**63 - 1
# Every enumeration of the record, by the words a sender writes.
STAGES = {stage.name: int(stage) for stage in Stage if stage}
INITIATORS = {initiator.name: int(initiator) for initiator in Initiator if initiator}
OUTCOMES = {outcome.name: int(outcome) for outcome in Outcome if outcome}

# ── personal data ────────────────────────────────────────────────────────────

_EMAIL = re.compile(r"[^\s@,;:<>()]+@[^\s@,;:<>()]+\.[^\s@,;:<>().]{2,}")
_SEVEN_DIGITS = re.compile(r"\d(?:\D{0,2}\d){6}")
_DATE_OR_TIME = re.compile(
    r"\b(?:(?:19|20)\d\d([-/.]?)(?:0?[1-9]|1[0-2])\1(?:0?[1-9]|[12]\d|3[01])"  # 2026-03-29
    r"|(?:0?[1-9]|[12]\d|3[01])([-/.])(?:0?[1-9]|1[0-2])\2(?:19|20)?\d\d)"  # 29/03/2026
    r"(?:[T _-]?\d{2}:?\d{2}(?::?\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?(?!\d)"
)
_NUMBER = re.compile(r"(?<![\w.\-/])\+?\(?\d[\d ().\-/]{5,}\d(?!\w)")
_CARD_LENGTHS = (14, 15, 16, 17, 18, 19)
_GOODS_LENGTHS = (12, 13, 14)  # the number under a bar code


def personal_data(word: str) -> bool:
    """Whether a word for categories holds an e-mail address, a telephone or a card number.

    Dates, versions, addresses of machines, bar codes and numbers of up to eight digits are not
    taken for one. A real telephone of national form without any separator is.
    """
    if "@" in word and _EMAIL.search(word):
        return True
    if not _SEVEN_DIGITS.search(word):
        return False
    rest = _DATE_OR_TIME.sub(" ", word)
    return any(_card_or_phone(match.group()) for match in _NUMBER.finditer(rest))


def _card_or_phone(text: str) -> bool:
    digits = "".join(character for character in text if character.isdigit())
    if text.startswith("+"):
        return 7 <= len(digits) <= 15
    if len(digits) in _CARD_LENGTHS and digits[0] in "23456" and _luhn(digits):
        return True
    if not 9 <= len(digits) <= 15:
        return False
    groups = re.split(r"\D+", text.strip("() "))
    if "." in text and set(text) <= set("0123456789."):
        return _dotted_phone(groups)
    bar_code = len(groups) == 1 and len(digits) in _GOODS_LENGTHS and digits[:2] != "00"
    return not (bar_code and _bar_code(digits))


def _dotted_phone(groups: list[str]) -> bool:
    """600.123.456 is one; 10.15.70.123, 120.0.6099.130 and 1234567.89 are not."""
    sizes = [len(group) for group in groups]
    machine = len(groups) == 4 and all(int(group) < 256 for group in groups)
    return len(groups) > 2 and min(sizes) >= 2 and max(sizes) <= 4 and not machine


def _luhn(digits: str) -> bool:
    """Whether the last digit is the check digit of a payment card (ISO/IEC 7812-1)."""
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(doubled) + sum(map(int, digits[-1::-2]))) % 10 == 0


def _bar_code(digits: str) -> bool:
    """Whether the last digit is the check digit of a trade item number (GS1 GTIN)."""
    return (3 * sum(map(int, digits[-2::-2])) + sum(map(int, digits[-1::-2]))) % 10 == 0


# ── texts ────────────────────────────────────────────────────────────────────


def cleaned(text: str) -> tuple[str, bool]:
    """(the text without NUL, whether there was one); half a character is `bad_unicode`."""
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise BadItem("bad_unicode") from None
    return (text.replace("\0", ""), True) if "\0" in text else (text, False)


def word(text: str) -> str | None:
    """A text for categories: trimmed, at most 255 characters, nothing personal; None if empty."""
    return _word(text.strip())  # what is remembered is short


@lru_cache(maxsize=65536)
def _word(text: str) -> str | None:
    if len(text) > LONGEST_WORD:
        raise BadItem("too_long")
    if personal_data(text):
        raise BadItem("personal_data")
    return text or None


# ── times ────────────────────────────────────────────────────────────────────

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MILLISECOND = dt.timedelta(milliseconds=1)
_MILLISECONDS_FROM = 100_000_000_000  # below: seconds (to the year 5138); from here: ms (1973 on)
_DIGITS = re.compile(r"-?\d{9,14}(\.\d+)?", re.ASCII)
_WITH_ZONE = re.compile(r"(.+)\[([A-Za-z0-9_+\-/]+)\]")
_FIRST_MS = -62_135_596_800_000  # the beginning of the year 1
_LAST_MS = 253_402_300_799_999  # the end of the year 9999


def moment(value: str | float, zone: ZoneInfo | None = None) -> tuple[int, bool]:
    """(UTC milliseconds, whether that local time exists).

    Takes ISO 8601 with or without an offset or a zone in brackets (RFC 9557), and seconds or
    milliseconds since 1970. A time with neither offset nor zone is in `zone`, UTC if None. An
    hour skipped by the clocks is read with the offset before the change, and said not to exist.
    """
    if isinstance(value, str):
        value = value.strip()
        if value[4:5] == "-" or not _DIGITS.fullmatch(value):
            return _iso(value, zone)
        value = float(value) if "." in value else int(value)
    ms = value if abs(value) >= _MILLISECONDS_FROM else value * 1000
    return round(of_calendar(ms)), True


def of_calendar(ms: float) -> float:
    """`ms` itself, if it lies in the years 1 to 9999."""
    if not _FIRST_MS <= ms <= _LAST_MS:
        raise BadItem("bad_time")
    return ms


def _iso(text: str, zone: ZoneInfo | None) -> tuple[int, bool]:
    try:
        if text.endswith("]") and (parts := _WITH_ZONE.fullmatch(text)):
            text, zone = parts[1], ZoneInfo(parts[2])
        time = dt.datetime.fromisoformat(text)
        if time.tzinfo is not None:  # its offset may take it off the calendar
            return round(of_calendar((time - _EPOCH) // _MILLISECOND)), True
        if zone is None:
            return (time.replace(tzinfo=dt.UTC) - _EPOCH) // _MILLISECOND, True
        there = time.replace(tzinfo=zone).astimezone(dt.UTC)
        exists = there.astimezone(zone).replace(tzinfo=None) == time
        return (there - _EPOCH) // _MILLISECOND, exists
    except (ValueError, KeyError, OverflowError, OSError):  # no such zone is a KeyError or OSError
        raise BadItem("bad_time") from None


def out_of_time(happened_at: int, received_at: int) -> bool:
    """Over HTTP: before 1990 or over a day in the future, so not charted over time."""
    return happened_at < EARLIEST_OVER_HTTP or happened_at > received_at + FUTURE_ALLOWED_MS


# ── numbers ──────────────────────────────────────────────────────────────────

_DECIMAL = re.compile(r"[+-]?\d{1,18}(?:\.\d{1,18})?", re.ASCII)


def score(value: str | float, scale: str) -> int:
    """Whole thousandths: 10, "10" and 10.0 are 10,000; a scale of SCALES keeps its bounds."""
    bounds = SCALES.get(scale)
    if type(value) is int and bounds and bounds[0] <= value <= bounds[1]:
        return value * 1000
    number = _decimal(value, "score_range")
    if bounds:
        low, high, whole = bounds
        if not low <= number <= high or (whole and number != int(number)):
            raise BadItem("score_range", scale)
    thousandths = int((number * 1000).to_integral_value(ROUND_HALF_EVEN))
    if abs(thousandths) > LARGEST:
        raise BadItem("score_range", scale)
    return thousandths


def _decimal(value: str | float, reason: str) -> Decimal:
    """The exact number a person would read in `value`; True and False are none."""
    if isinstance(value, bool):
        raise BadItem(reason)
    if isinstance(value, float):
        value = format(Decimal(repr(value)), "f")
    text = str(value).strip()
    if not _DECIMAL.fullmatch(text):
        raise BadItem(reason)
    return Decimal(text)


# ISO 4217: currencies whose minor unit is not a hundredth.
_EXPONENTS = (
    dict.fromkeys(
        [
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ],
        0,
    )
    | dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3)
    | dict.fromkeys(["CLF", "UYW"], 4)
)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


def decimals_of(code: str) -> int:
    """How many decimals a currency has: 2 for most, 0 for JPY, 3 for KWD (ISO 4217)."""
    return _EXPONENTS.get(code, 2)


def currency(text: str | None) -> str:
    """An ISO 4217 code in capitals."""
    code = (text or "").strip().upper()
    if not _CURRENCY.fullmatch(code):
        raise BadItem("bad_currency")
    return code


def amount(value: str | float, code: str) -> int:
    """Minor units of the currency `code`: "19.99" EUR is 1999, "500" JPY is 500.

    A text must be exact ("1.005" EUR is refused); a float is brought to the nearest minor unit.
    """
    return _amount(value.strip() if isinstance(value, str) else value, code)


@lru_cache(maxsize=65536, typed=True)  # prices repeat; typed, since 20 == 20.0 == True
def _amount(value: str | float, code: str) -> int:
    number = _decimal(value, "bad_amount").scaleb(decimals_of(code))
    if isinstance(value, float):
        number = number.to_integral_value(ROUND_HALF_EVEN)
    if number != int(number) or abs(number) > LARGEST:
        raise BadItem("bad_amount")
    return int(number)


def duration(value: str | float) -> int:
    """Whole milliseconds, not below zero."""
    if type(value) is int and 0 <= value <= LARGEST:
        return value
    number = _decimal(value, "bad_duration")
    if number != int(number) or not 0 <= number <= LARGEST:
        raise BadItem("bad_duration")
    return int(number)


def choice(text: str, choices: dict[str, int]) -> int:
    """The number of one word among `choices`, whatever its capitals; an empty text is 0."""
    text = text.strip().lower()
    number = choices.get(text, -1) if text else 0
    if number < 0:
        raise BadItem("bad_choice")
    return number


# ── facts ────────────────────────────────────────────────────────────────────

FACT_SORTS = ("category", "number", "yesno")
_YES_NO = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def fact(value: object, sort: str) -> str | float | bool | None:
    """A value declared as not personal, as its sort has it; None for no value."""
    if value is None or value == "":
        return None
    if not isinstance(value, (str, int, float)):
        raise BadItem("bad_fact")
    if sort == "category":
        return word(value if isinstance(value, str) else _written(value))
    if sort == "number":
        return _plain_number(_decimal(value, "bad_fact"))
    if isinstance(value, bool):
        return value
    answer = _YES_NO.get(str(value).strip().lower())
    if answer is None:
        raise BadItem("bad_fact")
    return answer


def _written(value: float) -> str:
    """2 for 2.0, so that a category does not split over how a number was written."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(int(value)) if value == int(value) else str(value)


def _plain_number(number: Decimal) -> float:
    return int(number) if number == int(number) else float(number)
