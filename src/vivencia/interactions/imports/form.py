"""The mapping as the fields of a form, and back.

A form is what a browser sends, {name: [values]}: for the column at place 3 its targets are "c3"
(one or more), and what some targets need besides is "c3-scale", "c3-touchpoint" and so on.
`fields_of` fills it from a mapping, `shape_of` reads a mapping's shape from it, `lines` lays it
out for the page.
"""

from __future__ import annotations

import re
from collections.abc import Mapping as Map
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import get_language

from vivencia.interactions.imports import words
from vivencia.interactions.imports.drafts import Look
from vivencia.interactions.mapping import Guess, Mapping
from vivencia.interactions.mapping.answer_files import Known, recognised
from vivencia.interactions.mapping.guess import fact_of, mapping_of_guesses
from vivencia.interactions.mapping.terms import IDENTITIES
from vivencia.lib.errors import BadMapping

Fields = Map[str, Sequence[str]]
MOST_COLUMNS = 150  # on a page; a wider file is described by a mapping file
SAME = "same-"  # begins the field of a fact that is the same for every row
READING = ("delimiter", "encoding", "header")  # what a page asks of how a file is read
_READING = (*READING, "format", "sheet")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_LISTED = re.compile(r"\s*[,;\n]\s*")


@dataclass(slots=True)
class Choice:
    value: str
    word: str | Promise
    chosen: bool = False


@dataclass(slots=True)
class Group:
    title: str | Promise
    choices: list[Choice]


@dataclass(slots=True)
class Line:
    """One column of the file as the page shows it. `extra` are the values of its other fields."""

    place: int
    column: str
    examples: list[str]
    distinct: int
    sure: str
    few: bool  # so few different values that it may be a fact
    said: bool  # a person has said what it is, alone or with others
    selects: list[list[Group]]
    extra: dict[str, str]
    sorts: list[Choice]
    units: list[Choice] = field(default_factory=list)


def guessed(look: Look) -> Mapping:
    """The first mapping of a file nobody has described; one without times but with identities
    is a file of customers, all other columns their traits."""
    if (known := known_file(look)) is not None:
        return known.mapping
    mapping = mapping_of_guesses(look.guesses)
    who = {name: column for name, column in mapping.columns.items() if name in IDENTITIES}
    if "happened_at" in mapping.columns or not who:
        return mapping
    others = [column for column in look.columns if column not in who.values()]
    return Mapping(columns=who, traits={fact_of(column)[0]: column for column in others})


def known_file(look: Look) -> Known | None:
    """What the file is, where another survey tool's headers tell."""
    return recognised(look.columns, look.guesses, look.examples)


def fields_of(mapping: Mapping, columns: Sequence[str]) -> dict[str, list[str]]:
    """The form that says what `mapping` says of a file with `columns`."""
    place = {name: number for number, name in enumerate(columns)}
    fields: dict[str, list[str]] = {}

    def goes(column: str, target: str, **extra: str) -> None:
        if column in place:
            fields.setdefault(f"c{place[column]}", []).append(target)
            fields.update({f"c{place[column]}-{k}": [v] for k, v in extra.items() if v})

    constants = dict(mapping.constants)
    for name, column in mapping.columns.items():
        if name == "score" and "scale" in constants:
            goes(column, f"row:{constants.pop('scale')}")
        else:
            goes(column, name, unit=mapping.units.get(name, ""))
    for name, fact in mapping.facts.items():
        goes(fact.column, "fact", name=name, sort=fact.sort or "")
        if fact.value is not None:
            fields[f"{SAME}{name}"] = [fact.value]
    for name, column in mapping.traits.items():
        goes(column, "trait", name=name)
    for block in mapping.scores:
        values = "; ".join(f"{word} = {score:g}" for word, score in block.values.items())
        goes(
            block.column, f"score:{block.scale}", missing=", ".join(block.missing), values=values,
            **block.constants,
        )  # fmt: skip
    told = {
        "time-format": mapping.time_format, "time-order": mapping.order, "time-zone": mapping.zone,
        "decimal": mapping.decimal, "verified": "yes" if mapping.verified else "",
        **{f"all-{name}": str(value) for name, value in constants.items()},
    }  # fmt: skip
    return fields | {name: [value] for name, value in told.items() if value}


def shape_of(fields: Fields, columns: Sequence[str], before: Map[str, object]) -> dict[str, object]:
    """The shape of a mapping file that the form describes. How the file is read stays as it was
    `before`. Raises BadMapping for two columns that go where only one can."""
    shape = _Shape(fields)
    for place, column in enumerate(columns[:MOST_COLUMNS]):
        for target in dict.fromkeys(fields.get(f"c{place}", ())):
            if target:
                shape.put(place, column, target)
    shape.facts |= {name: {"value": value} for name, value in same_facts(fields)}
    made: dict[str, object] = {name: before[name] for name in _READING if name in before}
    time = {key: _one(fields, f"time-{key}") for key in ("format", "order", "zone")}
    constants = {name: _one(fields, f"all-{name}") for name in words.CONSTANTS}
    made |= {
        "columns": shape.columns, "facts": shape.facts, "traits": shape.traits,
        "units": shape.units, "time": {key: value for key, value in time.items() if value},
        "constants": {**_unasked(before), **_said(constants), **shape.constants},
        "scores": shape.scores,
    }  # fmt: skip
    if _one(fields, "decimal"):
        made["decimal"] = _one(fields, "decimal")
    if _one(fields, "verified"):
        made["verified"] = True
    return {name: value for name, value in made.items() if value not in ({}, [])}


