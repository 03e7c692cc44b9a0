"""How much fits into one transaction: learnt from how long the last ones took.

Everybody else who writes waits for a transaction to end. The machine may be ten times slower than
ours, so how many rows are taken at once follows from time, not from a number that suits us.
"""

from __future__ import annotations

TARGET_S = 0.014  # of the 50 ms a transaction may last; the rest is for its commit
_TOLD_BY = 20  # fewer tell more of the fixed cost than of the pace
_HEED = 0.2  # of each new time in the moving average


class Pace:
    """The pace of one writer; `each_s` is what one thing is thought to take before any was done."""

    __slots__ = ("_each_s", "_least", "_most", "_target_s")

    def __init__(
        self, each_s: float, *, target_s: float = TARGET_S, least: int = 50, most: int = 2_000
    ) -> None:
        self._each_s, self._target_s = each_s, target_s
        self._least, self._most = least, most

    @property
    def each_s(self) -> float:
        """What one thing took of late."""
        return self._each_s

    @property
    def room(self) -> int:
        """How many fit into a transaction at the pace of late."""
        return max(self._least, min(self._most, int(self._target_s / self._each_s)))

    def learn(self, n: int, seconds: float) -> None:
        """To write `n` took so long, from when the lock was had. The commit is better left out:
        what the disk takes does not grow with `n`, and would make a slow disk write few at once."""
        if n >= _TOLD_BY:
            self._each_s += _HEED * (seconds / n - self._each_s)
