"""SQL by name: each file is one question, parameters are always bound."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from vivencia.interactions.imports.reading import HIDDEN_SOURCES

_HERE = Path(__file__).parent


@cache
def sql(name: str) -> str:
    """The text of `name`.sql, ready for Django's cursor; its /*hidden*/ are the sources of undone
    imports."""
    return (_HERE / f"{name}.sql").read_text("utf-8").replace("/*hidden*/", HIDDEN_SOURCES)
