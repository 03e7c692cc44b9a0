"""The log in words again, page by page, so that no read lasts and no writer waits. No Django.

Without `personal` nothing of the vault is read: a customer is a random number, a journey and an
agent are keys. Undone imports and what nobody lived through are left out.
"""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
import uuid
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from vivencia.interactions.checks import decimals_of
from vivencia.interactions.imports.reading import hidden_sources
from vivencia.interactions.kinds import known
from vivencia.interactions.record import Initiator, Outcome, Sort, Stage

Row = dict[str, object]

PAGE = 5_000
_WORDS = (
    "source", "kind", "touchpoint", "channel", "device", "place", "brand", "department", "scale",
    "currency", "item",
)  # fmt: skip
_ENUMS = {"stage": Stage, "initiated_by": Initiator, "outcome": Outcome}
_TAKEN = (
    "seq", "id", "happened_at", "recorded_at", "rank", "flags", *_WORDS, *_ENUMS, "identity",
    "journey", "agent", "about", "duration", "wait", "score", "amount", "facts",
)  # fmt: skip
COLUMNS = (
    "id", "happened_at", "recorded_at", "rank", "kind", "touchpoint", "channel", "device",
    "place", "brand", "department", "stage", "initiated_by", "outcome", "customer", "journey",
    "agent", "about", "duration", "wait", "scale", "score", "amount", "currency", "item",
    "source", "flags",
)  # fmt: skip
PERSONAL_COLUMNS = ("identity", "identity_sort", "text", "properties", "sender_id")
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


