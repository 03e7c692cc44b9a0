"""How much memory a process needs, and has needed."""

from __future__ import annotations

import re
from pathlib import Path


def peak_mb(pid: int | str = "self") -> int:
    """The most megabytes resident at once, of this program (or `pid`) alone.

    `ru_maxrss` will not do: it carries over from the process that started this one.
    """
    return _told("VmHWM", pid)


def now_mb() -> int:
    """Megabytes resident now."""
    return _told("VmRSS", "self")


def _told(field: str, pid: int | str) -> int:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    found = re.search(rf"{field}:\s+(\d+) kB", status)
    return int(found[1]) // 1024 if found else 0
