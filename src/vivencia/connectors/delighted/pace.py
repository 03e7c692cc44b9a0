"""How many requests a key may make, so that one program leaves room for others."""

from __future__ import annotations

import math
import threading
import time
from collections import deque

MOST = 1_200  # requests of one key …
WITHIN_S = 60.0  # … in any such stretch

_lock = threading.Lock()
_made: dict[int, deque[float]] = {}


def seconds_to_wait(key: int) -> int:
    """0 and the request counts, or the whole seconds until the key may ask again."""
    now = time.monotonic()
    with _lock:
        made = _made.setdefault(key, deque())
        while made and made[0] <= now - WITHIN_S:
            made.popleft()
        if len(made) >= MOST:
            return math.ceil(made[0] + WITHIN_S - now)
        made.append(now)
    return 0
