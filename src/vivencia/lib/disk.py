"""What must last on the disk. No Django here."""

from __future__ import annotations

import os
from pathlib import Path


def sync(path: Path) -> None:
    """Make what a file holds last, or of a folder the names in it."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
