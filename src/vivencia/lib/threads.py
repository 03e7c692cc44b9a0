"""What goes on beside everything else until it is told to end. No Django."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager


@contextmanager
def in_threads(
    works: Mapping[str, Callable[[threading.Event], object]], *, patience_s: float = 1.0
) -> Iterator[None]:
    """Each work in a thread of its name. The event it is given is set when the block ends, which
    waits for each no longer than `patience_s`."""
    ended = threading.Event()
    threads = [
        threading.Thread(target=work, args=(ended,), name=name, daemon=True)
        for name, work in works.items()
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        ended.set()
        for thread in threads:
            thread.join(patience_s)
