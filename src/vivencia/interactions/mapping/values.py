"""Cells as values of the record: each reader remembers what it has read.

A reader is a dictionary from cell to value that computes what it does not know, so that a column
is read by `map(reader.__getitem__, column)` at the speed of a look-up. What can not be stored is
a `Bad` with its reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from enum import Enum
from typing import Any, NamedTuple

from vivencia.interactions import checks
from vivencia.interactions.identities import normal
from vivencia.interactions.mapping.terms import UNITS
from vivencia.interactions.reasons import BadItem
from vivencia.interactions.record import Identity, Sort
from vivencia.lib.errors import BadMapping

_REMEMBERED = 20_000  # cells of one column
_PLAIN_DIGITS = 9  # of a whole number that needs no other reading
_SPANISH = {
    "stage": {
        "descubrir": 1, "investigación": 1, "investigar": 1, "elegir": 2, "selección": 2,
        "comprar": 3, "compra": 3, "usar": 4, "uso": 4, "mantener": 5, "mantenimiento": 5,
        "renovar": 6, "renovación": 6,
    },
    "initiated_by": {"cliente": 1, "empresa": 2, "sistema": 3},
    "outcome": {"éxito": 1, "exito": 1, "fallo": 2, "fracaso": 2, "abandono": 3,
                "abandonado": 3},
}  # fmt: skip
CHOICES: dict[str, dict[str, int]] = {
    "stage": {**checks.STAGES, **_SPANISH["stage"]},
    "initiated_by": {**checks.INITIATORS, **_SPANISH["initiated_by"]},
    "outcome": {**checks.OUTCOMES, **_SPANISH["outcome"]},
}


class YesNo(Enum):
    """True and False as cells of their own: in a dictionary True would be found as 1."""

    yes = True
    no = False


class Bad(NamedTuple):
    """A value that can not be stored: why, and in which column."""

    reason: str
    column: str


class Cells(dict[Any, Any]):
    """A column's reader. `cleaned` holds the cells that lost a NUL; `refuses` tells whether any
    was ever bad."""

    def __init__(self, column: str, read: Callable[[Any], Any]) -> None:
        super().__init__()
        self.column = column
        self._read = read
        self.cleaned: set[str] = set()
        self.refuses = False

    def __missing__(self, cell: Any) -> Any:
        if len(self) > _REMEMBERED:
            self.clear()
        try:
            value = self._value(cell)
        except BadItem as bad:
            value = Bad(bad.reason, self.column)
            self.refuses = True
        self[cell] = value
        return value

    def _value(self, cell: Any) -> Any:
        if cell is None or cell == "":
            return None
        if not isinstance(cell, str):
            return self._read(cell)
        text, had_nul = checks.cleaned(cell)
        if had_nul:
            self.cleaned.add(cell)
        text = text.strip()
        return self._read(text) if text else None


def text_of(cell: Any) -> str:
    """A cell as text; 3.0 is "3", yes and no are "true" and "false"."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, YesNo):
        return "true" if cell.value else "false"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**63:
        return str(int(cell))
    return str(cell)


def plain(cell: Any) -> Any:
    """A cell with yes and no as Python has them."""
    return cell.value if isinstance(cell, YesNo) else cell


def words(column: str) -> Cells:
    return Cells(column, lambda cell: checks.word(text_of(cell)))


def keys(column: str) -> Cells:
    """Names of journeys and agents: any text of up to 255 characters, kept in the vault."""

    def read(cell: Any) -> str:
        text = text_of(cell)
        if len(text) > checks.LONGEST_WORD:
            raise BadItem("too_long")
        return text

    return Cells(column, read)


def texts(column: str) -> Cells:
    return Cells(column, text_of)


def choices(column: str, field: str) -> Cells:
    allowed = CHOICES[field]
    return Cells(column, lambda cell: checks.choice(text_of(cell), allowed))


def identities(column: str, sort: Sort, *, verified: bool) -> Cells:
    return Cells(column, lambda cell: Identity(sort, normal(sort, text_of(cell)), verified))


