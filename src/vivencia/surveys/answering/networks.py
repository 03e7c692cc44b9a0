"""How often each network answers. No Django.

An address is never stored: of an open link a keyed hash of its /24 or /64 is, for as long as its
drafts are.
"""

from __future__ import annotations

import hashlib
import time

from vivencia.lib.limiter import Limiter


def hashed(secret: bytes, network: str) -> bytes:
    """16 bytes that stand for a network in this installation only."""
    return hashlib.blake2b(network.encode(), key=secret, digest_size=16).digest()


class Begun:
    """What each network has begun within the last moments, in memory alone: an anonymous answer
    keeps nothing of where it came from."""

    def __init__(self, within_ms: int, most: int = 100) -> None:
        self._within_ms, self._most = within_ms, most
        self._seen: dict[bytes, tuple[float, list[tuple[int, int]]]] = {}

    def note(self, network: bytes, at: int, key: int, now: float | None = None) -> list[int]:
        """The keys of what it has begun around `at` (UTC ms), this one among them."""
        now = time.monotonic() if now is None else now
        while self._seen and now - next(iter(self._seen.values()))[0] > self._within_ms / 1000:
            del self._seen[next(iter(self._seen))]
        _, seen = self._seen.pop(network, (now, []))
        seen = [*seen[-self._most :], (at, key)]
        self._seen[network] = (now, seen)  # at the end: the first is the one quiet for longest
        return [other for when, other in seen if abs(when - at) <= self._within_ms]


begun = Begun(10_000)
# Open links only: far above what an office answers. What is odd but less is held (doubts.py).
open_posts = Limiter(1_500, 10.0)
# Posts with files, of any link.
uploads = Limiter(60, 600.0)
