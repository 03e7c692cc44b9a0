"""Columns that answer every question anew, as their owner does when nothing is remembered."""

from __future__ import annotations

import time
from typing import Any

from vivencia.columns import analyses
from vivencia.columns.filters import Filters
from vivencia.columns.store import Store


class Unremembered:
    """Asks `store` without the owner's memory of answers; `waited` adds up milliseconds."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.waited = 0.0

    def ask(self, name: str, filters: Filters, **parameters: Any) -> analyses.Tables:
        began = time.perf_counter()
        tables = analyses.answer(self._store, name, filters, parameters)
        self.waited += 1000 * (time.perf_counter() - began)
        return tables

    def catch_up(self) -> int:
        return self._store.watermark()

    rebuild = catch_up

    def close(self) -> None:
        self._store.close()