class _Shape:
    """The tables of a mapping, filled a column at a time."""

    def __init__(self, fields: Fields) -> None:
        self._fields = fields
        self.columns: dict[str, str] = {}
        self.facts: dict[str, object] = {}
        self.traits: dict[str, str] = {}
        self.units: dict[str, str] = {}
        self.constants: dict[str, object] = {}
        self.scores: list[dict[str, object]] = []

    def put(self, place: int, column: str, target: str) -> None:
        sort, _colon, scale = target.partition(":")
        if sort == "score" and scale:
            self.scores.append(self._block(place, column, scale))
        elif sort == "row":
            self._only(self.columns, "score", column)
            self.constants["scale"] = self._extra(place, "scale") or scale
        elif target == "fact":
            name = self._extra(place, "name") or fact_of(column)[0]
            told = self._extra(place, "sort")
            self._only(self.facts, name, {"column": column, "sort": told} if told else column)
        elif target == "trait":
            self._only(self.traits, self._extra(place, "name") or fact_of(column)[0], column)
        else:
            self._only(self.columns, target, column)
            unit = self._extra(place, "unit")
            if target in ("duration", "wait") and unit not in ("", "ms"):
                self.units[target] = unit

    def _block(self, place: int, column: str, scale: str) -> dict[str, object]:
        block: dict[str, object] = {
            "column": column,
            "scale": self._extra(place, "scale") or scale,
        }
        for name in ("touchpoint", "channel", "stage", "department", "item", "kind"):
            if value := self._extra(place, name):
                block[name] = value
        if missing := self._extra(place, "missing"):
            block["missing"] = [one for one in _LISTED.split(missing) if one]
        if values := self._extra(place, "values"):
            block["values"] = _values(values, column)
        return block

    def _extra(self, place: int, name: str) -> str:
        return _one(self._fields, f"c{place}-{name}")

    def _only(self, table: dict[str, object] | dict[str, str], name: str, value: object) -> None:
        if name in table:
            said = words.target_said(name)
            raise BadMapping(
                es=f"Dos columnas van a «{said}», y solo puede ir una. Deja la otra en nada, o "
                "hazla un dato tuyo.",
                en=f'Two columns go to "{said}", where only one can. Leave the other at nothing, '
                "or make it a fact.",
                reason="twice",
            )
        table[name] = value  # type: ignore[assignment]


def _values(text: str, column: str) -> dict[str, float]:
    """{"Muy bien": 5} from "Muy bien = 5; Bien = 4"."""
    found: dict[str, float] = {}
    for one in re.split(r"\s*[;\n]\s*", text.strip(" ;\n")):
        word, _equals, number = one.rpartition("=")
        try:
            found[word.strip()] = float(number.replace(",", "."))
        except ValueError:
            raise BadMapping(
                es=f"En «{column}», cada palabra va con su nota: Bien = 4; Mal = 2.",
                en=f'In "{column}", each word goes with its score: Good = 4; Bad = 2.',
                reason="bad_value",
            ) from None
    return found


def _one(fields: Fields, name: str) -> str:
    values = fields.get(name) or [""]
    return values[-1].strip()


def _unasked(before: Map[str, object]) -> dict[str, object]:
    """Constants of a mapping file that the page has no field for."""
    constants = before.get("constants", {})
    assert isinstance(constants, dict)
    asked = {*words.CONSTANTS, "scale"}
    return {name: value for name, value in constants.items() if name not in asked}


def _said(constants: Map[str, str]) -> dict[str, object]:
    return {name: value for name, value in constants.items() if value}


# ── laid out for the page ────────────────────────────────────────────────────


def lines(look: Look, fields: Fields, *, guessed: bool) -> list[Line]:
    """Every column with where it goes; `guessed`: how sure that is, is worth saying."""
    said = {int(one) for one in fields.get("said", ()) if one.isdecimal()}
    if not guessed:
        said |= set(range(len(look.columns)))
    return [
        Line(
            place,
            column,
            look.examples[place],
            look.distinct[place],
            _sure(look.guesses[place], _targets(fields, place)) if place not in said else "",
            guess.target == "fact",
            place in said,
            [_select(target, guess) for target in _selects(_targets(fields, place))],
            _extras(fields, place, look.guesses[place]),
            choices_of(words.FACT_SORTS, _one(fields, f"c{place}-sort")),
            choices_of(words.UNITS, _one(fields, f"c{place}-unit") or "ms"),
        )
        for place, (column, guess) in enumerate(
            zip(look.columns[:MOST_COLUMNS], look.guesses, strict=False)
        )
    ]


