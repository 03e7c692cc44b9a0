"""A person who is deleted over Delighted's API is erased as on our own page (shell/erasure.py).

That is above us, so it is handed down when the house is put together (shell/apps.py).
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from vivencia.connectors.delighted.people import person

Erase = Callable[[Collection[int]], None]  # takes the keys of a customer's identities
_erase: Erase | None = None


def carried_out_by(erase: Erase) -> None:
    """From now on people are erased by `erase`."""
    global _erase  # noqa: PLW0603 - one house, put together once
    _erase = erase


def delete(identity: int) -> None:
    """Nobody can be told by what stays: keys, times and scores, so that counts do not move."""
    if _erase is None:
        raise RuntimeError("nobody was named who erases people")
    _erase(person(identity).keys)