def ranks(column: str) -> Cells:
    def read(cell: Any) -> int:
        number = checks.duration(plain(cell))  # whole, not below zero
        if number >= 2**31:
            raise BadItem("number_range")
        return number

    return Cells(column, read)


class Durations(Cells):
    """The same, quicker for whole numbers of `factor` milliseconds: nearly every one is another."""

    def __init__(self, column: str, factor: int, read: Callable[[Any], Any]) -> None:
        super().__init__(column, read)
        self._factor = factor

    def __missing__(self, cell: Any) -> Any:
        if type(cell) is str and len(cell) <= _PLAIN_DIGITS and cell.isascii() and cell.isdigit():
            return int(cell) * self._factor
        return super().__missing__(cell)


def durations(column: str, unit: str, numbers: Numbers) -> Cells:
    """Whole milliseconds from a number in `unit`, or from h:mm:ss."""
    factor = UNITS[unit]

    def read(cell: Any) -> int:
        if isinstance(cell, str) and (parts := _CLOCK.fullmatch(cell)):
            hours, minutes, seconds = int(parts[1] or 0), int(parts[2]), float(parts[3])
            return round(((hours * 60 + minutes) * 60 + seconds) * 1000)
        value = numbers.plain(plain(cell))
        if factor == 1:
            return checks.duration(value)
        try:
            return checks.duration(round(Decimal(str(value)) * factor))
        except ArithmeticError:  # no number, or none that can be rounded
            raise BadItem("bad_duration") from None

    return Durations(column, factor, read)


def facts(column: str, sort: str | None, numbers: Numbers) -> Cells:
    """With no sort a text is a category, a number a number, yes or no a yes/no."""

    def read(cell: Any) -> Any:
        value = plain(cell)
        told = sort
        if told is None:
            told = "yesno" if isinstance(value, bool) else "number"
            told = "category" if isinstance(value, str) else told
        if told == "category":
            return checks.fact(text_of(cell), told)
        return checks.fact(numbers.plain(value) if told == "number" else value, told)

    return Cells(column, read)


def scores(
    column: str, scale: str, numbers: Numbers,
    missing: Iterable[str] = (), values: dict[str, float] | None = None,
) -> Cells:  # fmt: skip
    """Thousandths; None for no answer. `values`: scores of words, whatever their capitals."""
    unanswered = {one.strip() for one in missing}
    unanswered_numbers = {_number(one) for one in unanswered} - {None}
    spoken = {word.strip().casefold(): score for word, score in (values or {}).items()}

    def read(cell: Any) -> int | None:
        text = text_of(cell)
        if text in unanswered:
            return None
        if (score := spoken.get(text.casefold())) is not None:
            return checks.score(score, scale)
        value = numbers.plain(plain(cell))
        if _number(str(value)) in unanswered_numbers:
            return None  # a column of decimals writes a missing 0 as "0.0"
        return checks.score(value, scale)

    return Cells(column, read)


def _number(text: str) -> float | None:
    """The number that `text` is and nothing else, or None."""
    return float(text) if _PLAIN_NUMBER.fullmatch(text) else None


class Pairs(dict[Any, Cells]):
    """Readers of one column by the value beside it: scores by scale, amounts by currency."""

    def __init__(self, column: str, partner: str, reader: Callable[[Any], Cells]) -> None:
        super().__init__()
        self.column = column
        self.partner = partner
        self._reader = reader

    def __missing__(self, partner: Any) -> Cells:
        if len(self) > _REMEMBERED:
            self.clear()
        cells = self[partner] = self._reader(partner)
        return cells


def scored_by_scale(column: str, numbers: Numbers) -> Pairs:
    def reader(scale: Any) -> Cells:
        if isinstance(scale, str):
            return scores(column, scale, numbers)
        return _refused(column, "bad_scale")

    return Pairs(column, "scale", reader)


def amounts_by_currency(column: str, numbers: Numbers) -> Pairs:
    def reader(code: Any) -> Cells:
        if isinstance(code, str):
            return Cells(column, lambda cell: checks.amount(numbers.plain(plain(cell)), code))
        return _refused(column, "bad_currency")

    return Pairs(column, "currency", reader)


