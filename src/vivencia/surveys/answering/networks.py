"""Where a request comes from, as coarse as one household or office, and how often. No Django.

An address is never stored: of an open link a keyed hash of its /24 or /64 is, for as long as its
drafts are. A header that a stranger can write is never believed.
"""

from __future__ import annotations

import hashlib
import ipaddress
import time

from vivencia.lib.limiter import Limiter

UNKNOWN = "unknown"


def network_of(peer: str, forwarded: str, trusted: int) -> str:
    """The /24 or /64 of the peer; behind `trusted` proxies of ours, of the n-th hop from the end
    of X-Forwarded-For. A chain shorter than ours did not come through them."""
    address = peer
    hops = [hop.strip() for hop in forwarded.split(",")]
    if trusted and len(hops) >= trusted:
        address = hops[-trusted]
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return UNKNOWN
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped:
        parsed = parsed.ipv4_mapped
    width = 24 if parsed.version == 4 else 64
    return str(ipaddress.ip_network(f"{parsed}/{width}", strict=False))


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
