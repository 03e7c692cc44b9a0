"""What this room holds about a person: nothing. Shares are of groups, in words of facts."""

from __future__ import annotations

from typing import Any

FIELDS: dict[str, dict[str, Any]] = {}

NOT_PERSONAL = (
    "scores_knownshare.field",
    "scores_knownshare.value",
)
