"""How much memory this process has needed."""

from __future__ import annotations

import re
from pathlib import Path


def peak_mb() -> int:
    """The most megabytes resident at once, of this program alone.

    `ru_maxrss` will not do: it carries over from the process that started this one.
    """
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) // 1024 if found else 0
