"""Which database an installation is kept in: SQLite in its directory, or that of DATABASE_URL."""

from __future__ import annotations

import os
from collections.abc import Mapping

from vivencia.lib.errors import Broken

VARIABLE = "DATABASE_URL"
_SCHEMES = ("postgres://", "postgresql://")


def url(environ: Mapping[str, str] = os.environ) -> str | None:
    """The address of the PostgreSQL database; None where the data is in SQLite.

    Raises Broken for an address of another kind, or where the driver is not installed.
    """
    told = environ.get(VARIABLE, "").strip()
    if not told or told.startswith("sqlite:"):
        return None
    if not told.startswith(_SCHEMES):
        raise Broken(
            es=f"{VARIABLE} empieza por postgres://, o se deja vacía para usar SQLite.",
            en=f"{VARIABLE} begins with postgres://, or is left empty to use SQLite.",
        )
    return told


def require_driver() -> None:
    """Raises Broken, with what to install, where psycopg is missing."""
    try:
        import psycopg  # noqa: F401, PLC0415 (only who chose PostgreSQL has it)
    except ImportError:
        raise Broken(
            es="Para usar PostgreSQL instala el controlador: pip install 'vivencia[postgres]'",
            en="To use PostgreSQL install its driver: pip install 'vivencia[postgres]'",
        ) from None
