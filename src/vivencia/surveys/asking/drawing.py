"""Who is drawn, and whose turn it is: chance that can be repeated. Pure."""

from __future__ import annotations

from hashlib import blake2b

from vivencia.lib.clock import DAY_MS


def is_drawn(policy: int, interaction: bytes, share: int) -> bool:
    """Whether `share` thousandths hold this interaction: always the same for the same policy."""
    return share >= 1000 or _chance(policy, interaction) % 1000 < share


def turn_of(policy: int, customer: int, cadence: int, now: int) -> tuple[int, int]:
    """(number of the customer's next turn, when it is): turns are `cadence` days apart, and
    customers' are spread evenly over them."""
    every = cadence * DAY_MS
    phase = _chance(policy, customer.to_bytes(8, "big", signed=True)) % every
    number = -(-(now - phase) // every)
    return number, phase + number * every


def _chance(policy: int, name: bytes) -> int:
    digest = blake2b(policy.to_bytes(8, "big") + name, digest_size=8).digest()
    return int.from_bytes(digest, "big")
