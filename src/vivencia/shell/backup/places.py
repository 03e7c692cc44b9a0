"""Where backups go, and the erasure journal with them. No Django."""

from __future__ import annotations

import os
from pathlib import Path


def chosen() -> list[Path]:
    """The folders the environment names, whole; none where it names none."""
    named = os.environ.get("VIVENCIA_BACKUP_TO", "").split(os.pathsep)
    return [Path(place).expanduser().absolute() for place in named if place]
