"""What the shell itself holds about a customer: nothing that tells who somebody is.

A seal is a digest of a thousand rows; where backups lie is the administrator's own word.
"""

from __future__ import annotations

from typing import Any

FIELDS: dict[str, dict[str, Any]] = {}

NOT_PERSONAL = (
    "seals.name",
    "seals.digest",
    "unsealed.name",
    "backup_runs.sort",
    "backup_runs.place",
    "backup_runs.told",
)
