"""When following the log is worth it. Pure.

Each catch-up costs the same whatever it copies, and puts the journeys it touched in order again;
so the more comes in, the more is gathered first, and intake keeps the processor.
"""

from __future__ import annotations

# How often the owner looks whether anything waits.
TICK_S = 0.4
LITTLE = 200  # interactions that are copied as soon as they are seen
# As long as others are gathered: the columns are promised to be 2 s behind at most.
GATHERED_S = 0.9
# More than these a second is a burst, after which there are 10 s to catch up.
RUSH = 3_000
LARGEST = 100_000  # of a burst, 25,000 a second for LONGEST_S
LONGEST_S = 4.0


def is_due(waiting: int, waited_s: float) -> bool:
    """Whether `waiting` interactions shall be copied now, `waited_s` after the last catch-up
    began: the oldest has waited no longer."""
    if waiting < LITTLE or waiting >= LARGEST or waited_s >= LONGEST_S:
        return True
    return waited_s >= GATHERED_S and waiting < RUSH * waited_s
