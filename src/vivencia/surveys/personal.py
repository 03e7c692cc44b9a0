"""What this room holds about a person: nothing yet."""

from __future__ import annotations

from typing import Any

FIELDS: dict[str, dict[str, Any]] = {}

NOT_PERSONAL: tuple[str, ...] = ()
