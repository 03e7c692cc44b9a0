"""What is held of journeys taken apart into arrays, as a file keeps them, and made again. Pure.

    arrays_of(whole) -> {"steps.offsets": …, "tally.times": …}
    made_of(Whole, arrays, names=("compra", "correo"))

Words stay out: a file of these holds nothing but numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar, get_type_hints

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")
NAMES = "names"  # the field that holds words


def arrays_of(held: Any, path: str = "") -> dict[str, NDArray[Any]]:
    """Every array and number of a dataclass, and of those it holds, by its path."""
    found: dict[str, NDArray[Any]] = {}
    for name in _kept(held):
        value = getattr(held, name)
        if is_dataclass(value):
            found |= arrays_of(value, f"{path}{name}.")
        else:
            found[path + name] = np.atleast_1d(value)
    return found


def made_of(
    kind: type[T], arrays: Mapping[str, NDArray[Any]], names: tuple[str, ...], path: str = ""
) -> T:
    """The dataclass whose `arrays_of` these are. Raises KeyError where one is missing."""
    hints = get_type_hints(kind)
    values: dict[str, Any] = {NAMES: names} if NAMES in hints else {}
    for name in _kept(kind):
        if is_dataclass(hints[name]):
            values[name] = made_of(hints[name], arrays, names, f"{path}{name}.")
        else:
            value = arrays[path + name]
            values[name] = int(value[0]) if hints[name] is int else value
    return kind(**values)


def _kept(of: Any) -> list[str]:
    return [field.name for field in fields(of) if field.name != NAMES]
