"""SQL by name: each file is one question, parameters are always bound."""

from __future__ import annotations

from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent


@cache
def sql(name: str) -> str:
    """The text of `name`.sql, ready for Django's cursor."""
    return (_HERE / f"{name}.sql").read_text("utf-8")
