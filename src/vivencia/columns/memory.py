"""Columns without a log: a file read straight into memory, for a notebook or a script.

The same tables, scope and analyses as an installation's, so the figures are the same; there is
no vault, hence no book and no search.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import pyarrow as pa

from vivencia.columns import analyses, steps
from vivencia.columns.filters import Filters
from vivencia.columns.projection import project, with_customers
from vivencia.columns.schema import FACT_SORTS, WORDS
from vivencia.columns.store import Store
from vivencia.columns.superseding import settle
from vivencia.interactions.record import Interaction

_BATCH = 50_000


class MemoryColumns:
    """Columns over `interactions`, all of them in this process's memory."""

    def __init__(self, interactions: Iterable[Interaction], zone: str = "UTC") -> None:
        self.store = Store(None, zone)
        self._codes: dict[tuple[str, str], int] = {}
        self._new_words: list[tuple[int, str, str | None]] = []
        self._keys: dict[tuple[str, object], int] = {}
        self._seq = 0
        for batch in _batches(interactions):
            self._add(batch)
        steps.rebuild(self.store.connection, ())

    def ask(self, name: str, filters: Filters, **parameters: Any) -> dict[str, pa.Table]:
        """The tables of one analysis."""
        return analyses.answer(self.store, name, filters, parameters)

    def catch_up(self) -> int:
        return self._seq

    def rebuild(self) -> int:
        return self._seq

    def close(self) -> None:
        self.store.close()

    def _add(self, batch: list[Interaction]) -> None:
        before = self._seq
        rows = [self._row(one) for one in batch]
        self.store.add_words(self._new_words)
        self._new_words = []
        sorts = {code: field for (field, _), code in self._codes.items() if field in FACT_SORTS}
        made = project(rows, sorts)
        self.store.add_rows(with_customers(made, made["identity"].to_numpy()))
        self.store.count(before)
        settle(self.store.connection, before)

    def _row(self, one: Interaction) -> tuple[object, ...]:
        """The interaction in the order of projection.LOG_COLUMNS."""
        self._seq += 1
        word = {field: self._code(field, getattr(one, field)) for field in WORDS}
        identity = min(one.identities, key=lambda i: i.sort) if one.identities else None
        who = self._key("identity", identity and (identity.sort, identity.value))
        return (
            self._seq, one.id, word["source"], who, one.happened_at, one.happened_at,
            one.rank, int(one.flags), word["kind"], word["touchpoint"], word["channel"],
            word["device"], word["place"], word["brand"], word["department"], int(one.stage),
            int(one.initiated_by), self._key("agent", one.agent),
            self._key("journey", one.journey), one.about, int(one.outcome), one.duration,
            one.wait, word["scale"], one.score, one.amount, word["currency"], word["item"],
            self._facts(one.facts),
        )  # fmt: skip

    def _code(self, field: str, text: str | None) -> int:
        if not text:
            return 0
        code = self._codes.get((field, text))
        if code is None:
            code = self._codes[field, text] = len(self._codes) + 1
            self._new_words.append((code, field, text))
        return code

    def _key(self, sort: str, value: object) -> int:
        return self._keys.setdefault((sort, value), len(self._keys) + 1) if value else 0

    def _facts(self, facts: dict[str, str | float | bool] | None) -> str | None:
        coded: dict[int, float] = {}
        for name, value in (facts or {}).items():
            if isinstance(value, bool):
                coded[self._code("fact.yesno", name)] = int(value)
            elif isinstance(value, str):
                coded[self._code("fact.category", name)] = self._code(f"fact:{name}", value)
            else:
                coded[self._code("fact.number", name)] = value
        return json.dumps(coded) if coded else None


def _batches(interactions: Iterable[Interaction]) -> Iterator[list[Interaction]]:
    waiting = iter(interactions)
    while batch := list(islice(waiting, _BATCH)):
        yield batch