def asks_day(fields: Fields, look: Look) -> bool:
    """Whether no column tells when it happened, and it is no file of customers."""
    targets = {one for place in range(len(look.columns)) for one in _targets(fields, place)}
    day = day_of(fields)
    return not {"happened_at", "trait"} & targets and (not day or bool(_DAY.fullmatch(day)))


def how_read(reading: Map[str, object]) -> dict[str, list[Choice]]:
    """The choices of how a file of text is read."""
    header = {True: "yes", False: "no"}.get(reading.get("header"), "")  # type: ignore[call-overload]
    return {
        "delimiter": choices_of(words.DELIMITERS, str(reading.get("delimiter") or "")),
        "encoding": choices_of(words.ENCODINGS, str(reading.get("encoding") or "")),
        "header": choices_of(words.HEADERS, header),
    }


def reading_of(fields: Fields) -> dict[str, object]:
    """What a person said of how the file is read; nothing where it is found out."""
    listed = {"delimiter": words.DELIMITERS, "encoding": words.ENCODINGS, "header": words.HEADERS}
    said = {
        name: value
        for name, choices in listed.items()
        if (value := (fields.get(f"read-{name}") or [""])[-1]) and value in choices
    }
    return {name: value == "yes" if name == "header" else value for name, value in said.items()}


def same_facts(fields: Fields) -> list[tuple[str, str]]:
    """(name, value) of the facts that are the same for every row."""
    told = ((name.removeprefix(SAME), _one(fields, name)) for name in fields if name[:5] == SAME)
    return [(name, value) for name, value in told if value]


def day_of(fields: Fields) -> str:
    """The one date of all rows, as it is asked for where no column has one."""
    return _one(fields, "all-happened_at")


def constants(fields: Fields, *, asks_day: bool) -> list[tuple[str, Promise, str, list[Choice]]]:
    """(name, word, value, choices where it is chosen from a list) of what all rows share."""
    found = []
    for name, word in words.CONSTANTS.items():
        if name == "happened_at" and asks_day:
            continue
        value = _one(fields, f"all-{name}")
        choices = []
        if name in words.CHOSEN:
            choices = [
                Choice("", "—"),
                *choices_of(words.choices(name, get_language() or "en"), value),
            ]
        found.append((name, word, value, choices))
    return found


def has_constants(fields: Fields, *, asks_day: bool) -> bool:
    return any(value for _name, _word, value, _choices in constants(fields, asks_day=asks_day))


def dates_and_numbers(fields: Fields) -> dict[str, object]:
    return {
        "orders": choices_of(words.ORDERS, _one(fields, "time-order")),
        "decimals": choices_of(words.DECIMALS, _one(fields, "decimal")),
        "format": _one(fields, "time-format"),
        "zone": _one(fields, "time-zone"),
        "verified": bool(_one(fields, "verified")),
    }


def _targets(fields: Fields, place: int) -> list[str]:
    return [target for target in fields.get(f"c{place}", ()) if target]


def _selects(targets: list[str]) -> list[str]:
    """What the lists of one column show: its targets, and one more to give it a second."""
    return [*targets, ""] if targets else ["", ""]


def _sure(guess: Guess, targets: list[str]) -> str:
    """How sure the guess is; a person's own choice needs no such word."""
    of_guess = guess.target if guess.target != "score" else f"score:{guess.scale}"
    same = of_guess in targets or (not targets and guess.target in ("", "fact"))
    same = same or f"row:{guess.scale}" in targets or "trait" in targets
    return guess.sure if same else ""


def _extras(fields: Fields, place: int, guess: Guess) -> dict[str, str]:
    found = {
        name: _one(fields, f"c{place}-{name}")
        for name in ("scale", "touchpoint", "missing", "values", "name", "channel", "stage",
                     "department", "item", "kind")
    }  # fmt: skip
    found["suggested"] = fact_of(guess.column)[0]
    return found


def _select(target: str, guess: Guess) -> list[Group]:
    scale = target.partition(":")[2]
    scales = dict(words.SCALES)
    for one in (guess.scale, scale):
        if one and one not in scales:
            scales[one] = one
    groups: list[tuple[Promise, dict[str, str | Promise]]]
    groups = [(title, dict(names)) for title, names in words.FIELDS]
    if target != "account":
        groups[0][1].pop("account")
    groups.append((words.SCORES, {f"score:{name}": word for name, word in scales.items()}))
    of_row = {f"row:{name}": word for name, word in scales.items()}
    groups.append((words.ROW_SCORES, {**of_row, **words.ROW_EXTRA}))
    groups += [(title, dict(names)) for title, names in words.OTHERS]
    nothing = Group("", [Choice("", words.LEFT_OUT, not target)])
    return [nothing, *(Group(title, choices_of(names, target)) for title, names in groups)]


def choices_of(listed: Map[str, str | Promise], chosen: str) -> list[Choice]:
    """The list as choices, `chosen` chosen."""
    return [Choice(value, word, value == chosen) for value, word in listed.items()]
