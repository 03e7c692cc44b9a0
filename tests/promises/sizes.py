"""How large a promise is tried: the gate's size in `make test`, the full figure in
`make promises`, which sets VIVENCIA_TEST_FULL."""

from __future__ import annotations

import os
import random
import time

FULL = bool(os.environ.get("VIVENCIA_TEST_FULL"))
SEED = int(os.environ.get("VIVENCIA_TEST_SEED", time.time_ns() % 1_000_000))


def size(gate: int, full: int) -> int:
    return full if FULL else gate


def chance() -> random.Random:
    """Chance of its own for a test; pytest shows the seed of one that failed."""
    print(f"VIVENCIA_TEST_SEED={SEED}")
    return random.Random(SEED)


def figure(**told: object) -> None:
    """A line that `make promises` writes into its table."""
    print("FIGURE " + ", ".join(f"{name.replace('_', ' ')} {told[name]}" for name in told))
