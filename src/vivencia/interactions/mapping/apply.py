"""Rows become interactions, a column at a time."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from operator import itemgetter
from typing import Any, NamedTuple

from vivencia.interactions.formats import Batch, Cell
from vivencia.interactions.mapping import values
from vivencia.interactions.mapping.ids import Sent, SentIds
from vivencia.interactions.mapping.learn import Learnt
from vivencia.interactions.mapping.terms import (
    ENUMS,
    IDENTITIES,
    KEYS,
    SENT_IDS,
    WORDS,
    Mapping,
)
from vivencia.interactions.mapping.values import Bad, Cells, Numbers, Pairs, YesNo
from vivencia.interactions.record import FUTURE_ALLOWED_MS, Flag, Identity, Interaction, Sort
from vivencia.interactions.times import Moment

_SORTS = {
    "identity": Sort.account, "account": Sort.account, "email": Sort.email, "phone": Sort.phone,
    "device_id": Sort.device,
}  # fmt: skip
_YES_NO = {True: YesNo.yes, False: YesNo.no}
DESCRIBED = "customer.described"
_ANSWERED, _IMPORTED = "survey.answered", "imported"
# Order in which `_made` takes the fields of a row.
_TAKEN = (*WORDS, *ENUMS, *KEYS, "duration", "wait", "currency", "text")


class Refusal(NamedTuple):
    """One interaction that could not be made: its row, why, and in which column."""

    number: int
    reason: str
    column: str
    raw: str  # the row as JSON, {column: cell}


@dataclass(slots=True)
class Mapped:
    """What a batch became. `places` tells of which row of the batch each interaction is;
    `refused` holds rows, and single scores of rows, that can not be used."""

    interactions: list[Interaction] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)


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
        mapped = Mapped()
        if not batch.rows:
            return mapped
        columns = Columns(batch.rows, self._places)
        taken = {name: self._read(reader, columns) for name, reader in self._readers.items()}
        taken |= self._paired(taken, columns, len(batch.rows))
        scores = [self._read(reader, columns) for reader in self._blocks]
        identities = [self._read(reader, columns) for reader in self._identities]
        facts = [self._read(reader, columns) for reader in self._facts.values()]
        moments = self._moments(columns, len(batch.rows))
        ids = self._sent(self._ids, columns, len(batch.rows))
        abouts = self._sent(self._abouts, columns, len(batch.rows))
        bad = self._bad([*taken.values(), *identities, *facts, ids, abouts], moments)
        for place, reason in (refused or {}).items():
            bad.setdefault(place, reason)
        if self.mapping.traits:
            self._require_identity(identities, bad)
        made = self._made(batch, taken, moments, identities, facts, bodies, ids, abouts)
        for place, one in enumerate(made):
            if place in bad:
                mapped.refused.append(self._refusal(batch, place, bad[place]))
            elif self._blocks:
                self._expand(mapped, batch, place, one, [column[place] for column in scores])
            else:
                mapped.interactions.append(one)
                mapped.places.append(place)
        self._mark_cleaned(mapped, columns)
        return mapped

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
        for place, who in enumerate(_together(identities)):
            if not any(who):
                bad.setdefault(place, Bad("missing_identity", self._identities[0].column))

    def _made(
        self,
        batch: Batch,
        taken: dict[str, list[Any]],
        moments: Sequence[tuple[int, bool] | None],
        identities: list[list[Any]],
        facts: list[list[Any]],
        bodies: Sequence[int],
        ids: list[Sent | None],
        abouts: list[Sent | None],
    ) -> Iterator[Interaction]:
        """One interaction per row, in order; those of bad rows are not to be used."""
        constant = self._constants
        ranks = taken.get("rank") or batch.ranks or batch.numbers
        scores, amounts = taken.get("score", repeat(None)), taken.get("amount", repeat(None))
        scales = taken.get("scale")
        scale_constant = constant.get("scale")
        rows = zip(
            batch.rows, batch.numbers, ranks, moments, bodies or repeat(0), ids, abouts,
            _identities(identities), _together(facts), scores, amounts,
            scales or repeat(scale_constant),
            *(taken.get(name) or repeat(constant.get(name)) for name in _TAKEN),
            strict=False,
        )  # fmt: skip
        for (
            row, number, rank, moment, body, sent, about, who, told, score, amount, scale,
            kind, touchpoint, channel, device, place, brand, department, item,
            stage, initiated_by, outcome, journey, agent, duration, wait, currency, text,
        ) in rows:  # fmt: skip
            ms, exists = moment or _NO_MOMENT
            late = ms > self._latest or not exists
            uid, sender_id = sent or (self._prefix + (number << 8).to_bytes(8, "big"), None)
            yield Interaction(
                id=uid, source=self._source,
                happened_at=ms, body=body, rank=rank or 0,
                flags=self._flags | Flag.time_flagged if late else self._flags,
                identities=who, kind=kind or (_ANSWERED if score is not None else _IMPORTED),
                touchpoint=touchpoint, channel=channel, device=device, place=place, brand=brand,
                department=department, stage=stage or 0, initiated_by=initiated_by or 0,
                agent=agent, journey=journey, about=about[0] if about else None,
                outcome=outcome or 0, duration=duration, wait=wait,
                scale=scale if score is not None or scales else None, score=score,
                amount=amount, currency=currency if amount is not None else None, item=item,
                facts=self._fact_dict(told) if told else None, text=text,
                properties=self._properties(row) if self._rest else None, sender_id=sender_id,
            )  # fmt: skip

    def _expand(
        self, mapped: Mapped, batch: Batch, place: int, base: Interaction, scores: list[Any]
    ) -> None:
        """One interaction per score of the row. The first carries what goes to the vault.

        A row without identity is a customer of its own; its several scores are that one's.
        """
        kind = base.kind if base.kind != _IMPORTED else _ANSWERED
        if len(scores) > 1 and not base.identities:
            base.identities = (Identity(Sort.device, f"row-{base.id.hex()}"),)
        first = True
        for block, score in enumerate(scores):
            if score is None:
                continue
            if type(score) is Bad:
                mapped.refused.append(self._refusal(batch, place, score))
                continue
            one = copy.copy(base)
            one.id = self._block_id(base.id, block)
            one.kind, one.score = kind, score
            for name, value in self._block_fields[block].items():
                setattr(one, name, value)
            if not first:
                one.text = one.properties = one.sender_id = None
            first = False
            mapped.interactions.append(one)
            mapped.places.append(place)

    def _block_id(self, row: bytes, block: int) -> bytes:
        """The id of one score of a row, told by the id of the row."""
        if self._ids is None:
            return row[:-1] + bytes((block,))
        if len(self._blocks) == 1:
            return row
        return hashlib.blake2b(row + bytes((block,)), digest_size=16).digest()

    def _fact_dict(self, told: tuple[Any, ...]) -> dict[str, Any] | None:
        known = self._fact_dicts.get(told)
        if known is None:
            if len(self._fact_dicts) > _MOST_FACT_DICTS:
                self._fact_dicts.clear()
            known = {
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

    def _mark_cleaned(self, mapped: Mapped, columns: Columns) -> None:
        """Flag the interactions of rows that lost a NUL; there are hardly ever any."""
        readers = [*self._readers.values(), *self._identities, *self._facts.values()]
        cleaned = {
            place
            for reader in readers
            if reader.cleaned
            for place, cell in enumerate(columns[reader.column])
            if cell in reader.cleaned
        }
        if cleaned:
            for place, one in zip(mapped.places, mapped.interactions, strict=True):
                if place in cleaned:
                    one.flags |= Flag.cleaned


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


class Columns(dict[str, list[Any]]):
    """The columns of some rows by name, taken out when asked for; yes and no as cells of their
    own."""

    def __init__(self, rows: list[tuple[Cell, ...]], places: dict[str, int]) -> None:
        super().__init__()
        self._rows = rows
        self._places = places

    def __missing__(self, name: str) -> list[Any]:
        column: list[Any] = list(map(itemgetter(self._places[name]), self._rows))
        if bool in set(map(type, column)):
            column = [_YES_NO[cell] if type(cell) is bool else cell for cell in column]
        self[name] = column
        return column


def _together(columns: list[list[Any]]) -> Iterable[tuple[Any, ...]]:
    """The values of several columns, row by row."""
    return zip(*columns, strict=True) if columns else repeat(())


def _identities(columns: list[list[Any]]) -> Iterable[tuple[Any, ...]]:
    """Each row's identities, those it has."""
    if len(columns) == 1:
        return ((one,) if one else () for one in columns[0])
    return (tuple(filter(None, row)) for row in _together(columns))
