"""Whether two engines gave the same rows."""

from __future__ import annotations

import numpy as np
import pyarrow as pa


def rows_of(table: pa.Table, order: str) -> list[tuple[object, ...]]:
    """The rows in an order in which equal answers are equal lists: as they came ("*"), each value
    of one column with its rows together and as they came, or sorted ("")."""
    if order == "*":
        return as_tuples(table)
    if order:
        values = table[order].to_numpy()
        pieces = int((values[1:] != values[:-1]).sum()) + 1
        assert pieces <= max(1, len(np.unique(values))), f"a {order} is in two places"
        place = np.argsort(values, kind="stable")
        return as_tuples(table.take(pa.array(place)))
    return as_tuples(table.sort_by([(name, "ascending") for name in table.column_names]))


def as_tuples(table: pa.Table) -> list[tuple[object, ...]]:
    """Plain values, exact but for the width of whole numbers."""
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))
