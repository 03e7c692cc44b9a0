"""Rows become interactions, a column at a time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from vivencia.interactions.formats import Batch, Cell
from vivencia.interactions.mapping import values
from vivencia.interactions.mapping.ids import Sent, SentIds
from vivencia.interactions.mapping.learn import Learnt
from vivencia.interactions.mapping.mapped import Mapped, Refusal, Table, rows_at
from vivencia.interactions.mapping.terms import (
    ENUMS,
    IDENTITIES,
    KEYS,
    SENT_IDS,
    WORDS,
    Mapping,
)
from vivencia.interactions.mapping.values import Bad, Cells, Numbers, Pairs, YesNo
from vivencia.interactions.record import FUTURE_ALLOWED_MS, Flag, Identity, Sort
from vivencia.interactions.times import Moment

_SORTS = {
    "identity": Sort.account, "account": Sort.account, "email": Sort.email, "phone": Sort.phone,
    "device_id": Sort.device,
}  # fmt: skip
_YES_NO = {True: YesNo.yes, False: YesNo.no}
DESCRIBED = "customer.described"
_ANSWERED, _IMPORTED = "survey.answered", "imported"
_TAKEN = (*WORDS, *ENUMS, *KEYS, "duration", "wait", "scale", "currency", "text")


class Mapper:
    """Applies one mapping to the batches of one file.

    `prefix` is 8 bytes of the import's own id: an interaction's id is the import, the row and
    the place of the score in the row, so that ids come in order and never clash. A column of
    the sender's own ids goes before that; `secret` is what ids are hashed with. `now` (UTC ms)
    decides which times lie in the future.
    """

    def __init__(
        self, mapping: Mapping, columns: Sequence[str], learnt: Learnt,
        *, source: str, prefix: bytes, now: int, secret: bytes = b"",
    ) -> None:  # fmt: skip
        self.mapping = mapping
        self.columns = list(columns)
        self._places = {name: place for place, name in enumerate(columns)}
        self._source = source
        self._prefix = prefix
        self._latest = now + FUTURE_ALLOWED_MS
        self._times = learnt.times
        self._flags = Flag.time_constant if "happened_at" in mapping.constants else Flag(0)
        self._constants = values.coded(mapping.constants)
        self._readers = _readers(mapping, learnt.numbers)
        self._ids, self._abouts = (
            SentIds(mapping.columns[name], secret) if name in mapping.columns else None
            for name in SENT_IDS
        )
        self._pairs = _pairs(mapping, learnt.numbers)
        self._identities = [
            values.identities(mapping.columns[name], _SORTS[name], verified=mapping.verified)
            for name in IDENTITIES
            if name in mapping.columns
        ]
        self._facts = {
            name: values.facts(fact.column, fact.sort, learnt.numbers.get(fact.column, Numbers()))
            for name, fact in mapping.facts.items()
            if fact.column
        }
        self._same_facts: dict[str, Any] = {
            name: fact.value for name, fact in mapping.facts.items() if fact.value is not None
        }
        self._blocks = [
            values.scores(
                block.column, block.scale, learnt.numbers[block.column], block.missing, block.values
            )
            for block in mapping.scores
        ]
        self._block_fields = [
            {"scale": block.scale, **values.coded(block.constants)} for block in mapping.scores
        ]
        self._fact_dicts: dict[tuple[Any, ...], dict[str, Any]] = {}
        self._now = Moment(now, True)
        used = set(mapping.used_columns())
        self._rest = [(name, place) for place, name in enumerate(columns) if name not in used]
        if mapping.traits:  # a file of customers: who they are, nothing they lived through
            self._rest = [(trait, self._places[name]) for trait, name in mapping.traits.items()]
            self._constants["kind"] = DESCRIBED

    def map(
        self, batch: Batch, bodies: Sequence[int] = (), refused: dict[int, Bad] | None = None
    ) -> Mapped:
        """The interactions of a batch's rows. `bodies` are their keyed hashes (record.body);
        `refused` are rows, by place, that the caller has a reason not to take."""
        if not batch.rows:
            return Mapped()
        n = len(batch.rows)
        columns = Columns(batch, self._places)
        taken = {name: self._read(reader, columns) for name, reader in self._readers.items()}
        taken |= self._paired(taken, columns, n)
        scores = [self._read(reader, columns) for reader in self._blocks]
        identities = [self._read(reader, columns) for reader in self._identities]
        facts = [self._read(reader, columns) for reader in self._facts.values()]
        moments = self._moments(columns, n)
        ids = self._sent(self._ids, columns, n)
        abouts = self._sent(self._abouts, columns, n)
        bad = self._bad([*self._doubtful(taken, identities, facts), ids, abouts], moments)
        for place, reason in (refused or {}).items():
            bad.setdefault(place, reason)
        if self.mapping.traits:
            self._require_identity(identities, bad)
        table = self._table(batch, taken, moments, identities, facts, bodies, ids, abouts)
        self._mark_cleaned(table, columns)
        return self._usable(batch, table, bad, scores)

    def _read(self, reader: Cells, columns: Columns) -> list[Any]:
        return list(map(reader.__getitem__, columns[reader.column]))

    def _sent(self, reader: SentIds | None, columns: Columns, n: int) -> list[Any]:
        return reader.read(columns[reader.column]) if reader else [None] * n

    def _paired(
        self, taken: dict[str, list[Any]], columns: Columns, n: int
    ) -> dict[str, list[Any]]:
        """Scores and amounts, which are read by their scale and currency."""
        found = {}
        for name, pairs in self._pairs.items():
            cells = columns[pairs.column]
            partners = taken.get(pairs.partner) or [self._constants.get(pairs.partner)] * n
            found[name] = [
                pairs[partner][cell] for cell, partner in zip(cells, partners, strict=True)
            ]
        return found

    def _moments(self, columns: Columns, n: int) -> Sequence[tuple[int, bool] | None]:
        if self.mapping.traits and "happened_at" not in self.mapping.columns:
            return [self._now] * n
        if self._flags:
            return [self._times.read(self.mapping.constants["happened_at"])] * n
        return self._times.read_all(columns[self.mapping.columns["happened_at"]])

    def _doubtful(
        self, taken: Table, identities: list[list[Any]], facts: list[list[Any]]
    ) -> Iterator[list[Any]]:
        """The columns that may have a bad cell; of most, none was ever refused."""
        for name, column in taken.items():
            if name in self._pairs or self._readers[name].refuses:
                yield column
        others = chain(
            zip(self._identities, identities, strict=True),
            zip(self._facts.values(), facts, strict=True),
        )
        yield from (column for reader, column in others if reader.refuses)

    def _bad(
        self, read: list[list[Any]], moments: Sequence[tuple[int, bool] | None]
    ) -> dict[int, Bad]:
        """The rows that can not be used, by their place, each with its first reason."""
        bad: dict[int, Bad] = {}
        for column in read:
            if Bad in set(map(type, column)):
                for place, value in enumerate(column):
                    if type(value) is Bad:
                        bad.setdefault(place, value)
        if None in moments:
            column_name = self.mapping.columns.get("happened_at", "happened_at")
            for place, moment in enumerate(moments):
                if moment is None:
                    bad[place] = Bad("bad_time", column_name)
        return bad

    def _require_identity(self, identities: list[list[Any]], bad: dict[int, Bad]) -> None:
        """A row of traits that does not say whose they are is of no use."""
        for place, who in enumerate(_identities(identities, 0)):
            if not who:
                bad.setdefault(place, Bad("missing_identity", self._identities[0].column))

    def _table(
        self,
        batch: Batch,
        taken: Table,
        moments: Sequence[tuple[int, bool] | None],
        identities: list[list[Any]],
        facts: list[list[Any]],
        bodies: Sequence[int],
        ids: list[Sent | None],
        abouts: list[Sent | None],
    ) -> Table:
        """One interaction per row, in order; those of bad rows are not to be used."""
        n = len(batch.rows)
        none = [None] * n
        table = {name: taken.get(name) or [self._constants.get(name)] * n for name in _TAKEN}
        table["happened_at"], table["flags"] = self._told_times(moments)
        table["id"], table["sender_id"] = self._uids(batch, ids)
        table["source"], table["body"] = [self._source] * n, list(bodies) or [0] * n
        table["rank"] = _numbers(taken.get("rank") or batch.ranks or batch.numbers)
        table["identities"] = list(_identities(identities, n))
        table["about"] = [sent and sent[0] for sent in abouts] if self._abouts else none
        for name in ENUMS:
            table[name] = _numbers(table[name])
        table["score"], table["amount"] = taken.get("score", none), taken.get("amount", none)
        table["kind"] = [
            kind or (_ANSWERED if score is not None else _IMPORTED)
            for kind, score in zip(table["kind"], table["score"], strict=True)
        ]
        if "scale" not in taken:
            table["scale"] = _beside(table["score"], table["scale"])
        table["currency"] = _beside(table["amount"], table["currency"])
        table["facts"] = (
            list(map(self._fact_dict, zip(*facts, strict=True)))
            if facts
            else [self._same_facts or None] * n
        )
        table["properties"] = list(map(self._properties, batch.rows)) if self._rest else none
        return table

    def _told_times(
        self, moments: Sequence[tuple[int, bool] | None]
    ) -> tuple[list[int], list[int]]:
        """When each happened, and its flags."""
        plain, late, latest = int(self._flags), int(self._flags | Flag.time_flagged), self._latest
        told = [moment or _NO_MOMENT for moment in moments]
        flags = [plain if exists and ms <= latest else late for ms, exists in told]
        return [ms for ms, _ in told], flags

    def _uids(self, batch: Batch, ids: list[Sent | None]) -> tuple[list[bytes], list[str | None]]:
        """The ids, and how their sender wrote them where the vault must tell."""
        prefix = self._prefix
        told: list[Sent] = [
            sent or (prefix + (number << 8).to_bytes(8, "big"), None)
            for number, sent in zip(batch.numbers, ids, strict=True)
        ]
        return [uid for uid, _ in told], [text for _, text in told]

    def _usable(
        self, batch: Batch, table: Table, bad: dict[int, Bad], scores: list[list[Any]]
    ) -> Mapped:
        """The interactions of good rows, one for each score of a row where it has blocks."""
        places: list[int] = []
        blocks: list[int] = []
        refused = []
        for place in range(len(batch.rows)) if bad or scores else ():
            if place in bad:
                refused.append(self._refusal(batch, place, bad[place]))
            elif not scores:
                places.append(place)
            for block, column in enumerate(scores if place not in bad else ()):
                if type(column[place]) is Bad:
                    refused.append(self._refusal(batch, place, column[place]))
                elif column[place] is not None:
                    places.append(place)
                    blocks.append(block)
        if not bad and not scores:
            return Mapped(table, range(len(batch.rows)))
        mapped = Mapped(rows_at(table, places), places, refused)
        if scores:
            self._expand(mapped, blocks, scores)
        return mapped

    def _expand(self, mapped: Mapped, blocks: list[int], scores: list[list[Any]]) -> None:
        """Make each of several interactions of a row that of its score. The first one carries
        what goes to the vault.

        A row without identity is a customer of its own; its several scores are that one's.
        """
        table, places = mapped.table, mapped.places
        if len(scores) > 1:
            table["identities"] = [
                who or (Identity(Sort.device, f"row-{row.hex()}"),)
                for row, who in zip(table["id"], table["identities"], strict=True)
            ]
        table["id"] = list(map(self._block_id, table["id"], blocks))
        table["kind"] = [_ANSWERED if kind == _IMPORTED else kind for kind in table["kind"]]
        table["score"] = [scores[block][place] for block, place in zip(blocks, places, strict=True)]
        for name in {name for fields in self._block_fields for name in fields}:
            table[name] = [
                self._block_fields[block].get(name, value)
                for block, value in zip(blocks, table[name], strict=True)
            ]
        first = [place != before for place, before in zip(places, [-1, *places], strict=False)]
        for name in ("text", "properties", "sender_id"):
            table[name] = [
                value if leads else None for value, leads in zip(table[name], first, strict=True)
            ]

    def _block_id(self, row: bytes, block: int) -> bytes:
        """The id of one score of a row, told by the id of the row."""
        if self._ids is None:
            return row[:-1] + bytes((block,))
        if len(self._blocks) == 1:
            return row
        return hashlib.blake2b(row + bytes((block,)), digest_size=16).digest()

    def _fact_dict(self, told: tuple[Any, ...]) -> dict[str, Any] | None:
        """The facts of a row, of which few differ."""
        known = self._fact_dicts.get(told)
        if known is None:
            if len(self._fact_dicts) > _MOST_FACT_DICTS:
                self._fact_dicts.clear()
            known = self._same_facts | {
                name: value
                for name, value in zip(self._facts, told, strict=True)
                if value is not None
            }
            self._fact_dicts[told] = known
        return known or None

    def _properties(self, row: tuple[Cell, ...]) -> dict[str, object] | None:
        """What no field takes: it goes to the vault as it came."""
        rest: dict[str, object] = {
            name: cell for name, place in self._rest if (cell := row[place]) or cell == 0
        }
        return rest or None

    def _refusal(self, batch: Batch, place: int, bad: Bad) -> Refusal:
        cells = zip(self.columns, batch.rows[place], strict=True)
        raw = json.dumps(dict(cells), ensure_ascii=False)
        return Refusal(batch.numbers[place], bad.reason, bad.column, raw)

    def _mark_cleaned(self, table: Table, columns: Columns) -> None:
        """Flag the rows that lost a NUL; there are hardly ever any."""
        for reader in (*self._readers.values(), *self._identities, *self._facts.values()):
            for place, cell in enumerate(columns[reader.column] if reader.cleaned else ()):
                if cell in reader.cleaned:
                    table["flags"][place] |= int(Flag.cleaned)


_NO_MOMENT = Moment(0, True)
_MOST_FACT_DICTS = 50_000


def _readers(mapping: Mapping, numbers: dict[str, Numbers]) -> dict[str, Cells]:
    """A reader for every field that a column gives, but those read in pairs."""
    found: dict[str, Cells] = {}
    for name, column in mapping.columns.items():
        if name in WORDS or name == "scale":
            found[name] = values.words(column)
        elif name in ENUMS:
            found[name] = values.choices(column, name)
        elif name in KEYS:
            found[name] = values.keys(column)
        elif name in ("duration", "wait"):
            unit = mapping.units.get(name, "ms")
            found[name] = values.durations(column, unit, numbers[column])
        elif name == "rank":
            found[name] = values.ranks(column)
        elif name == "currency":
            found[name] = values.currencies(column)
        elif name == "text":
            found[name] = values.texts(column)
    return found


def _pairs(mapping: Mapping, numbers: dict[str, Numbers]) -> dict[str, Pairs]:
    found = {}
    if (column := mapping.columns.get("score")) is not None:
        found["score"] = values.scored_by_scale(column, numbers[column])
    if (column := mapping.columns.get("amount")) is not None:
        found["amount"] = values.amounts_by_currency(column, numbers[column])
    return found


class Columns(dict[str, Sequence[Any]]):
    """The columns of some rows by name; yes and no as cells of their own."""

    def __init__(self, batch: Batch, places: dict[str, int]) -> None:
        super().__init__()
        self._places = places
        self._texts = batch.texts
        self._all = list(zip(*batch.rows, strict=True))  # all together: half the time

    def __missing__(self, name: str) -> Sequence[Any]:
        column = self[name] = with_yes_no(self._all[self._places[name]], texts=self._texts)
        return column


def with_yes_no(column: Sequence[Any], *, texts: bool) -> Sequence[Any]:
    """The cells of a column, yes and no as cells of their own; none of `texts` is one."""
    if not texts and bool in set(map(type, column)):
        return [_YES_NO[cell] if type(cell) is bool else cell for cell in column]
    return column


def _identities(columns: list[list[Any]], n: int) -> Iterable[tuple[Any, ...]]:
    """Each row's identities, those it has."""
    if len(columns) == 1:
        return ((one,) if one else () for one in columns[0])
    return (tuple(filter(None, row)) for row in zip(*columns, strict=True)) if columns else [()] * n


def _numbers(column: Iterable[int | None]) -> list[int]:
    return [number or 0 for number in column]


def _beside(values: list[Any], column: list[Any]) -> list[Any]:
    """`column` where there is a value beside it."""
    return [one if value is not None else None for value, one in zip(values, column, strict=True)]
