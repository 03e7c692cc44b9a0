"""Columns packed into numbers come out as they went in, and no two rows meet in one number."""

from __future__ import annotations

import duckdb
from hypothesis import given
from hypothesis import strategies as st

from vivencia.surveys.results.packing import MOST, Column, Key, keys, unpacked

BOUNDS = st.tuples(st.integers(-128, 50_000), st.integers(0, 3_000))


@given(st.data(), st.lists(BOUNDS, min_size=1, max_size=9))
def test_every_row_comes_out_as_it_went_in(
    data: st.DataObject, bounds: list[tuple[int, int]]
) -> None:
    columns = [Column(f"c{n}", f"c{n}", (low, low + wide)) for n, (low, wide) in enumerate(bounds)]
    one = st.tuples(*(st.none() | st.integers(low, low + wide) for low, wide in bounds))
    rows = data.draw(st.lists(one, min_size=1, max_size=5))
    packed = keys(columns)
    listed = ", ".join(key.sql for key in packed)
    values = ", ".join("(" + ", ".join("NULL" if v is None else str(v) for v in row) + ")"
                       for row in rows)  # fmt: skip
    names = ", ".join(f"{c.name}" for c in columns)
    numbers = duckdb.sql(f"SELECT {listed} FROM (VALUES {values}) t({names})").fetchall()
    assert [tuple(unpacked(packed, row).values()) for row in numbers] == rows
    assert all(key.size <= MOST for key in packed if len(key.columns) > 1)


def test_what_does_not_fit_together_takes_another_key() -> None:
    wide = [Column(f"c{n}", f"c{n}", (0, 40_000)) for n in range(3)]
    yes = Column("yes", "yes")
    assert keys([yes, *wide]) == [Key(tuple(wide[:2])), Key((wide[2],)), Key((yes,))]
