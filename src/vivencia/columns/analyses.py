"""Named analyses: what the owner of the columns can be asked.

    @analysis("scores/counts")
    def counts(scope: Scope, by: list[str]) -> dict[str, pyarrow.Table]: ...

A room registers its analyses in its reading.py; parameters and results are plain data, so an
analysis runs the same in this process and over the owner's socket.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from vivencia.columns.filters import Filters
from vivencia.columns.scope import Scope
from vivencia.lib.errors import BadQuestion

if TYPE_CHECKING:  # whoever only asks is spared the engine
    from vivencia.columns.store import Store

Tables = dict[str, pa.Table]
Analysis = Callable[..., Tables]

_ANALYSES: dict[str, Analysis] = {}


def analysis(name: str) -> Callable[[Analysis], Analysis]:
    """Register the decorated function(scope, **params) under "room/name"."""

    def register(function: Analysis) -> Analysis:
        if _ANALYSES.setdefault(name, function) is not function:
            raise ValueError(f"the analysis {name} is registered twice")
        return function

    return register


def find(name: str) -> Analysis:
    """The analysis of that name; its room is imported if nobody did yet."""
    if name not in _ANALYSES:
        room, _, _ = name.partition("/")
        if room.isidentifier():
            with suppress(ModuleNotFoundError):
                import_module(f"vivencia.{room}.reading")
    if name not in _ANALYSES:
        raise BadQuestion(
            es=f"No hay ningún análisis «{name}».",
            en=f"There is no analysis “{name}”.",
            reason="unknown_analysis",
        )
    return _ANALYSES[name]


def answer(store: Store, name: str, filters: Filters, parameters: dict[str, Any]) -> Tables:
    """The tables of one analysis, all of them as the columns stood at one moment: what is copied
    while it runs is not half in it, so that its parts add up."""
    with store.reading() as cursor:
        return find(name)(Scope(cursor, filters, store.zone), **parameters)


def cache_key(name: str, filters: dict[str, Any], parameters: dict[str, Any]) -> str:
    """A text that is equal for equal questions."""
    return repr((name, filters, sorted(parameters.items())))
