"""Which journeys changed, for whoever keeps an answer at hand and amends it."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


class Changes:
    """A list that the projector adds to and others read from a mark on. Safe from several threads.

    A change is noted before it is committed. Whoever begins to read the columns and asks then
    hears of every change it can see, perhaps of more.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._noted: list[NDArray[np.int64] | None] = []
        self._dropped = 0
        self._is_read = False  # nothing is kept for nobody

    def note(self, journeys: Sequence[pa.Array]) -> None:
        """These journeys have other steps now."""
        found = [np.unique(part.to_numpy(zero_copy_only=False)) for part in journeys if len(part)]
        with self._lock:
            if self._is_read:
                self._noted += found

    def note_all(self) -> None:
        """Any journey may have other steps now."""
        with self._lock:
            if self._is_read:
                self._noted.append(None)

    def mark(self) -> int:
        """Where the list ends now."""
        with self._lock:
            self._is_read = True
            return self._dropped + len(self._noted)

    def since(self, mark: int) -> NDArray[np.int64] | None:
        """The journeys noted since `mark`, each once, in order; None if it may be any."""
        with self._lock:
            if mark < self._dropped:
                return None
            noted = self._noted[mark - self._dropped :]
        parts = [part for part in noted if part is not None]
        if len(parts) < len(noted):
            return None
        return np.unique(np.concatenate(parts)) if parts else np.zeros(0, np.int64)

    def drop(self, mark: int) -> None:
        """Forget what was noted before `mark`: nobody asks for it any more."""
        with self._lock:
            del self._noted[: max(0, mark - self._dropped)]
            self._dropped = max(self._dropped, mark)
