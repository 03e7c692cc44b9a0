"""A mapping: which column is which field of the record, and what is the same for every row.

    format = "csv"
    [columns]                     # field of the record = column of the file; also text
    identity = "Case ID"
    happened_at = "Complete Timestamp"
    id = "Event ID"               # the sender's own: a repeated one is a duplicate or a conflict
    [facts]                       # declared as not personal
    class = "Class"
    age = { column = "Age", sort = "number" }
    entry = { value = "imported" }   # the same for every row
    [constants]
    channel = "phone"
    [time]
    format = "%d.%m.%Y %H:%M"
    zone = "Europe/Madrid"
    order = "day"                 # of day and month, where no date of the column tells
    [[scores]]                    # one interaction per row and block that has a value
    column = "Seat comfort"
    scale = "csat5"
    touchpoint = "seat"
    missing = ["0"]

A file of customers has [traits] instead of a time: name of the trait = column of the file.
"""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from vivencia.interactions.formats import Options
from vivencia.lib.errors import BadMapping

# "identity" is an account; the others say what they are.
IDENTITIES = ("identity", "account", "email", "phone", "device_id")
WORDS = ("kind", "touchpoint", "channel", "device", "place", "brand", "department", "item")
ENUMS = ("stage", "initiated_by", "outcome")
KEYS = ("journey", "agent")
NUMBERS = ("duration", "wait", "amount", "score", "rank")
SENT_IDS = ("id", "about")  # ids as their sender wrote them
FIELDS = (
    "happened_at", *IDENTITIES, *WORDS, *ENUMS, *KEYS, *NUMBERS, "scale", "currency", "text",
    *SENT_IDS,
)  # fmt: skip
CONSTANTS = tuple(
    name
    for name in FIELDS
    if name not in ("rank", "score", "amount", "text", *IDENTITIES, *SENT_IDS)
)
BLOCK_CONSTANTS = ("touchpoint", "channel", "stage", "department", "item", "kind")
UNITS = {"ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}
ORDERS = ("day", "month")
FACT_SORTS = ("category", "number", "yesno")
MOST_BLOCKS = 200


@dataclass(frozen=True, slots=True)
class Fact:
    """A column declared as not personal. `sort` None: texts are categories, numbers numbers.
    With a `value` it is no column: a category that is the same for every row."""

    column: str = ""
    sort: str | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True)
class ScoreBlock:
    """One question of a survey: a column of scores. `values` turns words into scores."""

    column: str
    scale: str
    missing: tuple[str, ...] = ()
    values: dict[str, float] = field(default_factory=dict)
    constants: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mapping:
    """See the module. Made by `from_toml`, `from_dict` or guess(); equal ones share a digest."""

    columns: dict[str, str] = field(default_factory=dict)
    facts: dict[str, Fact] = field(default_factory=dict)
    constants: dict[str, object] = field(default_factory=dict)
    scores: tuple[ScoreBlock, ...] = ()
    traits: dict[str, str] = field(default_factory=dict)
    time_format: str | None = None
    zone: str | None = None
    order: str | None = None  # "day" or "month" first; None: told from the whole column
    units: dict[str, str] = field(default_factory=dict)  # duration, wait: "s", "min" …
    decimal: str | None = None  # "," or "."; None: told from the whole column
    verified: bool = False  # its identities count as verified
    format: str | None = None
    delimiter: str | None = None
    encoding: str | None = None
    header: bool | None = None
    sheet: str | None = None

    @classmethod
    def from_toml(cls, text: str) -> Mapping:
        """The mapping a file of TOML describes. Raises BadMapping with the line at fault."""
        from vivencia.interactions.mapping.toml import parsed  # noqa: PLC0415

        return cls.from_dict(parsed(text))

    @classmethod
    def from_dict(cls, content: dict[str, object]) -> Mapping:
        """The mapping in the shape of the TOML file, as JSON and pages carry it."""
        from vivencia.interactions.mapping.toml import mapping_of  # noqa: PLC0415

        return mapping_of(content)

    def to_dict(self) -> dict[str, object]:
        """The shape of the TOML file; nothing that was left out appears."""
        from vivencia.interactions.mapping.toml import shape_of  # noqa: PLC0415

        return shape_of(self)

    def to_toml(self) -> str:
        from vivencia.interactions.mapping.toml import written  # noqa: PLC0415

        return written(self.to_dict())

    @property
    def digest(self) -> str:
        """SHA-256 of what it says, in hexadecimal; order of the entries does not count."""
        text = json.dumps(self.to_dict(), sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def options(self) -> Options:
        """What it says about reading the file."""
        return Options(
            delimiter=self.delimiter, encoding=self.encoding, header=self.header, sheet=self.sheet
        )

    def used_columns(self) -> Iterator[str]:
        """Every column it names, some perhaps twice."""
        yield from self.columns.values()
        yield from (fact.column for fact in self.facts.values() if fact.column)
        yield from (block.column for block in self.scores)
        yield from self.traits.values()

    def check(self, columns: Sequence[str]) -> None:
        """Raise BadMapping unless it can be used on a file with `columns`."""
        for column in self.used_columns():
            if column not in columns:
                raise _no_column(column, columns)
        if self.traits:
            if not any(name in self.columns for name in IDENTITIES):
                raise BadMapping(
                    es="Para saber de quién es cada rasgo falta una columna: identity, email, "
                    "phone o device_id en [columns].",
                    en="To know whose the traits are, [columns] needs identity, email, phone or "
                    "device_id.",
                    reason="no_identity",
                )
        elif "happened_at" not in self.columns and "happened_at" not in self.constants:
            raise BadMapping(
                es="Falta cuándo ocurrió: di la columna en [columns] happened_at, o una fecha "
                "para todas en [constants] happened_at.",
                en="It does not say when it happened: name the column in [columns] happened_at, "
                "or one time for all in [constants] happened_at.",
                reason="no_time",
            )
        if self.traits and (self.scores or "kind" in self.columns or "score" in self.columns):
            raise BadMapping(
                es="Un archivo de clientes solo lleva [traits] e identidades: importa lo que "
                "vivieron con otro mapa.",
                en="A file of customers holds only [traits] and identities: import what they "
                "lived through with another mapping.",
                reason="traits_only",
            )
        if "score" in self.columns and not {"scale"} & {*self.columns, *self.constants}:
            raise BadMapping(
                es='Hay una nota sin escala: añade [constants] scale = "nps" (o csat5, ces7…).',
                en='There is a score without a scale: add [constants] scale = "nps" (or csat5…).',
                reason="no_scale",
            )
        if "amount" in self.columns and not {"currency"} & {*self.columns, *self.constants}:
            raise BadMapping(
                es='Hay un importe sin moneda: añade [constants] currency = "EUR".',
                en='There is an amount without a currency: add [constants] currency = "EUR".',
                reason="no_currency",
            )


def _no_column(column: str, columns: Sequence[str]) -> BadMapping:
    near = difflib.get_close_matches(column, columns, n=1)
    listed = ", ".join(list(columns)[:30])
    return BadMapping(
        es=f"El archivo no tiene la columna «{column}»."
        + (f" ¿Querías decir «{near[0]}»?" if near else f" Tiene: {listed}."),
        en=f'The file has no column "{column}".'
        + (f' Did you mean "{near[0]}"?' if near else f" It has: {listed}."),
        reason="no_column",
    )
