"""What this room holds about a person: what one of the staff wrote beside an alert."""

from __future__ import annotations

from typing import Any

FIELDS: dict[str, dict[str, Any]] = {
    "scores_alert.note": {
        "purpose": {
            "es": "saber qué pensó quien miró un cambio",
            "en": "know what whoever looked at a change made of it",
        },
        "basis": "legitimate interest",
        "retention": "until the score is no longer watched",
        "class": "behaviour",
    },
}

NOT_PERSONAL = (
    "scores_knownshare.field",
    "scores_knownshare.value",
    "scores_watch.definition",
    "scores_watch.fields",
    "scores_alert.field",
    "scores_alert.value",
    "scores_alert.moved_field",
    "scores_alert.moved_by",
    "scores_alert.interaction",
)