class Rows:
    """The interactions of a log as dictionaries of plain values, in order of arrival.

    Times are ISO 8601 in UTC, scores and amounts decimals in their own units, `facts` columns
    are called fact.<name>.
    """

    def __init__(self, connection: sqlite3.Connection, *, personal: bool = False) -> None:
        self._connection = connection
        self._personal = personal
        self._words: dict[int, str] = {}
        self._fact_names: dict[str, str] = {}
        self._fact_sorts: dict[str, str] = {}
        self._learn_words()
        self._left_out = set(hidden_sources(connection))
        self.columns = [
            *COLUMNS,
            *(f"fact.{name}" for name in sorted(self._fact_names.values())),
            *(PERSONAL_COLUMNS if personal else ()),
        ]

    def _learn_words(self) -> None:
        for code, field, text in self._connection.execute("SELECT code, field, text FROM words"):
            self._words[code] = text or ""
            if field.startswith("fact."):
                self._fact_names[str(code)] = text or ""
                self._fact_sorts[str(code)] = field.removeprefix("fact.")
        unlived = {name for name, kind in known().items() if not kind.lived}
        self._unlived = {code for code, text in self._words.items() if text in unlived}

    def fact_types(self, pa: object) -> dict[str, object]:
        """The Arrow type of every fact column; `pa` is pyarrow."""
        arrow = {"number": "float64", "yesno": "bool_", "category": "string"}
        return {
            f"fact.{name}": getattr(pa, arrow[self._fact_sorts[code]])()
            for code, name in self._fact_names.items()
        }

    def pages(self) -> Iterator[list[Row]]:
        """Up to 5,000 rows at a time."""
        seq = 0
        while rows := self._read("l.seq > ? ORDER BY l.seq LIMIT ?", (seq, PAGE)):
            seq = int(rows[-1][0])  # type: ignore[call-overload]
            yield self._wanted(rows)

    def of(self, seqs: Sequence[int]) -> list[Row]:
        """The rows of those places in the log, in the order asked for."""
        marks = ", ".join("?" * len(seqs))
        rows = {row[0]: row for row in self._read(f"l.seq IN ({marks})", tuple(seqs))}
        return self._wanted([rows[seq] for seq in seqs])

    def places(self) -> Iterator[tuple[int, int, int, int, bytes]]:
        """(journey, happened_at, rank, seq, id) of every wanted row, in order of arrival: what
        is needed to put journeys in order."""
        seq = 0
        sql = """SELECT l.seq, l.journey, coalesce(i.customer, 0), l.happened_at, l.rank, l.id,
                 l.source, l.kind FROM interactions l LEFT JOIN identities i ON i.key = l.identity
                 WHERE l.seq > ? ORDER BY l.seq LIMIT ?"""
        while rows := self._connection.execute(sql, (seq, PAGE)).fetchall():
            for seq, journey, customer, happened_at, rank, uid, source, kind in rows:
                if source in self._left_out or kind in self._unlived:
                    continue
                own = -customer if customer else -(2**62) - seq
                yield journey or own, happened_at, rank, seq, uid

    def _read(self, where: str, parameters: tuple[int, ...]) -> list[tuple[object, ...]]:
        taken = ", ".join(f"l.{name}" for name in _TAKEN)
        vault = joins = ""
        if self._personal:
            vault = """, j.text, a.text, i.value, i.sort, t.text, t.properties, t.sender_id"""
            joins = """ LEFT JOIN vault_values j ON j.key = l.journey
                LEFT JOIN vault_values a ON a.key = l.agent
                LEFT JOIN vault_texts t ON t.seq = l.seq"""
        sql = f"""SELECT {taken}, coalesce(i.customer, 0){vault} FROM interactions l
            LEFT JOIN identities i ON i.key = l.identity{joins} WHERE {where}"""  # noqa: S608
        return self._connection.execute(sql, parameters).fetchall()

    def _wanted(self, rows: list[tuple[object, ...]]) -> list[Row]:
        found = []
        for row in rows:
            taken = dict(zip(_TAKEN, row, strict=False))
            if taken["source"] not in self._left_out and taken["kind"] not in self._unlived:
                found.append(self._in_words(taken, row[len(_TAKEN) :]))
        return found

    def _in_words(self, taken: dict[str, Any], rest: tuple[Any, ...]) -> Row:
        row: Row = {name: self._words.get(taken[name]) for name in _WORDS}
        for name, choices in _ENUMS.items():
            row[name] = choices(taken[name]).name if taken[name] else None
        row |= {
            "id": _name(taken["id"]),
            "about": _name(taken["about"]),
            "happened_at": iso(taken["happened_at"]),
            "recorded_at": iso(taken["recorded_at"]),
            "rank": taken["rank"],
            "flags": taken["flags"],
            "duration": taken["duration"],
            "wait": taken["wait"],
            "score": _scaled(taken["score"], 3),
            "amount": _scaled(taken["amount"], decimals_of(str(row["currency"]))),
            "customer": rest[0] or None,
            "journey": taken["journey"] or None,
            "agent": taken["agent"] or None,
        }
        for code, value in json.loads(str(taken["facts"] or "{}")).items():
            row[f"fact.{self._fact_names[code]}"] = self._fact(code, value)
        if self._personal:
            journey, agent, identity, sort, text, properties, sender_id = rest[1:]
            row |= {
                "journey": journey, "agent": agent, "identity": identity, "text": text,
                "identity_sort": Sort(sort).name if sort else None, "properties": properties,
                "sender_id": sender_id,
            }  # fmt: skip
        return row

    def _fact(self, code: str, value: object) -> object:
        sort = self._fact_sorts[code]
        if sort == "category":
            return self._words.get(value)  # type: ignore[call-overload]
        return bool(value) if sort == "yesno" else value


def iso(ms: int) -> str:
    """ISO 8601 with milliseconds, in UTC; the bare number for a time no calendar holds."""
    try:
        time = _EPOCH + dt.timedelta(milliseconds=ms)
    except OverflowError:
        return str(ms)
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _name(uid: bytes | None) -> str | None:
    return str(uuid.UUID(bytes=bytes(uid))) if uid else None


def _scaled(value: int | None, exponent: int) -> float | int | None:
    """Thousandths or minor units as a number people know; whole ones without a point."""
    if value is None:
        return None
    number = Decimal(value).scaleb(-exponent)
    return int(number) if number == int(number) else float(number)
