"""Dates and times as people type them, in the installation's time zone."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from vivencia.columns.calendar import start_of_day
from vivencia.lib.errors import BadInput


def moment(text: str | None, zone: str) -> int | None:
    """UTC milliseconds of a date (its local midnight) or a time (local unless it says)."""
    if text is None:
        return None
    try:
        if len(text) == 10:
            return start_of_day(zone, dt.date.fromisoformat(text))
        told = dt.datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(
            es=f"«{text}» no es una fecha. Escribe 2026-10-01 o 2026-10-01T09:00:00Z.",
            en=f"“{text}” is no date. Write 2026-10-01 or 2026-10-01T09:00:00Z.",
        ) from None
    aware = told if told.tzinfo else told.replace(tzinfo=ZoneInfo(zone))
    return round(aware.timestamp() * 1000)