def currencies(column: str) -> Cells:
    return Cells(column, lambda cell: checks.currency(text_of(cell)))


def _refused(column: str, reason: str) -> Cells:
    """Any value is bad here, because what should stand beside it is missing."""

    def read(_: Any) -> Any:
        raise BadItem(reason)

    return Cells(column, read)


def coded(constants: Mapping[str, object]) -> dict[str, Any]:
    """Constants as the record holds them: words trimmed, enumerations as numbers."""
    found: dict[str, Any] = {}
    for name, given in constants.items():
        if name in CHOICES:
            found[name] = CHOICES[name][str(given).strip().lower()]
        elif name in ("duration", "wait"):
            found[name] = checks.duration(given)  # type: ignore[arg-type]
        elif name == "currency":
            found[name] = checks.currency(str(given))
        elif name != "happened_at":
            found[name] = text_of(given).strip()
    return found


_CLOCK = re.compile(r"(?:(\d{1,4}):)?(\d{1,2}):(\d{2}(?:\.\d+)?)", re.ASCII)
_PLAIN_NUMBER = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,15})?", re.ASCII)
_SIGNS = re.compile(r"[\s\u00a0€$£%]")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*", re.ASCII)
_DECIMAL = re.compile(r"[+-]?\d*([.,])\d+", re.ASCII)


def _has_no_marks(cells: Sequence[object]) -> bool:
    """Whether all are texts without commas and points, found out at once."""
    try:
        text = "".join(cells)  # type: ignore[arg-type]
    except TypeError:
        return False
    return "," not in text and "." not in text


class Numbers:
    """Whether a column of texts writes one and a half as 1.5 or 1,5: told from all of it.

    `decimal` given by the mapping is taken as said. 1.234 alone could be either: BadMapping asks.
    """

    def __init__(self, column: str = "", decimal: str | None = None) -> None:
        self.column = column
        self._given = decimal
        self.decimal = decimal or "."
        self._told: dict[str, str] = {}  # mark -> a text that showed it
        self._open = ""

    def watch(self, cells: Sequence[object]) -> None:
        """Learn from some of the column; called until `settle()`."""
        if self._given or len(self._told) > 1 or _has_no_marks(cells):
            return
        for cell in cells:
            if type(cell) is str and ("," in cell or "." in cell):
                self._learn(_SIGNS.sub("", cell))

    def examples(self) -> list[str]:
        """The few cells that told all that is known."""
        return [*self._told.values(), *filter(None, [self._open])]

    def _learn(self, text: str) -> None:
        last = text[max(text.rfind("."), text.rfind(","))]
        if "." in text and "," in text:
            self._told.setdefault(last, text)
        elif grouped := _GROUPED.fullmatch(text):
            if text.count(last) > 1:
                self._told.setdefault("," if grouped[1] == "." else ".", text)
            else:
                self._open = text
        elif _DECIMAL.fullmatch(text):
            self._told.setdefault(last, text)

    def settle(self) -> None:
        """Decide from what was watched. BadMapping: both ways, or nothing that tells."""
        if self._given:
            return
        if len(self._told) == 1:
            self.decimal = next(iter(self._told))
        elif self._told or self._open:
            shown = " · ".join(self._told.values()) or self._open
            raise BadMapping(
                es=f"En «{self.column}» no se sabe si la coma o el punto separa los decimales "
                f'({shown}). Dilo arriba del mapa: decimal = "," o decimal = "."',
                en=f'In "{self.column}" it can not be told whether the comma or the point '
                f'separates decimals ({shown}). Say it on top of the mapping: decimal = "," '
                'or decimal = "."',
                reason="decimal",
            )

    def plain(self, cell: Any) -> Any:
        """A text without signs and groups, its decimals after a point; other cells as they are."""
        if not isinstance(cell, str):
            return cell
        text = _SIGNS.sub("", cell)
        if self.decimal == ",":
            return text.replace(".", "").replace(",", ".")
        return text.replace(",", "") if "," in text else text
