"""What this room holds about a person: nothing in words (an owner is a key to people)."""

from __future__ import annotations

from typing import Any

FIELDS: dict[str, dict[str, Any]] = {}

NOT_PERSONAL = (
    "touchpoints_touchpoint.word",
    "touchpoints_touchpoint.title_es",
    "touchpoints_touchpoint.title_en",
    "touchpoints_touchpoint.channels",
    "touchpoints_touchpoint.standard",
)
