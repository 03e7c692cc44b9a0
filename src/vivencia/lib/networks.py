"""Where a request comes from, as coarse as one household or office. No Django.

A header that a stranger can write is never believed.
"""

from __future__ import annotations

import ipaddress

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
