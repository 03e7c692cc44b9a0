"""From rows of the log to rows of the columns. Pure: lists in, Arrow out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from vivencia.columns import schema

# What the log is asked for, in this order.
LOG_COLUMNS = (
    "seq", "id", "source", "identity", "happened_at", "recorded_at", "rank", "flags", "kind",
    "touchpoint", "channel", "device", "place", "brand", "department", "stage", "initiated_by",
    "agent", "journey", "about", "outcome", "duration", "wait", "scale", "score", "amount",
    "currency", "item", "facts",
)  # fmt: skip

_ARROW = {
    "BIGINT": pa.int64(), "INTEGER": pa.int32(), "SMALLINT": pa.int16(),
    "DOUBLE": pa.float64(), "BOOLEAN": pa.bool_(),
}  # fmt: skip
_SIGN = np.uint64(1 << 63)


def project(rows: Sequence[tuple[object, ...]], fact_sorts: dict[int, str]) -> pa.Table:
    """One row of the columns for each of the log's `rows` (LOG_COLUMNS, ordered by seq), to which
    `with_customers` adds whose it is.

    `fact_sorts` tells each fact's word list (fact.category …) by the code of its name.
    """
    by_name = dict(zip(LOG_COLUMNS, zip(*rows, strict=True), strict=True))
    id_hi, id_lo = halves(by_name["id"])
    about_hi, about_lo = _abouts(by_name["about"])
    made: dict[str, object] = {
        "id_hi": id_hi, "id_lo": id_lo, "about_hi": about_hi, "about_lo": about_lo,
    }  # fmt: skip
    arrays = {
        name: pa.array(made.get(name, by_name.get(name)), _ARROW[sort])
        for name, sort in schema.COLUMNS.items()
        if name != "customer"
    }
    return pa.table({**arrays, **_facts(by_name["facts"], fact_sorts)})


def with_customers(rows: pa.Table, customers: npt.NDArray[np.int64]) -> pa.Table:
    """`rows` with the customer of each, 0 where nobody is known, and its journey (schema.ALONE):
    who has no customer is their own."""
    seq, key = rows["seq"].to_numpy(), rows["journey"].to_numpy()
    alone = customers == 0
    journeys = np.where(key > 0, key, np.where(alone, schema.ALONE - seq, -customers))
    place = rows.schema.get_field_index("journey")
    return rows.set_column(place, "journey", pa.array(journeys)).append_column(
        "customer", pa.array(np.where(alone, -seq, customers))
    )


def halves(ids: Sequence[bytes]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Two signed 64-bit halves of each 16-byte id, in the same order as the bytes."""
    words = np.frombuffer(b"".join(ids), dtype=">u8").astype(np.uint64).reshape(-1, 2) ^ _SIGN
    signed = words.view(np.int64)
    return signed[:, 0].copy(), signed[:, 1].copy()


def whole(id_hi: int, id_lo: int) -> bytes:
    """The 16-byte id of its two halves."""
    offset = 1 << 63
    return (id_hi + offset).to_bytes(8, "big") + (id_lo + offset).to_bytes(8, "big")


def _abouts(abouts: Sequence[object]) -> tuple[pa.Array, pa.Array]:
    present = np.array([about is not None for about in abouts])
    blank = bytes(16)
    high, low = halves([about if about is not None else blank for about in abouts])  # type: ignore[misc]
    return pa.array(high, mask=~present), pa.array(low, mask=~present)


def _facts(texts: Sequence[object], sorts: dict[int, str]) -> dict[str, pa.Array]:
    """A column per fact. The same facts come again and again: each text is read once."""
    distinct = pa.array(texts, pa.string()).dictionary_encode()
    parsed = [_parse(text) for text in distinct.dictionary.to_pylist()]
    codes = sorted({code for facts in parsed for code in facts})
    return {
        f"fact_{code}": pa.array(
            _as_sort([facts.get(code) for facts in parsed], sorts[code]),
            _ARROW[schema.FACT_SORTS[sorts[code]]],
        ).take(distinct.indices)
        for code in codes
    }


def _as_sort(values: list[float | None], sort: str) -> Sequence[float | bool | None]:
    if sort == "fact.category":
        return values
    # Arrow refuses a whole number that no double holds exactly: the nearest one will do.
    as_told = bool if sort == "fact.yesno" else float
    return [None if value is None else as_told(value) for value in values]


@lru_cache(maxsize=50_000)
def _parse(text: str | None) -> dict[int, float]:
    return {int(code): value for code, value in json.loads(text).items()} if text else {}
