"""The line of those of this process who want SQLite's write lock.

SQLite keeps none: who finds the lock taken sleeps and looks again, ever more seldom, and whoever
writes one transaction after the other has it each time by then. Signing in beside a busy intake
took three seconds so. Who stands here first is the only one of us who looks, and whoever had the
lock last stands behind them.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE_S = 20.0  # then SQLite's own bounds hold, as if nobody stood here

_next = threading.Lock()


@contextmanager
def next_in_line(patience_s: float = PATIENCE_S) -> Iterator[None]:
    """Be the next to have the lock, for as long as it takes to BEGIN, or for a statement that is a
    transaction of its own; not for the transaction."""
    has = _next.acquire(timeout=patience_s)
    try:
        yield
    finally:
        if has:
            _next.release()
