"""Filter chips as the page shows them: what is chosen, and the addresses that change it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal


@dataclass(frozen=True, slots=True)
class Choice:
    """One line of a chip's menu."""

    text: str
    url: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Chip:
    """One filter. With `remove_url` a press takes it away; otherwise it opens a menu.

    `form` is what the menu asks beside its choices: "dates" (from `first` to `last`, both
    included), or "add" (one of `fields`, as (key, word), and a value). `hidden` is the rest of
    the address, so that a form loses nothing.
    """

    name: str
    value: str = ""
    on: bool = False
    remove_url: str = ""
    choices: Sequence[Choice] = ()
    form: Literal["", "dates", "add"] = ""
    hidden: Sequence[tuple[str, str]] = ()
    fields: Sequence[tuple[str, str]] = ()
    first: date | None = None
    last: date | None = None
