"""A table as the page shows it: sorted by its address, exported, read by keyboard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """`key` is the word of the address (?sort=key); without one the column can not be sorted."""

    name: str
    key: str = ""
    numeric: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """`tone` is joy, apathy, disap, soft or quiet; `full` takes a whole line on a phone;
    `verdict` is shown as its chip instead of a text.
    """

    text: str
    url: str = ""
    tone: str = ""
    full: bool = False
    title: str = ""
    verdict: str = ""


@dataclass(frozen=True, slots=True)
class Header:
    column: Column
    url: str
    sorted: str


@dataclass(frozen=True, slots=True)
class Pages:
    """Which rows of how many; an empty address where there is no page before or after."""

    first: int
    last: int
    total: int
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """What parts/table.html draws. The first cell of a row names the row."""

    caption: str
    headers: Sequence[Header]
    rows: Sequence[Sequence[Cell]]
    exports: Sequence[tuple[str, str]] = ()
    pages: Pages | None = None
    total: Sequence[Cell] = ()


def headers(columns: Sequence[Column], sort: str, link: Callable[[str], str]) -> list[Header]:
    """Headers whose address sorts by them: first press upwards, again downwards.

    `sort` is the order now ("n" upwards, "-n" downwards), `link` makes an address of an order.
    """
    made = []
    for column in columns:
        state = {column.key: "ascending", f"-{column.key}": "descending"}.get(sort, "")
        state = state if column.key else ""
        order = f"-{column.key}" if state == "ascending" else column.key
        made.append(Header(column, link(order) if column.key else "", state))
    return made
