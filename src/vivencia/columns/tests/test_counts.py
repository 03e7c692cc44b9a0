"""The counts say what the rows say, whatever came, changed, was undone or is told anew."""

from __future__ import annotations

import datetime as dt

import pytest

from vivencia.columns import counts, schema
from vivencia.columns.calendar import bucket, date_of, day_of, start_of_day
from vivencia.columns.filters import Filters
from vivencia.columns.memory import MemoryColumns
from vivencia.columns.scope import Scope
from vivencia.columns.store import Store
from vivencia.columns.tests.made import interactions
from vivencia.columns.tests.test_superseding import answer

MADRID = "Europe/Madrid"


def kept(store: Store, table: str) -> list[tuple[object, ...]]:
    """What the table counts, key by key."""
    keys = ", ".join((*schema.COUNT_KEYS, *schema.COUNTS[table]))
    sql = f"SELECT {keys}, sum(n)::BIGINT AS n FROM {table} GROUP BY ALL HAVING sum(n) <> 0"
    return store.connection.execute(f"{sql} ORDER BY ALL").fetchall()


def counted(store: Store, table: str) -> list[tuple[object, ...]]:
    """The same of the rows themselves, each day's month told by Python."""
    keys = ", ".join((*schema.COUNT_KEYS, *schema.COUNTS[table]))
    rows = store.connection.execute(f"SELECT {keys} FROM interactions WHERE scale <> 0").fetchall()
    if table in schema.MONTHLY:
        rows = [(day_of(bucket("month", date_of(day))), *rest) for day, *rest in rows]
    found: dict[tuple[object, ...], int] = {}
    for row in rows:
        found[row] = found.get(row, 0) + 1
    return sorted(
        ((*row, n) for row, n in found.items()),
        key=lambda row: [(each is None, each) for each in row],
    )


def columns_of_all() -> MemoryColumns:
    """Answers that came in many copies; some changed, some held, some released later."""
    columns = MemoryColumns(interactions(600), MADRID)
    columns._add([answer(5000 + n, n % 11, at=n) for n in range(40)])
    columns._add([answer(5100 + n, 3, about=5000 + n, at=90 + n) for n in range(0, 40, 3)])
    columns._add([answer(5200 + n, 7, held=n % 2 == 0, at=n) for n in range(9)])
    columns._add([answer(5300, 7, about=5200, at=200)])
    return columns


@pytest.mark.parametrize("table", schema.COUNTS)
def test_they_say_what_the_rows_say(table: str) -> None:
    columns = columns_of_all()
    assert kept(columns.store, table) == counted(columns.store, table)
    counts.add_up(columns.store.connection, table)
    assert kept(columns.store, table) == counted(columns.store, table)
    columns.store.keep_days_of("Pacific/Auckland")
    assert kept(columns.store, table) == counted(columns.store, table)
    columns.close()


def test_control_without_counting_down_they_would_not(monkeypatch: pytest.MonkeyPatch) -> None:
    add = counts.add
    monkeypatch.setattr(counts, "add", lambda to, rows, sign=1: sign > 0 and add(to, rows))
    columns = columns_of_all()
    for table in schema.COUNTS:
        assert kept(columns.store, table) != counted(columns.store, table)
    columns.close()


@pytest.mark.parametrize(
    ("start", "end", "every", "told_of"),
    [
        (dt.date(2026, 9, 1), dt.date(2026, 11, 1), "month", "monthly_touchpoint"),
        (dt.date(2026, 9, 1), None, None, "monthly_touchpoint"),
        (dt.date(2026, 9, 1), dt.date(2026, 11, 1), "week", "daily_touchpoint"),
        (dt.date(2026, 9, 2), dt.date(2026, 11, 1), "month", "daily_touchpoint"),
    ],
)
def test_months_are_told_of_monthly_counts(
    start: dt.date, end: dt.date | None, every: str, told_of: str
) -> None:
    columns = MemoryColumns([], MADRID)
    bounds = [day and start_of_day(MADRID, day) for day in (start, end)]
    scope = Scope(columns.store.connection, Filters({}, *bounds), MADRID)
    assert scope.table_for(["touchpoint"], every) == told_of  # type: ignore[arg-type]
    columns.close()
