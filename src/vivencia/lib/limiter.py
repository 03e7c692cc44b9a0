"""How often one network may ask: what is asked is cheap, and a restart may forget it."""

from __future__ import annotations

import time
from collections import deque


class Limiter:
    """At most `most` in `seconds` from each network, counted in memory. When the table of networks
    is full nobody new is taken."""

    def __init__(self, most: int, seconds: float, *, networks: int = 10_000) -> None:
        self._most, self._seconds, self._networks = most, seconds, networks
        self._seen: dict[str, deque[float]] = {}

    def takes(self, network: str, at: float | None = None) -> bool:
        """Count one more; False when there were too many."""
        now = time.monotonic() if at is None else at
        if network not in self._seen and len(self._seen) >= self._networks:
            self._forget(now)
            if len(self._seen) >= self._networks:
                return False  # closed: whoever fills the table opens nothing by it
        seen = self._seen.setdefault(network, deque())
        while seen and now - seen[0] >= self._seconds:
            seen.popleft()
        if len(seen) >= self._most:
            return False
        seen.append(now)
        return True

    def _forget(self, now: float) -> None:
        """Those that have sent nothing for so long that nothing of theirs counts."""
        quiet = [name for name, seen in self._seen.items() if now - seen[-1] >= self._seconds]
        for name in quiet:
            del self._seen[name]
